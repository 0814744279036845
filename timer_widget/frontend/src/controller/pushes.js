/**
 * The server's pushes: every new state of the person, whatever page or device it came from. A stream that breaks is opened again
 * within a second, and goes on after the last event that was heard; one from which nothing comes for long is broken too.
 */
const AGAIN_MS = [500, 1000, 2000, 4000];
const LATER_MS = 15_000;
const SHORT_TRIES = 30; // two minutes of a server that is away
const SILENCE_MS = 18_000; // the server gives a sign of life every 8 seconds

/** Between half of it and all: pages that lost the same server do not all come back at once. */
export const jittered = (/** @type {number} */ wait) => wait * (0.5 + 0.5 * Math.random());

/**
 * How long to wait after so many failures in a row.
 * @param {number} failures
 */
export const backoff = (failures) => jittered(failures < SHORT_TRIES ? AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)] : LATER_MS);

/**
 * @param {object} given
 * @param {(signal: AbortSignal, lastId: string | undefined) => Promise<ReadableStream>} given.open promise of the stream's body
 * @param {(state: Timer.State, id: string | undefined) => void} given.onData called with each state
 * @param {() => void} given.onGap called when a stream is opened again that cannot say what was missed
 * @param {() => void} given.onSign called with each sign of life
 * @param {() => void} given.onLost called when a stream has ended, or could not be opened
 */
export function pushes({ open, onData, onGap, onSign, onLost }) {
  let /** @type {AbortController?} */ current, /** @type {any} */ timer;
  let failures = 0;
  /** @type {string | undefined} */
  let lastId;

  /** @param {AbortController} mine */
  const read = async (mine) => {
    const reader = (await open(mine.signal, lastId)).pipeThrough(/** @type {ReadableWritablePair<string, any>} */ (new TextDecoderStream())).getReader();
    let text = "";
    /** @type {any} */
    let silence;
    for (let part; ; ) {
      silence = setTimeout(() => reader.cancel().catch(() => {}), SILENCE_MS);
      part = await reader.read().finally(() => clearTimeout(silence));
      if (part.done) return;
      failures = 0;
      onSign();
      const events = (text + part.value).split("\n\n");
      text = /** @type {string} */ (events.pop());
      events.forEach(hear);
    }
  };
  const hear = (/** @type {string} */ event) => {
    const fields = event.split("\n");
    const field = (/** @type {string} */ name) => fields.find((line) => line.startsWith(name))?.slice(name.length);
    const data = field("data: ");
    if (!data) return;
    lastId = field("id: ") ?? lastId;
    onData(JSON.parse(data), lastId);
  };
  const start = async () => {
    if (current) return;
    clearTimeout(timer);
    const mine = (current = new AbortController());
    const error = await read(mine).catch((error) => error);
    if (mine.signal.aborted) return;
    current = null;
    onLost();
    const wait = Math.max(backoff(failures++), (error?.retry_after ?? 0) * 1000);
    timer = setTimeout(() => (lastId ?? onGap(), start()), wait);
  };
  return {
    start,
    /** Another tab has heard the events until this one. */
    heardUntil: (/** @type {string | undefined} */ id) => (lastId = id ?? lastId),
    stop() {
      clearTimeout(timer);
      current?.abort();
      current = null;
    },
  };
}

/**
 * The server's pushes: every new state of the person, whatever page or device it came from. While they cannot be had, the
 * controller's own looking now and then has to do; a gap ends with a look.
 */
const AGAIN_MS = [1000, 2000, 5000, 15_000, 30_000];

/**
 * @param {object} given
 * @param {(signal: AbortSignal) => Promise<ReadableStream>} given.open (signal) -> promise of the stream's body
 * @param {(state: Timer.State) => void} given.onData called with each state
 * @param {() => void} given.onGap called when the stream broke and is about to be opened again
 */
export function pushes({ open, onData, onGap }) {
  let /** @type {AbortController?} */ current, /** @type {any} */ timer;
  let failures = 0;

  const read = async (/** @type {AbortSignal} */ signal) => {
    const reader = (await open(signal)).pipeThrough(/** @type {ReadableWritablePair<string, any>} */ (new TextDecoderStream())).getReader();
    let text = "";
    for (let part; !(part = await reader.read()).done; ) {
      failures = 0;
      const events = (text + part.value).split("\n\n");
      text = /** @type {string} */ (events.pop());
      for (const line of events.flatMap((event) => event.split("\n"))) if (line.startsWith("data: ")) onData(JSON.parse(line.slice(6)));
    }
  };
  const start = async () => {
    if (current) return;
    clearTimeout(timer);
    const mine = (current = new AbortController());
    await read(mine.signal).catch(() => {});
    if (mine.signal.aborted) return;
    current = null;
    timer = setTimeout(() => (onGap(), start()), AGAIN_MS[Math.min(failures++, AGAIN_MS.length - 1)]);
  };
  return {
    start,
    stop() {
      clearTimeout(timer);
      current?.abort();
      current = null;
    },
  };
}

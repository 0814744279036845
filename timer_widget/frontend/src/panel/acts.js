/** What a person can do in the panel. Each is one call of the controller; `attempt` marks it and says what went wrong. */
import { clockText, elapsedSeconds, hoursText, sinceOf } from "../shared/elapsed.js";
import { fill, panelWords as words } from "../shared/translations.js";
import { copyText } from "./copying.js";
import { timeOfDay } from "./moments.js";

/**
 * @param {object} panel
 * @param {() => Timer.Model} panel.model
 * @param {(change: Partial<Timer.Model>) => void} panel.set
 * @param {(busy: string, action: () => Promise<void>) => Promise<boolean>} panel.attempt
 * @param {Timer.Call} panel.call
 * @param {(how?: {fresh?: boolean}) => Promise<void>} panel.load
 * @param {() => void} panel.loadDay
 * @param {ReturnType<typeof import("./parent-page.js").parentPage>} panel.host
 * @param {() => ReturnType<typeof import("./sizing.js").sizing>} panel.size
 * @param {() => ReturnType<typeof import("./linking.js").accountLinking>} panel.linking
 * @param {(id: number) => void} panel.focusEntry
 */
export function acts({ model, set, attempt, call, load, loadDay, host, size, linking, focusEntry }) {
  /**
   * @param {string} text
   * @param {object} [undo]
   */
  const said = (text, undo) => set({ notice: { text, undo } });
  const running = () => /** @type {Timer.Running} */ (model().snapshot.state.running);
  /**
   * A click that is done is told in `text`; one that waits says so, and where.
   * @param {{isPending?: boolean}} answer
   * @param {string} text
   * @param {object} [undo]
   */
  const saidOf = ({ isPending }, text, undo) => (isPending ? said(words.kept) : said(text, undo));

  const decide = async (/** @type {object} */ decision) => {
    await call("decide", decision);
    set({ view: null, changing: null });
    load();
  };

  const answer = async (/** @type {object} */ what) => {
    const done = await call("answer", what);
    set({ view: null, moving: null });
    saidOf(done, words.answered);
    load();
  };

  return {
    /** What is to become of a forgotten timer. */
    answer: (/** @type {object} */ what) => attempt("answer", () => answer(what)),
    /** The form chooses what the gap was spent on. */
    moveGap: (/** @type {Timer.Forgotten} */ moving) => set({ view: { name: "form" }, moving, notice: null, problem: null }),
    decide: (/** @type {object} */ decision) => attempt("decide", () => decide(decision)),
    /** The form chooses another project and task for a click that failed. */
    changeChoice: (/** @type {string} */ key) => set({ view: { name: "form" }, changing: key, notice: null, problem: null }),
    async copy(/** @type {string} */ text) {
      await copyText(text);
      said(words.copied);
    },
    close: () => host.close(),
    listToggled: (/** @type {HTMLElement?} */ list) => size().include(list),
    again: () => (call("wake"), load()),
    load: () => load({ fresh: true }),
    back: () => {
      const { entry } = model().view ?? {};
      set({ view: null, changing: null, moving: null, problem: null });
      if (entry) focusEntry(entry.entry_id);
    },
    edit: (/** @type {Timer.Entry} */ entry) => set({ view: { name: "edit", entry }, notice: null, problem: null }),
    showHistory: () => set({ view: { name: "history" }, notice: null, problem: null }),
    askProject: () => set({ view: { name: "project" }, notice: null, problem: null }),
    askSignOut: () => set({ view: { name: "sign-out" }, notice: null, problem: null }),

    connect: () => linking().begin(() => call("connect")),
    /** One account at a time: the old one is let go once the window for the new one is open. */
    switchAccount: () => linking().begin(() => call("signOut").then(() => call("connect"))),
    signOut: () =>
      attempt("sign-out", async () => {
        await call("signOut");
        set({ view: null, catalogue: null, day: null });
      }),

    start: (/** @type {Timer.Choice} */ choice) =>
      attempt("start", async () => {
        const { changing, moving, item } = model();
        if (moving) return answer({ forgotten_id: moving.id, answer: "move", stop_at: moving.likely_stop_at, ...choice });
        if (changing) return decide({ key: changing, decision: "change", project_id: choice.project_id, task_id: choice.task_id });
        const { stopped, isPending } = await call("start", { item, ...choice });
        if (isPending) return;
        host.started(item);
        if (model().closable && !stopped) host.close();
        else loadDay();
      }),
    stop: () =>
      attempt("stop", async () => {
        const { shows } = model().snapshot;
        const { isPending } = await call("stop", { item: model().item });
        if (isPending) return;
        host.stopped();
        if (shows) said(fill(words.stopped, { time: clockText(elapsedSeconds(shows.since, Date.now())) }));
        load();
      }),
    saveNotes: (/** @type {string} */ notes) =>
      attempt("save", async () => {
        saidOf(await call("edit", { entry_id: running().entry_id, notes }), words.saved);
        loadDay();
      }),
    /**
     * @param {number} moment on the server's clock
     * @param {number} by how far that is from where it began
     */
    move: (moment, by) =>
      attempt("move", async () => {
        const shows = { since: new Date(sinceOf(running(), 0) + by).toISOString() };
        saidOf(await call("move", { entry_id: running().entry_id, started_at: new Date(moment).toISOString(), shows }), fill(words.moved, { time: timeOfDay(moment, model().zone) }));
        loadDay();
      }),

    add: (/** @type {object} */ choice, /** @type {number} */ seconds) =>
      attempt("add", async () => {
        saidOf(await call("add", { item: model().item, ...choice }), fill(words.added, { time: hoursText(seconds) }));
        loadDay();
      }),
    saveEntry: (/** @type {object} */ change) =>
      attempt("save", async () => {
        const answer = await call("edit", change);
        set({ view: null });
        saidOf(answer, words.changed);
        load();
      }),
    remove: (/** @type {Timer.Entry} */ { entry_id, seconds }) =>
      attempt("remove", async () => {
        const answer = await call("remove", { entry_id });
        set({ view: null });
        saidOf(answer, fill(words.deleted, { time: hoursText(seconds) }), { entry_id });
        load();
      }),
    undo: (/** @type {object} */ what) =>
      attempt("undo", async () => {
        saidOf(await call("undo", what), words.undone);
        load();
      }),
    createProject: (/** @type {{client_id: number, name: string?}} */ { client_id, name }) =>
      attempt("project", async () => {
        await call("project", { item: model().item, client_id, name });
        set({ view: null });
        load({ fresh: true });
      }),
  };
}

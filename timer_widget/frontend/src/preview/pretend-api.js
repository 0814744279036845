/** The timer's API over one pretend person's time, in memory: nothing is sent anywhere. */

const TASKS = ["Design", "Development", "Research"].map((name, at) => ({ id: at + 1, name, billable: at < 2 }));
/** @type {any[]} */
const PROJECTS = [
  ["Aldermoor Museum", "Spring exhibition", "ALM-24"],
  ["Brightwater Co-op", "Member app", "BWC-02"],
  ["Café Noémie", "Menu and brand", null],
].map(([client, name, code], at) => ({ id: at + 1, name, code, client: { id: at + 1, name: client }, tasks: TASKS }));
const CONNECTION = { status: "active", harvest_account_name: "Fernwood Studio", timesheet_url: null };

/** @returns {Timer.Api} */
export function pretendApi(now = () => new Date().toISOString()) {
  let entry_id = 1;
  /** @type {any} */
  let running = null;
  /** @type {any} */
  const start = (/** @type {any} */ item, project = PROJECTS[0], task = TASKS[0], notes = item?.name, started_at = now()) => {
    const { client, id, name } = project;
    running = { entry_id: entry_id++, item: item ?? null, client, project: { id, name }, task, notes, started_at, seconds_before: 0 };
  };
  const state = (/** @type {any} */ item = null) => ({
    person: { id: "1", name: "Alice Winter", email: "alice@example.com" },
    connection: CONNECTION,
    running,
    item: item && { id: item.id, group_id: item.group_id, seconds: 5100 },
    server_now: now(),
  });
  /** @param {any} [item] */
  const answer = (item) => ({ state: state(item), stopped: null });
  start({ id: "running", group_id: null }, PROJECTS[1], TASKS[1], "Running timer", new Date(Date.now() - 754_000).toISOString());

  return {
    session: async () => ({ session: "preview", state: state() }),
    stream: () => new Promise(() => {}),
    totals: async () => ({ since: null, others_since: null, items: [] }),
    state: async (bearer, { item } = {}) => state(item),
    projects: async () => ({ projects: PROJECTS, suggested: null, recent: [], may_create_project: false }),
    suggestion: async () => ({ suggested: null }),
    day: async () => ({ date: now().slice(0, 10), entries: [], seconds: 0, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
    async start(bearer, { item, project_id, task_id, notes }) {
      const project = PROJECTS.find(({ id }) => id == project_id);
      start(item, project, project.tasks.find((/** @type {Timer.Task} */ { id }) => id == task_id), notes);
      return answer(item);
    },
    async stop(bearer, { item }) {
      running = null;
      return answer(item);
    },
    async edit(bearer, { notes }) {
      running = { ...running, notes };
      return answer();
    },
  };
}

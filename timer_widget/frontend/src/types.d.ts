/** The shapes that our modules pass to each other; `harvest-bridge.d.ts` has those that pages see. */
declare namespace Timer {
  type Id = string | number;
  type Act = "start" | "stop";

  /** What a timer is for, in normal form (item.js). */
  interface Key {
    id: string | null;
    group_id: string | null;
  }
  interface Item extends Key {
    name: string | null;
    group_name: string | null;
    account_id: string | null;
    permalink: string | null;
  }
  /** An item, or what is known of one. */
  type SomeItem = Partial<Item> & Partial<Key>;
  /** What the page says of an entry's project, task and notes. */
  type Defaults = Record<string, any>;
  interface Wish {
    item: Item;
    defaults: Defaults;
    notes?: string | null;
    fresh?: boolean;
  }

  interface Named {
    id: number;
    name: string;
  }
  interface Task extends Named {
    billable?: boolean;
    is_active?: boolean;
  }
  interface Project extends Named {
    code: string | null;
    client?: Named | null;
    is_active?: boolean;
    tasks: Task[];
  }
  interface Choice {
    project_id: number;
    task_id: number;
    notes?: string | null;
    from?: string;
  }
  interface Recent {
    project_id: number;
    task_id: number;
  }
  interface Catalogue {
    projects: Project[];
    suggested: Choice | null;
    recent: Recent[];
    may_create_project: boolean;
  }

  /** Running in the server's State: `seconds_before` were worked before `started_at`. */
  interface Running {
    entry_id: number;
    item: Key | null;
    client?: Named | null;
    project: Named;
    task: Task;
    notes: string | null;
    started_at: string;
    seconds_before: number;
  }
  interface State {
    person: { id: string; name: string; email: string };
    connection: {
      status: string;
      via?: string;
      harvest_account_name?: string | null;
      timesheet_url?: string | null;
    };
    running: Running | null;
    item: (Key & { seconds: number }) | null;
    /** False where Harvest could not be read: then `running` is the last known one, or null. */
    is_known?: boolean;
    version?: number;
    /** The person's clicks that are not done yet, oldest first. */
    clicks?: Unsettled[];
    /** What stops of the last minutes came to that their person does not expect. */
    notices?: { key: string; code: string; message: string; project?: string | null; task?: string | null; item?: Key | null }[];
    /** Timers that are asked about, and those that were stopped by themselves. */
    forgotten?: Forgotten[];
    server_now: string;
  }
  interface Forgotten {
    id: string;
    status: "open" | "stopped";
    entry_id: number;
    item: Key | null;
    project?: Named | null;
    task?: Named | null;
    reason: string;
    began_at: string;
    due_at?: string;
    likely_stop_at: string;
    stopped_at: string | null;
    answers: string[];
  }
  /** When people are told that they are not tracking. */
  interface Reminder {
    after_seconds: number;
    begins_at: string;
    ends_at: string;
  }
  interface Entry {
    entry_id: number;
    project: Named;
    task: Task;
    client?: Named | null;
    notes: string | null;
    seconds: number;
    is_running: boolean;
    spent_date: string | null;
    started_time?: string | null;
    ended_time?: string | null;
    lock: { reason: string; message: string } | null;
    /** The earlier day on which one that runs still began. */
    since?: string;
    /** When the run that goes on began. */
    began_at?: string | null;
    /** Of one that ended for another timer. */
    hours?: string;
  }
  interface Day {
    date: string;
    today?: string;
    entries: Entry[];
    seconds: number;
    timezone: string;
    mode?: string;
    /** "12h" or "24h", where it is known. */
    clock?: string | null;
    last_stop?: string | null;
    /** When we had it, on our clock. */
    readAt: number;
  }

  /** One click in the history of an item. */
  interface HistoryEvent {
    id: string;
    kind: string;
    /** On a forgotten timer. */
    answer?: string | null;
    is_automatic?: boolean;
    /** Until when was worked. */
    ended_at?: string | null;
    clicked_at: string;
    settled_at: string | null;
    status: string;
    carried_out_by: string | null;
    person: { id: string; name: string };
    is_own: boolean;
    from: { origin: string | null; device: string | null; browser?: string | null; system?: string | null; page: string | null } | null;
    project: string | null;
    task: string | null;
    hours: string | null;
    notes: string | null;
    changes: { field: string; before: string | null; after: string | null }[];
    code: string | null;
    message: string | null;
    decisions: { at: string; by: string; decision: string; code: string | null; message: string | null }[];
  }
  interface History {
    events: HistoryEvent[];
    next: string | null;
    includes_others: boolean;
    /** What was settled before is deleted; null where all is kept. */
    kept_since?: string | null;
  }

  /** A failure as it crosses between frames. */
  interface Failure {
    code: string;
    message: string;
    status?: number;
    retry_after?: number;
    /** The call itself was not refused: there was no session for it. */
    isSession?: boolean;
    from?: string;
  }

  /** What is shown of the running timer; `since` is when it would have shown 0:00:00, on our clock. */
  interface Shown {
    item: Key | null;
    entry_id?: number;
    mark?: string;
    /** As Harvest has it, by which a stop names this start. */
    started_at?: string;
    /** Of a start that is not done yet. */
    start_key?: string;
    /** Of the undo of a switch that is not done yet: entry and start are the mistaken timer's until then. */
    undo_key?: string;
    /** What edits that are not done yet say of it, for our frames alone. */
    changes?: Partial<Running>;
    since: number;
  }
  /** A click as it is kept until the server has it. */
  interface KeptClick {
    key: string;
    /** Whose it is, as a hash. */
    person: string | null;
    name: string;
    body: Record<string, any>;
    /** Of a start whose project is chosen when it is sent. */
    wish?: Wish;
    /** What ran, of a stop; its body has the item whose total is wanted. */
    of?: Key | null;
    shows?: Unsettled["shows"];
    /** What the person wrote: never given to the page. */
    typed?: { notes: string };
    /** By the server's clock. */
    clicked_at: string;
    /** Seconds by which our clock was corrected for that. */
    offset: number;
    /** Not for the page's storage. */
    isMemory?: boolean;
    failed?: { code: string; message: string };
    /** The person wants it sent, although it is old. */
    isConfirmed?: boolean;
    from?: string;
  }
  interface ClickStore {
    keep(click: KeptClick): void;
    forget(key: string): void;
    unused(key: string): void;
    kept(): Promise<KeptClick[]> | KeptClick[];
  }
  /** A click that is not done: unsent, pending at the server, or failed and waiting for a decision. */
  interface Unsettled {
    key: string;
    kind: string;
    /** Of an answer that is not sent yet. */
    forgotten_id?: string | null;
    item: (Key & Partial<Item>) | null;
    entry_id: number | null;
    start_key: string | null;
    clicked_at: string;
    status: "unsent" | "pending" | "failed";
    code: string | null;
    message: string | null;
    choices: string[];
    project?: Named | null;
    task?: Named | null;
    notes?: string | null;
    /** Of a corrected start, or the undo of a switch: what runs once it is done, and since when. */
    shows?: { item?: Key | null; since: string } | null;
  }
  /** What a button says of a click that is not done. */
  interface Mark {
    kind: string;
    key: string;
    note?: string | null;
    /** Milliseconds that the timer had run at the stop. */
    stoppedAfter?: number;
    isRetried?: boolean;
  }
  /** What a host page may know of a State. */
  interface ShownState {
    status: string;
    message: string | null;
    code?: string | null;
    /** Whether Harvest has just said what runs. */
    isKnown: boolean;
    /** What is shown as running: the last known timer where `isKnown` is false. */
    running: Shown | null;
    /** What ran when Harvest last said so; undefined until it has. */
    known: Shown | null | undefined;
    totals: Record<string, number>;
    /** What everybody else tracked, by item key, where that is known. */
    others: Record<string, number>;
    /** The first days that the totals count; null where they count all. */
    since: string | null;
    othersSince: string | null;
  }
  /** The server's totals of the items of a page. */
  interface Totals {
    since: string | null;
    others_since: string | null;
    items: (Key & { mine: number; everyone: number | null })[];
  }
  /** The same for the loader, which has no words and no language of its own. */
  interface PageState {
    status: string;
    message?: string | null;
    code?: string | null;
    running?: Shown | null;
    /** What is shown was true once, and cannot be read now. */
    isStale?: boolean;
    /** What will run once the clicks are done. */
    shows?: Shown | null;
    marks?: Record<string, Mark>;
    totals?: Record<string, string>;
    notes?: Record<string, string>;
    words?: Record<string, string>;
  }
  interface Change {
    item: Key | null;
    entry_id: number;
    seconds: number;
    total: number | null;
  }
  interface HostEvent extends Partial<Change>, Partial<Failure> {
    name: string;
    said?: string | false | null;
    key?: string;
    act?: string;
    choices?: string[];
    status?: any;
    previous?: Change;
    reason?: string;
    began_at?: string;
    likely_stop_at?: string;
    stopped_at?: string | null;
    answers?: string[];
  }
  /** `state` is null until the server answered. */
  interface Snapshot extends ShownState {
    state: State | null;
    offset: number;
    clicks: Unsettled[];
    shows: Shown | null;
    undo: Undo | null;
    guess: boolean;
    sign_in: "popup" | "host";
  }
  interface Undo {
    entry_id: number;
    previous: Entry;
  }

  interface Notice {
    text: string;
    undo?: object;
  }
  interface Linking {
    phase: "waiting" | "blocked" | "closed" | "denied" | "failed";
    url?: string | null;
    message?: string;
  }
  /** What the panel knows (panel.js); a screen is made once `snapshot` is there. */
  interface Model {
    controller: "connecting" | "connected" | "none";
    snapshot: Snapshot & { state: State };
    catalogue: Catalogue | null;
    day: Day | null;
    zone?: string;
    clock?: string | null;
    busy: string | null;
    problem: Failure | null;
    linking: Linking | null;
    view: { name: string; entry?: Entry } | null;
    notice: Notice | null;
    /** The key of the failed click that the form chooses a project for. */
    changing: string | null;
    /** The forgotten timer whose gap the form chooses a project for. */
    moving: Forgotten | null;
    item: Item;
    defaults: Defaults;
    named: boolean;
    appName: string | null;
    closable: boolean;
    chromeless: boolean;
    accent: string | null;
    theme: string | null;
  }
  type Acts = ReturnType<typeof import("./panel/acts.js").acts>;
  /** A part of the panel that follows what it knows. */
  interface Part {
    element: HTMLElement;
    update(model: Model): void;
  }
  interface Screen extends Part {
    focus?(): void;
    isTouched?(): boolean;
  }
  /** One of the options of a choice field; `value` is the record itself. */
  interface Option<T = any> {
    value: T;
    label: string;
    hint: string;
    group: string | null;
    haystack: string;
    isRecent?: boolean;
  }

  type Call = (name: string, value?: any) => Promise<any>;
  type Answers = Record<string, (value: any) => any>;
  type Api = Record<string, (...given: any[]) => Promise<any>>;
  interface Host extends ClickStore {
    nextKey(): Promise<string> | string;
    lock(name: string): Promise<unknown>;
    unlock(name: string): void;
    token(): Promise<string | null | undefined>;
    state(shown: PageState): void;
    event(event: HostEvent): void;
    post(message: object): void;
  }
  interface View {
    kind: string;
    running: boolean;
    ticks: boolean;
    text: string;
    note: string;
    time: string | undefined;
    name: string;
    more: string | undefined;
  }
  interface Click {
    kind: string;
    note?: string;
  }
}

/** Stylesheets are joined in as their text (build.js). */
declare module "*.css" {
  const text: string;
  export default text;
}

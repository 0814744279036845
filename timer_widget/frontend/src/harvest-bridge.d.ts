/** Types of the timer that `/assets/platform.js` puts on a page: `window.HarvestBridge`, its events, `<harvest-timer>`. */

export interface HarvestTimerItem {
  id: string;
  group_id: string | null;
}

/** What a timer is for, in the words of the markup. */
export interface HarvestTimerWish {
  item: { id: string | number; name?: string };
  group?: { id: string | number; name?: string };
  account?: { id: string | number };
  /** Preselects a project and a task; with both named, a start needs no panel. */
  default?: {
    project_id?: string | number;
    project_code?: string;
    project_name?: string;
    task_id?: string | number;
    task_code?: string;
    task_name?: string;
    /** Begins the notes: `[%ITEM_ID%] %ITEM_NAME%`. */
    notes_template?: string;
  };
  permalink?: string;
}

export interface HarvestBridgeSettings {
  /** Answers a fresh widget token, signed by your back end, each time it is asked. */
  token?: () => string | Promise<string>;
  /** Instead of `token`: an address of yours that answers `{"token": "…"}` to a POST. */
  tokenUrl?: string;
  applicationName?: string;
  permalink?: string;
  skipStyling?: boolean;
  theme?: "light" | "dark";
}

export type HarvestTimerStatus =
  | "connecting"
  | "ready"
  | "signed-out"
  | "relink"
  | "unavailable"
  | "error";

export interface HarvestBridgeState {
  status: HarvestTimerStatus;
  message?: string | null;
  /** `since` is when it would have shown 0:00:00, in milliseconds of this computer's clock. */
  running?: { item: HarvestTimerItem | null; entry_id?: number; since: number } | null;
}

export interface HarvestBridgeError {
  code: string;
  message: string;
  status?: number;
  retry_after?: number;
  /** Of a click that was taken and turned out to be impossible: its key, and what the person can do about it. */
  key?: string;
  choices?: ("retry" | "change" | "connect" | "copy" | "drop")[];
}

export interface HarvestBridgeApi {
  init(settings?: HarvestBridgeSettings): void;
  /**
   * Starts where project and task are known, else opens the panel; `running` where it ran already; `pending` where the start is
   * kept and done later. Rejects with a {@link HarvestBridgeError}; its code is `item_required` where the item has no id.
   */
  start(item: HarvestTimerWish | Element): Promise<"started" | "panel" | "running" | "pending">;
  /** `idle` where nothing ran, `pending` where the stop is kept and done later. Rejects with a {@link HarvestBridgeError}. */
  stop(): Promise<"stopped" | "idle" | "pending">;
  open(item: HarvestTimerWish | Element): void;
  /**
   * Registers keys such as `alt+shift+t`: they stop the timer that runs, else start the one that has the focus or is the
   * page's first. With an item, or a function that returns one, they do as a click on its timer. `null` takes them away.
   * Fulfilled once they are known.
   */
  shortcut(keys: string, item?: HarvestTimerWish | Element | (() => HarvestTimerWish | Element | null) | null): Promise<void>;
  state(): HarvestBridgeState;
  destroy(): void;
}

/** Of the timer that began or ended; `total` is all time on the item, null where it is not known. */
export interface HarvestTimerChange {
  item: HarvestTimerItem | null;
  entry_id: number;
  seconds: number;
  total: number | null;
}

/** What the person is asked in the panel; `likely_stop_at` is the last sign of them. */
export interface HarvestTimerForgotten {
  key: string;
  status: "open" | "stopped";
  item: HarvestTimerItem | null;
  entry_id: number;
  reason: "longest_run" | "work_day" | "weekend";
  began_at: string;
  likely_stop_at: string;
  stopped_at: string | null;
  answers: ("stop" | "continue" | "move" | "keep" | "restore" | "accept")[];
}

export interface HarvestTimerEvents {
  "harvest-timer:ready": CustomEvent<Record<string, never>>;
  "harvest-timer:started": CustomEvent<HarvestTimerChange>;
  "harvest-timer:stopped": CustomEvent<HarvestTimerChange>;
  "harvest-timer:switched": CustomEvent<HarvestTimerChange & { previous: HarvestTimerChange }>;
  "harvest-timer:updated": CustomEvent<HarvestTimerChange>;
  "harvest-timer:notice": CustomEvent<{ key: string; code: string; message: string }>;
  /** A timer that was probably forgotten, once; and once more where it was stopped for that (`status`). Moments are ISO texts. */
  "harvest-timer:forgotten": CustomEvent<HarvestTimerForgotten>;
  /** Nothing has been tracked for so long on a page that the person sees, where an operator wants them told. */
  "harvest-timer:reminder": CustomEvent<{ seconds: number }>;
  "harvest-timer:pending": CustomEvent<{ act: "start" | "stop"; item: HarvestTimerItem | null }>;
  "harvest-timer:auth-needed": CustomEvent<{ status: "signed-out" | "relink" }>;
  "harvest-timer:error": CustomEvent<HarvestBridgeError & { item: HarvestTimerItem }>;
}

/**
 * The attributes of `<harvest-timer>`, for JSX and templates. Editors and component catalogues read the same, with events, parts and
 * properties, from `/static/timer_widget/custom-elements.json`, a custom-elements manifest.
 */
export interface HarvestTimerAttributes {
  "item-id": string | number;
  "item-name"?: string;
  "group-id"?: string | number;
  "group-name"?: string;
  "account-id"?: string | number;
  permalink?: string;
  "notes-template"?: string;
  labels?: string;
  "project-id"?: string | number;
  "project-code"?: string;
  "project-name"?: string;
  "task-id"?: string | number;
  "task-code"?: string;
  "task-name"?: string;
  compact?: boolean | "";
}

declare global {
  const HarvestBridge: HarvestBridgeApi;
  interface Window {
    HarvestBridge: HarvestBridgeApi;
    HarvestPlatform: { findTimers(): void };
    _harvestPlatformConfig?: HarvestBridgeSettings;
  }
  interface HTMLElementTagNameMap {
    "harvest-timer": HTMLElement;
  }
  interface HTMLElementEventMap extends HarvestTimerEvents {}
  interface DocumentEventMap extends HarvestTimerEvents {}
  interface WindowEventMap extends HarvestTimerEvents {}
}

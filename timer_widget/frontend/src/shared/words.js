/**
 * Every text that people read, in one place. A translation replaces this module at build time or overwrites its objects at
 * run time; `{name}` marks where a value goes, so that languages may order their words as they need.
 */

/** @returns `text` with each `{name}` replaced from `values` */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (open, name) => values[name] ?? open);

/** The one text that a button shows before the controller has spoken. */
export const START = "Start timer";

/** What a button says in each state, and what is said beside it. The controller brings them to the loader. */
export const buttonWords = {
  running: "Stop timer",
  start: "Starting…",
  stop: "Stopping…",
  "signed-out": "Connect Harvest",
  relink: "Reconnect Harvest",
  unavailable: "Timer unavailable",
  error: "Timer unavailable",
  failed: "Try again",
  invalid: "No item to track",
  details: "Timer details",
  "elsewhere-note": "another timer is running",
};

/** What people hear once something happened. */
export const spokenWords = {
  started: "Timer started: {name}",
  stopped: "Timer stopped: {name}, {time}",
};

/** In the panel. */
export const panelWords = {
  title: "Harvest timer",
  close: "Close",
  cancel: "Cancel",
  loading: "Loading…",
  tryNow: "Try now",
  timesheet: "My timesheet",
  newWindow: "opens a new window",
  total: "{time} on this item",

  connectTitle: "Connect Harvest to track time",
  connectText: "You sign in once, in a window of Harvest's own. {app} never sees your password.",
  thisPage: "This page",
  connect: "Connect Harvest",
  waitingTitle: "Continue in the Harvest window",
  waitingText: "This panel is ready as soon as you have signed in and allowed access.",
  openAgain: "Open the window again",
  blockedTitle: "Your browser held back the window",
  blockedText: "Open Harvest from here instead; this panel waits for you.",
  openHarvest: "Open Harvest",
  closedTitle: "Not connected yet",
  closedText: "If you closed the Harvest window before finishing, open it again.",
  deniedTitle: "Harvest was not connected",
  deniedText: "Access was refused in the Harvest window. Nothing has been changed.",
  relinkTitle: "Sign in to Harvest again",
  relinkText: "Harvest no longer accepts the earlier link. Everything you tracked is safe.",
  reconnect: "Reconnect Harvest",

  emptyTitle: "No projects to track time on",
  emptyText: "In Harvest you are not assigned to an active project. An administrator of {account} can add you to one.",
  yourAccount: "your account",
  lookAgain: "Look again",
  awayTitle: "The timer cannot be reached",
  awayText: "It keeps trying by itself. A timer that runs goes on running.",
  errorTitle: "The timer cannot start here",
  noSessionTitle: "Not signed in",
  noSessionText: "This page shows the timer without its script, so it cannot know who you are.",
  noItemTitle: "Nothing to track",
  noItemText: "This page did not say which item the time is for.",

  project: "Project",
  findProject: "Find a project or client",
  task: "Task",
  findTask: "Find a task",
  taskFirst: "Choose a project first",
  noMatch: "Nothing found",
  more: "{count} more: type to narrow down",
  results: "{count} found",
  noClient: "No client",
  nonBillable: "non-billable",
  chooseProject: "Choose a project.",
  chooseTask: "Choose a task.",
  notes: "Notes",
  notesHint: "What are you working on?",
  start: "Start timer",
  switchTo: "Switch timer",
  starting: "Starting…",
  runningElsewhere: "Running now",
  willStop: "Starting this timer stops the other one and keeps its time.",

  running: "Running",
  stop: "Stop timer",
  stopShort: "Stop",
  stopping: "Stopping…",
  save: "Save notes",
  saving: "Saving…",
  saved: "Notes saved.",
  stopped: "Stopped at {time}.",
  failed: "That did not work: {message}",
};

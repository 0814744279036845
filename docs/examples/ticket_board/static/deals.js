// "Deal won": what would be done, then what is done as it happens, then where it is in Harvest, and how it is undone.
// This page asks our own back end (harvest_deals.py); the bridge's key stays there.

const list = document.getElementById("deals");
const dialog = document.querySelector("dialog.saga");
const part = (name) => dialog.querySelector(name);
const OPEN = ["queued", "running", "waiting"];
const DOES = {
  create: "Create",
  reuse: "Reuse",
  change: "Change",
  attached: "Harvest",
  read: "Check",
  blocked: "Blocked",
  archive: "Archive",
  remove: "Remove",
  keep: "Keep",
};
const KINDS = {
  client: "Client",
  contact: "Contact",
  project: "Project",
  task: "Task",
  task_assignment: "Task on the project",
  rates: "Task on the project",
  person_invited: "Invitation",
  person: "Person on the project",
  person_rates: "Person on the project",
  check_tasks: "Read again",
  check_people: "Read again",
  check_project: "Read again",
};
let stream = null;

for (const [id, deal] of Object.entries(await (await fetch("/deals")).json())) {
  const row = document.getElementById("deal").content.cloneNode(true).firstElementChild;
  row.querySelector("h3").textContent = deal.title;
  row.querySelector(".number").textContent = id;
  row.querySelector(".company").textContent = deal.company;
  row.querySelector(".amount").textContent = deal.amount;
  const won = row.querySelector(".won");
  won.setAttribute("aria-label", `Deal won: ${deal.title}`);
  won.addEventListener("click", () => open(id, deal));
  list.append(row);
}
list.parentElement.hidden = !list.children.length;
dialog.addEventListener("close", () => stream?.close());

async function open(id, deal) {
  part("h2").textContent = `${deal.company}: ${deal.title}`;
  clear("Looking at what Harvest has…");
  if (!dialog.open) dialog.showModal();
  buttons(["Close", close]);
  const run = await post(`/deals/${id}/plan`, () => open(id, deal));
  if (!run) return;
  if (run.status === "planned" || run.status === "cancelled") showPlan(id, run);
  else follow(run);
}

// Before: the plan. Nothing has been written.
function showPlan(id, run) {
  const { steps, calls, adds, is_blocked, problems, notes } = run.plan;
  steps_of(steps);
  if (is_blocked) {
    lead("This cannot be done as it stands. Nothing was written.");
    trouble(problems.map(in_words).join("\n"));
    return buttons(["Close", close]);
  }
  lead(`Nothing is written yet. It adds ${counted(adds)}. ${(notes ?? []).join(" ")}`);
  const writes = calls.filter((call) => call.is_write).length;
  part(".calls summary").textContent = `${calls.length} calls to Harvest, ${writes} of them change something`;
  part(".calls ol").replaceChildren(
    ...calls.map((call) => item(call.is_write ? "write" : "read", `${call.verb} ${call.path}`)),
  );
  part(".calls").hidden = false;
  buttons(["Do this in Harvest", async () => follow(await post(`/deals/${id}/win`)), "main"], ["Not now", close]);
}

// Meanwhile: each step as it is done.
function follow(run) {
  if (!run) return;
  show(run);
  if (!OPEN.includes(run.status)) return;
  stream?.close();
  stream = new EventSource(`/deals/runs/${run.id}/progress`);
  const heard = async ({ data }) => {
    const { status, steps_done, steps } = JSON.parse(data);
    meter(steps_done, steps);
    if (!OPEN.includes(status)) stream.close();
    const now = await (await fetch(`/deals/runs/${run.id}`)).json();
    if (now.steps) show(now);
  };
  for (const status of [...OPEN, "blocked", "completed", "undone"]) stream.addEventListener(status, heard);
}

function show(run) {
  const phase = run.steps.filter((step) => step.phase === run.phase);
  steps_of(phase.length ? phase : (run.plan?.steps ?? []), true);
  part(".calls").hidden = true;
  part(".links").hidden = true;
  trouble("");
  const done = phase.filter((step) => step.status === "done").length;
  meter(done, phase.length);
  if (OPEN.includes(run.status)) {
    lead(run.error ? `Waits: ${run.error.message}` : `${done} of ${phase.length || "…"} steps done`);
    buttons(["Close, it goes on by itself", close]);
  } else if (run.status === "completed") {
    lead("Done, and read again: the team can track time.");
    links(run.links);
    part(".scroll").scrollTop = 0;
    buttons(["Close", close, "main"], ["Undo…", () => ask_to_undo(run)]);
  } else if (run.status === "undone") {
    lead("Taken back. What somebody had used was archived, and nothing of theirs deleted.");
    buttons(["Do it again", async () => follow(await post(`/deals/runs/${run.id}/continue`))], ["Close", close, "main"]);
  } else {
    lead("Stopped.");
    trouble(in_words(run.error));
    buttons(["Continue", async () => follow(await post(`/deals/runs/${run.id}/continue`)), "main"], ["Undo…", () => ask_to_undo(run)], ["Close", close]);
  }
}

// Afterwards: taken back, when that is asked for twice.
async function ask_to_undo(run) {
  const plan = await post(`/deals/runs/${run.id}/undo-plan`);
  if (!plan) return;
  clear("This would be taken back. A project with time on it is archived, never deleted.");
  steps_of(plan.undo);
  buttons(["Take it back", async () => follow(await post(`/deals/runs/${run.id}/undo`)), "danger"], ["Keep it", () => show(run)]);
}

async function post(path, again) {
  for (const button of dialog.querySelectorAll("footer button")) button.disabled = true;
  const answer = await fetch(path, { method: "POST" }).catch(() => null);
  const found = (await answer?.json().catch(() => null)) ?? { message: "The board is away." };
  if (answer?.ok) return found;
  if (found.code === "not_linked") ask_to_link(found.connect_url, again);
  else {
    trouble(found.message ?? "That did not work.");
    buttons(["Close", close]);
  }
  return null;
}

function ask_to_link(url, again) {
  clear("First an administrator links the company's Harvest account, once for everybody.");
  const link = Object.assign(document.createElement("a"), { href: url, target: "_blank", rel: "noopener" });
  link.className = "main";
  link.textContent = "Link Harvest";
  buttons(["It is linked: go on", again], ["Close", close]);
  part("footer").prepend(link);
}

function steps_of(steps, is_live = false) {
  part(".steps").replaceChildren(
    ...steps.map((step) => {
      const row = item(step.action, DOES[step.action] ?? step.action, "b");
      const is_next = is_live && step.status === "sent";
      row.dataset.status = is_live ? (step.status ?? "") : "";
      if (is_next) row.setAttribute("aria-current", "step");
      const text = document.createElement("span");
      const what = document.createElement("strong");
      what.textContent = step.title || KINDS[step.kind] || step.kind;
      const kind = document.createElement("small");
      kind.textContent = [KINDS[step.kind], why(step)].filter(Boolean).join(" · ");
      text.append(what, kind);
      row.append(text);
      if (is_live) row.append(mark(step.status));
      return row;
    }),
  );
}

const why = (step) =>
  step.problem?.message ??
  step.error?.message ??
  (step.changes?.length
    ? step.changes.map(({ field, from, to }) => `${field}: ${from ?? "nothing"} → ${to}`).join(", ")
    : (step.why ?? ""));

function mark(status) {
  const sign = document.createElement("i");
  const [text, words] = { done: ["✓", "Done"], sent: ["…", "Under way"], failed: ["!", "Refused"] }[status] ?? ["", "To do"];
  sign.textContent = text;
  sign.setAttribute("role", "img");
  sign.setAttribute("aria-label", words);
  return sign;
}

function item(kind, text, tag = "span") {
  const row = document.createElement("li");
  const label = document.createElement(tag);
  row.className = kind;
  label.textContent = text;
  row.append(label);
  return row;
}

const in_words = (problem) =>
  [problem.message, ...(problem.candidates ?? []).map(({ name, id }) => `· ${name} (${id})`)].join("\n");
const counted = (adds) =>
  Object.entries(adds)
    .filter(([, count]) => count)
    .map(([name, count]) => `${count} ${count === 1 ? name.slice(0, -1) : name}`)
    .join(", ") || "nothing";

function links({ client, project }) {
  const shown = [["Project in Harvest", project], ["Client in Harvest", client]].filter(([, href]) => href);
  part(".links").replaceChildren(
    ...shown.map(([text, href]) =>
      Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener", textContent: text }),
    ),
  );
  part(".links").hidden = !shown.length;
}

function buttons(...wanted) {
  part("footer").replaceChildren(
    ...wanted.map(([text, act, kind]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      if (kind) button.className = kind;
      button.addEventListener("click", act);
      return button;
    }),
  );
}

function clear(text) {
  lead(text);
  trouble("");
  part(".steps").replaceChildren();
  for (const name of [".calls", ".links", ".meter"]) part(name).hidden = true;
}
function meter(done, all) {
  part(".meter").hidden = !all;
  part(".meter > div").style.width = `${all ? (100 * done) / all : 0}%`;
}
function lead(text) {
  if (part(".lead").textContent !== text) part(".lead").textContent = text;
}
function trouble(text) {
  part(".trouble").textContent = text;
  part(".trouble").hidden = !text;
}
function close() {
  dialog.close();
}

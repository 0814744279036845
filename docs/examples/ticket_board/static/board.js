// The board's own script. The timers need nothing of it: it shows one ticket, the person menu, what our back end was told
// and what the page hears.

const [, ticket] = location.pathname.match(/^\/tickets\/(\d+)$/) ?? [];
if (ticket) {
  const article = document.getElementById(`ticket-${ticket}`);
  document.body.classList.add("one-ticket");
  article.classList.add("shown");
  article.closest(".group").classList.add("shown");
  document.title = `#${ticket} ${article.querySelector("h3").textContent} · Beacon`;
}

const menu = document.getElementById("person");
const { signed_in, people } = await (await fetch("/people")).json();
for (const [id, { name }] of Object.entries(people)) menu.add(new Option(name, id, false, id === signed_in));
menu.addEventListener("change", () => menu.form.submit());

// Host pages may listen too: each event comes once, with the item and what Harvest now holds.
const heard = document.getElementById("heard");
for (const name of ["started", "stopped", "switched", "updated", "error"]) {
  document.addEventListener(`harvest-timer:${name}`, ({ detail }) => {
    const line = document.createElement("li");
    const time = new Date().toLocaleTimeString();
    line.textContent = `${time}  harvest-timer:${name}  ${detail.item?.id ? `#${detail.item.id}` : ""} ${detail.message ?? ""}`;
    heard.prepend(line);
  });
}

// What our back end was told, as it comes: it reads the bridge's events, and this page asks it for those since the last.
const DONE = {
  "timer.started": "started a timer",
  "timer.stopped": "stopped their timer",
  "timer.switched": "switched to another timer",
  "timer.edited": "changed their time",
  "timer.added": "added time",
  "timer.deleted": "deleted time",
  "timer.failed": "could not do it",
};
const DEALS = {
  "provisioning.planned": "was planned",
  "provisioning.completed": "is in Harvest",
  "provisioning.blocked": "is stopped",
  "provisioning.undone": "was taken back",
};
const told = document.getElementById("told");

function words({ type, object, data }) {
  if (DEALS[type]) return [`The deal ${data.external_id} ${DEALS[type]}`, data.error?.message ?? data.project.name];
  if (!DONE[type]) return [type, data?.harvest_account?.name ?? `${object.type} ${object.id}`];
  const { entry, user_id, message } = data;
  const item = entry?.item?.id ? `#${entry.item.id}` : "";
  const what = entry ? `${entry.project.name}, ${entry.task.name}` : message;
  return [`${people[user_id]?.name ?? user_id} ${DONE[type]}`, [item, what].filter(Boolean).join(" · ")];
}

function tell(event) {
  const line = document.createElement("li");
  const time = document.createElement("time");
  time.dateTime = event.occurred_at;
  time.textContent = new Date(event.occurred_at).toLocaleTimeString();
  const [done, about] = words(event).map((text, place) => {
    const part = document.createElement(place ? "span" : "strong");
    part.textContent = text;
    return part;
  });
  line.title = `${event.type}, number ${event.sequence}`;
  line.append(time, done, about);
  told.prepend(line);
}

async function follow() {
  for (let after = 0; ; ) {
    const answer = await fetch(`/events?after=${after}`).catch(() => null);
    if (answer?.status === 204) return; // this board has no API key
    if (!answer?.ok) {
      await new Promise((again) => setTimeout(again, 3000));
      continue;
    }
    told.parentElement.hidden = false;
    const { events } = await answer.json();
    for (const event of events.reverse()) tell(event);
    after = events.at(-1)?.sequence ?? after;
  }
}
follow();

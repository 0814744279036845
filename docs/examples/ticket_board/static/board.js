// The board's own script. The timers need nothing of it: it shows one ticket, the person menu, and what the page hears.

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

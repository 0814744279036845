// Keeps an open timesheet fresh: asks for the page again every two seconds, and swaps the part that changed.
const EVERY = 2000;

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#live");
  const shown = document.querySelector("#live");
  if (fresh && fresh.innerHTML !== shown.innerHTML && !shown.contains(document.activeElement)) shown.replaceWith(fresh);
}

setInterval(() => document.hidden || refresh().catch(() => {}), EVERY);

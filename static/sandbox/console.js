// Keeps the sandbox's pages fresh, sends their forms without leaving the page, and copies what is to be copied.
import { morph } from "./console-morph.js";

const EVERY = 2000;
const NOTICE_STAYS = 6000;
const live = document.querySelector("[data-live-from]");
const toggle = document.getElementById("live-toggle");
const notice = document.getElementById("notice");
let measuredAt = performance.now();
let noticeTimer;

async function pageFrom(url, options) {
  const answer = await fetch(url, { ...options, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { page, isDone: answer.ok };
}

// Parts that move: each element with data-live becomes what the server says it is now.

async function refresh() {
  const { page, isDone } = await pageFrom(live.dataset.liveFrom || location.href);
  if (!isDone) throw new Error("not answered");
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const shown = document.getElementById(fresh.id);
    if (shown) morph(shown, fresh);
  }
  afterChange();
}

function say(state, text) {
  if (!toggle || toggle.dataset.state === state) return;
  toggle.dataset.state = state;
  toggle.lastElementChild.textContent = text;
}

async function tick() {
  const isPaused = toggle?.getAttribute("aria-pressed") === "false";
  if (live && !isPaused && !document.hidden) {
    await refresh().then(
      () => say("live", "Live"),
      () => say("lost", "Not answering"),
    );
  }
  setTimeout(tick, EVERY);
}

// Between two answers, clocks run on here.

const pad = (number) => String(number).padStart(2, "0");
const clockFace = (seconds) => [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(pad).join(":");
const stopwatch = (seconds) => `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;

function runClocks() {
  const since = Math.floor((performance.now() - measuredAt) / 1000);
  const isPaused = toggle?.getAttribute("aria-pressed") === "false";
  if (since <= 0 || isPaused) return;
  for (const one of document.querySelectorAll("[data-ticking]")) one.textContent = stopwatch(Number(one.dataset.ticking) + since);
  for (const one of document.querySelectorAll("[data-clock]")) one.textContent = clockFace(Number(one.dataset.clock) + since);
}

// Forms are sent without leaving the page; without this script they work as forms do.

async function send(form, submitter) {
  const heading = form.closest("section")?.querySelector("h2");
  const body = new URLSearchParams(new FormData(form, submitter));
  const { page, isDone } = await pageFrom(form.action, { method: "POST", body });
  morph(document.querySelector("main"), page.querySelector("main"));
  if (isDone && form.isConnected) form.reset();
  if (document.activeElement === document.body) heading?.focus();
  afterChange();
}

function onSubmit(event) {
  if (event.target.method !== "post") return;
  event.preventDefault();
  send(event.target, event.submitter).catch(() => say("lost", "Not answering"));
}

async function onClick(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const text = button.textContent;
  button.textContent = "Copied";
  tell(`Copied ${button.dataset.what}.`);
  setTimeout(() => (button.textContent = text), 1500);
}

function tell(text) {
  notice.textContent = text;
  hideNoticeLater();
}

function hideNoticeLater() {
  clearTimeout(noticeTimer);
  if (notice?.textContent) noticeTimer = setTimeout(() => (notice.textContent = ""), NOTICE_STAYS);
}

const afterChange = () => (measuredAt = performance.now());

document.documentElement.classList.toggle("can-copy", Boolean(navigator.clipboard));
if (toggle) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const isLive = toggle.getAttribute("aria-pressed") === "true";
    toggle.setAttribute("aria-pressed", String(!isLive));
    say(isLive ? "paused" : "live", isLive ? "Paused" : "Live");
  });
}
if (new URLSearchParams(location.search).has("done")) history.replaceState(null, "", location.pathname + location.hash);
document.addEventListener("submit", onSubmit);
document.addEventListener("click", onClick);
hideNoticeLater();
afterChange();
setInterval(runClocks, 1000);
setTimeout(tick, EVERY);

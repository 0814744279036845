// The page shows one section at a time and fetches the others when they are asked for. Without this script every link is a page of
// its own. What is tried goes to this bridge with a key that nothing keeps but `credentials`.
const root = document.documentElement;
const section = document.querySelector("#section");
const trouble = document.querySelector(".trouble");
const menu = document.querySelector(".menu");
const languages = document.querySelector(".languages");
const panel = document.querySelector(".key");
const credentials = { key: "", connection: "" };

// --- sections

let asked = 0;

async function show(url, { isBack = false } = {}) {
  const mine = ++asked;
  section.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${url.pathname === "/docs/" ? "/docs/start" : url.pathname}/part`);
    if (!answer.ok) throw new Error(`The section could not be loaded (${answer.status}).`);
    const html = await answer.text();
    if (mine === asked) replace(html, url, isBack);
  } catch (error) {
    if (mine === asked) complain(error);
  }
  section.removeAttribute("aria-busy");
}

function replace(html, url, isBack) {
  if (!isBack) history.pushState(null, "", url);
  section.innerHTML = html;
  trouble.hidden = true;
  const title = section.querySelector("h1");
  document.title = `${title.textContent} · Harvest Bridge API`;
  for (const link of menu.querySelectorAll("a")) {
    if (link.textContent === title.textContent && link.pathname === pathOf(url)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  prepare();
  if (isNarrow.matches) menu.open = false;
  title.focus({ preventScroll: true });
  if (!reveal()) scrollTo(0, 0);
}

const pathOf = (url) => (url.pathname === "/docs/" ? "/docs/start" : url.pathname);

function complain(error) {
  trouble.textContent = `${error.message} Check the connection, and try again.`;
  trouble.hidden = false;
}

/** Open the operation that the address names. */
function reveal() {
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!named) return false;
  if (named.matches("details")) named.open = true;
  named.scrollIntoView();
  return true;
}

const isPlain = (event) => !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !isPlain(event) || link.origin !== location.origin || !link.pathname.startsWith("/docs/")) return;
  if (link.getAttribute("href").startsWith("#") || link.pathname.startsWith("/docs/manual/")) return;
  event.preventDefault();
  show(new URL(link.href));
});
let shown = location.pathname;
addEventListener("popstate", () => {
  if (location.pathname !== shown) show(new URL(location.href), { isBack: true });
  else reveal();
});
addEventListener("hashchange", reveal);

// An opened operation has an address of its own.
section.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.matches(".operation") && target.open) history.replaceState(null, "", `#${target.id}`);
  },
  true,
);

// --- code

function choose(language) {
  root.dataset.language = language;
}

languages.addEventListener("change", ({ target }) => choose(target.value));

async function copy(button) {
  const [text] = button.childNodes;
  await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
  text.data = "Copied";
  setTimeout(() => (text.data = "Copy"), 1500);
}

section.addEventListener("click", ({ target }) => {
  const button = target.closest(".copy");
  if (button) copy(button);
});

// --- trying

function prepare() {
  shown = location.pathname;
  for (const button of section.querySelectorAll(".copy")) button.hidden = !navigator.clipboard;
  for (const form of section.querySelectorAll(".try")) form.hidden = false;
  if (panel) panel.hidden = !section.querySelector(".try") && !section.querySelector(".lead");
}

const headersWith = (more = {}) => ({ Authorization: `Bearer ${credentials.key}`, ...more });

function request(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  const headers = headersWith();
  for (const input of form.querySelectorAll("input[data-in]")) {
    const value = input.name === "integrated_account_id" ? credentials.connection : input.value.trim();
    if (!value) continue;
    if (input.dataset.in === "path") path = path.replace(`{${input.name}}`, input.name === "path" ? value : encodeURIComponent(value));
    else if (input.dataset.in === "header") headers[input.name] = value;
    else query.append(input.name, value);
  }
  const body = form.elements.body?.value.trim() || undefined;
  if (body) headers["Content-Type"] = "application/json";
  return [`${path}${query.size ? `?${query}` : ""}`, { method: form.dataset.method, headers, body, credentials: "omit", cache: "no-store" }];
}

async function send(form) {
  const result = form.querySelector(".result");
  if (!credentials.key) {
    panel.open = true;
    panel.querySelector("[name=key]").focus();
    panel.querySelector(".found").textContent = "Enter your API key first.";
    return;
  }
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const [url, options] = request(form);
    const began = performance.now();
    const answer = await fetch(url, options);
    const text = await answer.text();
    tell(result, answer, text, Math.round(performance.now() - began));
  } catch (error) {
    result.replaceChildren(Object.assign(document.createElement("p"), { textContent: `Nothing came back: ${error.message}` }));
  }
  button.disabled = false;
}

function tell(result, answer, text, took) {
  const line = document.createElement("p");
  const left = answer.headers.get("ratelimit-remaining");
  line.textContent = `${answer.status} ${answer.statusText} in ${took} ms${left ? `; ${left} calls left` : ""}`;
  const box = Object.assign(document.createElement("div"), { className: "code" });
  const shownText = Object.assign(document.createElement("pre"), { tabIndex: 0, ariaLabel: "What came back" });
  shownText.append(Object.assign(document.createElement("code"), { textContent: pretty(text) }));
  box.append(shownText);
  result.replaceChildren(line, box);
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

section.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});

async function findConnections() {
  const found = panel.querySelector(".found");
  const answer = await fetch("/integrated-account?limit=100&status=active", { headers: headersWith(), cache: "no-store" });
  const body = await answer.json();
  if (!answer.ok) return (found.textContent = body.message);
  const list = panel.querySelector("datalist");
  list.replaceChildren(...body.result.map((row) => new Option(`${row.label || row.tenant_id}: ${row.harvest_account?.name}`, row.id)));
  const input = panel.querySelector("[name=connection]");
  if (body.result.length && !input.value) input.value = credentials.connection = body.result[0].id;
  found.textContent = body.result.length
    ? `${body.result.length === 1 ? "One connection" : `${body.result.length} connections`} found.`
    : "This host app has no active connection; link an account first.";
}

panel?.addEventListener("input", ({ target }) => (credentials[target.name] = target.value.trim()));
panel?.querySelector("[name=check]").addEventListener("click", () => findConnections().catch(complain));

// --- beginning

const isNarrow = matchMedia("(max-width: 52rem)");
if (isNarrow.matches) menu.open = false;
isNarrow.addEventListener("change", () => (menu.open = !isNarrow.matches));
languages.hidden = false;
choose(languages.querySelector(":checked").value);
prepare();
reveal();

// Deciding who is who, row by row: the keyboard does everything that a button does.
(() => {
  const page = document.querySelector(".hb-identities");
  if (!page) return;
  const token = page.querySelector("[name=csrfmiddlewaretoken]").value;
  const live = page.querySelector(".hb-live");
  const rows = () => [...page.querySelectorAll(".hb-row")];
  const chosen = () => rows().filter((row) => row.querySelector(".hb-pick")?.checked);
  const current = () => document.activeElement.closest?.(".hb-row");
  const isTyping = (element) => element.matches("input[type=search], select, textarea");

  async function decide(targets, decision, more = {}) {
    if (!targets.length) return;
    targets.forEach((row) => row.setAttribute("aria-busy", "true"));
    const ids = targets.map((row) => row.dataset.id);
    const at = rows().indexOf(targets.at(-1));
    try {
      const response = await fetch(page.dataset.decideUrl, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token },
        body: JSON.stringify({ ids, decision, ...more }),
      });
      if (!response.ok) throw new Error(String(response.status));
      show(targets, await response.json());
    } catch {
      targets.forEach((row) => complain(row, "This could not be saved; reload the page and try again."));
    }
    goOn(at);
  }

  function show(targets, answer) {
    for (const row of targets) {
      const html = answer.rows[row.dataset.id];
      const failure = answer.failures[row.dataset.id];
      if (failure || !html) complain(row, failure ?? "This person has been erased.");
      else replace(row, html);
    }
    for (const [tab, count] of Object.entries(answer.counts)) {
      page.querySelector(`[data-count="${tab}"]`).textContent = count;
    }
    const failed = Object.keys(answer.failures).length;
    live.textContent = `${targets.length - failed} decided${failed ? `, ${failed} failed` : ""}.`;
    count();
  }

  function replace(row, html) {
    const holder = document.createElement("template");
    holder.innerHTML = html; // from our own template, which escapes
    const fresh = holder.content.firstElementChild;
    if (!fresh.hasAttribute("data-waiting")) fresh.setAttribute("data-decided", "");
    row.replaceWith(fresh);
  }

  function complain(row, text) {
    row.removeAttribute("aria-busy");
    const problem = row.querySelector(".hb-problem");
    problem.textContent = text;
    problem.hidden = false;
  }

  // To the next one that still waits, or just the next; after the last one, to the link to more.
  function goOn(at) {
    const all = rows();
    const waiting = all.slice(at).find((row) => row.hasAttribute("data-waiting"));
    const next = waiting ?? all[at + 1] ?? page.querySelector("[rel=next]") ?? all[at];
    focus(all[at]?.querySelector(".hb-problem:not([hidden])") ? all[at] : next);
  }

  function focus(row) {
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = rows();
    const from = all.indexOf(current());
    focus(all[Math.max(0, Math.min(all.length - 1, from < 0 ? 0 : from + step))]);
  }

  function count() {
    const number = chosen().length;
    page.querySelectorAll("[data-chosen]").forEach((place) => (place.textContent = number || ""));
    page.querySelectorAll("[data-bulk]").forEach((button) => (button.disabled = !number));
  }

  function select(row) {
    const box = row?.querySelector(".hb-pick");
    if (box) box.checked = !box.checked;
    count();
  }

  function selectAll(isOn) {
    page.querySelectorAll(".hb-pick").forEach((box) => (box.checked = isOn));
    const all = page.querySelector("[data-all]");
    if (all) all.checked = isOn;
    count();
  }

  function openSearch(row) {
    const search = row.querySelector(".hb-search");
    const input = search.querySelector("input");
    search.hidden = false;
    input.focus();
    find(row, input.value);
  }

  let asked = 0;
  async function find(row, words) {
    const mine = ++asked;
    const query = new URLSearchParams({ connection: page.dataset.connection, q: words });
    const response = await fetch(`${page.dataset.usersUrl}?${query}`);
    if (mine !== asked || !response.ok) return;
    const { users } = await response.json();
    const list = row.querySelector(".hb-search ul");
    list.replaceChildren(...(users.length ? users.map(offer) : [note("Nobody in Harvest is called so.")]));
  }

  function offer(user) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.choose = user.id;
    if (user.claimed_by) button.dataset.claimed = user.claimed_by;
    const claimed = user.claimed_by ? ` · matched to ${user.claimed_by}: take over` : "";
    const name = document.createElement("bdi"); // a name from right to left leaves the rest in its order
    name.textContent = user.name;
    button.append(name, ` · ${user.email}${user.flag ? ` · ${user.flag}` : ""}${claimed}`);
    const item = document.createElement("li");
    item.append(button);
    return item;
  }

  function note(text) {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }

  // Taking somebody from another person is asked for twice.
  function choose(row, button) {
    if (button.dataset.claimed && !button.dataset.sure) {
      button.dataset.sure = "yes";
      button.textContent = `Really take over from ${button.dataset.claimed}?`;
      return;
    }
    decide([row], "override", { harvest_user_id: button.dataset.choose, take_over: Boolean(button.dataset.claimed) });
  }

  page.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = button.closest(".hb-row");
    if (button.dataset.decide) decide([row], button.dataset.decide, { harvest_user_id: button.dataset.user });
    else if (button.dataset.bulk) decide(chosen(), button.dataset.bulk);
    else if (button.dataset.choose) choose(row, button);
    else if (button.hasAttribute("data-search")) openSearch(row);
  });
  page.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) selectAll(event.target.checked);
    else if (event.target.matches("select")) event.target.form.submit();
    count();
  });
  page.addEventListener("input", (event) => {
    const row = event.target.closest(".hb-row");
    if (row && event.target.matches("input[type=search]")) find(row, event.target.value);
  });

  // What is selected, or else the row in focus.
  function act(row, decision) {
    if (chosen().length) decide(chosen(), decision);
    else row?.querySelector(`[data-decide=${decision}]`)?.click();
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: (row) => act(row, "reject"),
    u: (row) => row?.querySelector("[data-decide=override]")?.click(),
    o: (row) => row?.querySelector("[data-search]") && openSearch(row),
    s: (row) => select(row),
    a: () => selectAll(chosen().length < rows().length),
    "/": () => page.querySelector(".hb-filters input[type=search]").focus(),
    Enter: (row) => act(row, "confirm"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && current()) {
      current().querySelector(".hb-search").hidden = true;
      return focus(current());
    }
    if (isTyping(event.target) || (event.key === "Enter" && event.target.closest("a, button, summary"))) return;
    const isDigit = /^[1-5]$/.test(event.key);
    if (!isDigit && !keys[event.key]) return;
    event.preventDefault();
    if (isDigit) current()?.querySelectorAll("[data-decide=confirm]")[event.key - 1]?.click();
    else keys[event.key](current());
  });
  focus(rows()[0]);
})();

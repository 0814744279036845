// The mapping editor's live preview. The record is fetched once and kept here; trying an expression asks Harvest nothing.
"use strict";

(() => {
  const root = document.getElementById("mapping-editor");
  const at = (id) => document.getElementById(id);
  const [expression, problem, state] = [at("expression"), at("expression-problem"), at("try-state")];
  const [accounts, fetchButton] = [at("try-connection"), at("fetch-record")];
  const named = (name) => root.querySelector(`#mapping-form [name="${name}"]`);
  const QUIET_MS = 250;
  let record = null;
  let fetched = "";
  let latest = 0;
  let timer = 0;

  const post = async (url, body) => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": named("csrfmiddlewaretoken").value };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    const shown = await answer.json().catch(() => ({ message: `The bridge answered ${answer.status}; sign in again.` }));
    return answer.ok ? shown : Promise.reject(shown);
  };

  const pretty = (value) => JSON.stringify(value, null, 2);

  const lines = (pane, texts, other, tag) => {
    const known = new Set(other);
    pane.replaceChildren(
      ...texts.map((text) => {
        const line = document.createElement(known.has(text) ? "span" : tag);
        line.textContent = known.has(text) ? `${text}\n` : text;
        return line;
      }),
    );
  };

  // Where the text goes wrong: its line, with a mark below the place.
  const place = (text, position) => {
    const before = text.slice(0, position).split("\n").pop();
    const mark = document.createElement("pre");
    mark.textContent = `${before}${text.slice(position).split("\n")[0]}\n${" ".repeat(Math.max(before.length - 1, 0))}↑`;
    return mark;
  };

  const complain = (failure) => {
    problem.textContent = failure ? failure.message : "";
    if (failure && failure.position) problem.append(place(expression.value, failure.position));
    expression.toggleAttribute("aria-invalid", false);
    if (failure) expression.setAttribute("aria-invalid", "true");
  };

  const show = (answer) => {
    const [now, after] = [pretty(answer.now).split("\n"), pretty(answer.after).split("\n")];
    lines(at("value-now"), now, after, "del");
    lines(at("value-after"), after, now, "ins");
    at("value-built-in").textContent = answer.built_in === null ? "null" : JSON.stringify(answer.built_in ?? null);
    at("try-result").hidden = false;
    complain(answer.errors[0]);
    state.textContent = pretty(answer.now) === pretty(answer.after) ? "The value stays as it is now." : "The value changes.";
  };

  const preview = async () => {
    const [turn, field] = [++latest, named("field").value.trim()];
    if (!record || !field || !expression.value.trim()) return;
    const asked = { connection: accounts.value, resource: named("resource").value, field, expression: expression.value, record };
    try {
      const answer = await post(root.dataset.preview, asked);
      if (turn === latest) show(answer);
    } catch (failure) {
      if (turn !== latest) return;
      at("try-result").hidden = true;
      state.textContent = "The expression gives no value yet.";
      complain(failure);
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(preview, QUIET_MS);
  };

  const fetchRecord = async () => {
    fetchButton.disabled = true;
    state.textContent = "Asking Harvest…";
    const asked = { connection: accounts.value, resource: named("resource").value, id: at("try-id").value };
    try {
      record = (await post(root.dataset.sample, asked)).record;
      fetched = asked.resource;
      at("record").textContent = pretty(record);
      at("try-record").hidden = false;
      state.textContent = `Fetched ${record.name ?? record.id}. Type an expression to see what it makes of it.`;
      await preview();
    } catch (failure) {
      state.textContent = failure.message;
    }
    fetchButton.disabled = false;
  };

  // A record of one kind of resource, or of another host app's account, is none to try the next one on.
  const forget = () => {
    record = null;
    at("try-record").hidden = at("try-result").hidden = true;
    state.textContent = "Fetch a record to try it on.";
  };

  const offerAccounts = () => {
    const [host, own] = [named("host_app"), named("connection")];
    if (!host) return;
    for (const option of accounts.options) option.hidden = option.disabled = option.dataset.host !== host.value || Boolean(own.value && own.value !== option.value);
    const chosen = accounts.selectedOptions[0];
    if (!chosen || chosen.disabled) {
      accounts.value = [...accounts.options].find((option) => !option.disabled)?.value ?? "";
      forget();
    }
  };

  expression?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) root.querySelector('button[value="save"]')?.click();
  });
  if (!accounts) return;
  expression.addEventListener("input", soon);
  named("field").addEventListener("input", soon);
  named("resource").addEventListener("change", () => {
    named("field").setAttribute("list", `suggested-${named("resource").value}`);
    if (record && fetched !== named("resource").value) forget();
  });
  accounts.addEventListener("change", forget);
  named("host_app")?.addEventListener("change", offerAccounts);
  named("connection")?.addEventListener("change", offerAccounts);
  fetchButton.addEventListener("click", fetchRecord);
  at("try-id").addEventListener("keydown", (event) => event.key === "Enter" && fetchRecord());
  offerAccounts();
})();

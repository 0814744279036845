"use strict";
// What every connect page does for the person, whichever window it is in.
(() => {
  // The timer's panel, on our own origin, hears at once how it ended; no other page does.
  const outcome = document.body.dataset.outcome;
  const message = document.querySelector("[role=alert]")?.textContent ?? "";
  if (outcome) window.opener?.postMessage({ type: "harvest-bridge:connect", outcome, message }, location.origin);

  for (const button of document.querySelectorAll("[data-closes]")) button.addEventListener("click", () => window.close());
  if (document.body.matches("[data-closes-itself]")) window.close();

  // A logo that cannot be loaded gives way to the name's first letter.
  for (const logo of document.querySelectorAll("[data-logo]")) {
    const replace = () => { logo.hidden = true; logo.nextElementSibling.hidden = false; };
    if (logo.complete && !logo.naturalWidth) replace();
    else logo.addEventListener("error", replace);
  }

  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "true";
      for (const note of form.querySelectorAll("[data-busy]")) note.hidden = false;
    });
  }
  document.querySelector("[aria-invalid=true]")?.focus();
})();

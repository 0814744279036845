"use strict";
// What every connect page does for the person, whichever window it is in.
(() => {
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

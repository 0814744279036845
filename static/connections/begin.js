"use strict";
// The window goes on only in the browser in which connecting was started: the frame that opened it, on our own origin,
// holds a proof in its memory. Nobody who was merely sent the address has it.
(() => {
  const TIMEOUT_MS = 3000;
  const ASK_MS = 250; // the frame may be busy
  const form = document.getElementById("begin");
  const [asking, elsewhere] = ["asking", "elsewhere"].map((name) => document.querySelector(`[data-state=${name}]`));
  const opener = window.opener;

  const giveUp = () => {
    clearInterval(timer);
    if (form.dataset.sent) return;
    document.body.dataset.shows = "failed";
    asking.hidden = true;
    elsewhere.hidden = false;
    elsewhere.querySelector("h1").focus();
  };
  const ask = () => opener.postMessage({ type: "harvest-bridge:proof-wanted", page: location.href }, location.origin);

  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== location.origin || source !== opener || data?.type !== "harvest-bridge:proof") return;
    if (form.dataset.sent || typeof data.proof !== "string") return;
    form.dataset.sent = "true";
    clearInterval(timer);
    form.elements.proof.value = data.proof;
    form.submit();
  });
  const timer = opener ? setInterval(ask, ASK_MS) : 0;
  if (opener) ask();
  setTimeout(giveUp, opener ? TIMEOUT_MS : 0);
})();

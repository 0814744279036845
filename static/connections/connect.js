"use strict";
// The waiting side of linking. In a popup or iframe of the host this page stays, opens consent in a window of its own and asks us
// for the outcome, because Harvest's headers may cut the tie between windows. Alone in a tab it simply follows its link.
(() => {
  const data = document.getElementById("page");
  for (const button of document.querySelectorAll("[data-closes]")) button.addEventListener("click", () => window.close());
  if (document.getElementById("done") && window.name === "harvest-consent") window.close();
  const go = document.getElementById("continue");
  if (!data || !go) return;

  const { targets, linkToken } = JSON.parse(data.textContent);
  const audience = window.parent !== window ? window.parent : window.opener;
  if (!audience) return;
  const status = document.getElementById("status");
  let consent = null;
  let timer = 0;

  // Each target is an exact origin of the host app; the browser delivers only where it matches, so exactly one message arrives.
  const tell = (payload) => { for (const origin of targets) audience.postMessage(payload, origin); };

  const ask = async () => {
    const answer = await fetch("/connect-account/status", { headers: { Authorization: `Bearer ${linkToken}` } });
    const payload = await answer.json();
    if (payload.result === "success") {
      clearInterval(timer);
      if (consent && !consent.closed) consent.close();
      status.textContent = "Connected.";
      tell(payload);
    } else if (payload.result === "error") {
      status.textContent = payload.error;
    }
  };

  go.addEventListener("click", (event) => {
    event.preventDefault();
    consent = window.open(go.href, "harvest-consent", "popup,width=640,height=760");
    status.textContent = consent ? "Waiting for Harvest in the other window…" : "Your browser blocked the window. Allow pop-ups for this page, then try again.";
    clearInterval(timer);
    timer = setInterval(() => ask().catch(() => { status.textContent = "We cannot be reached right now; still trying…"; }), 1500);
  });
})();

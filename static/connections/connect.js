"use strict";
// The side of linking that the host's page opened. In a popup or iframe it stays, opens consent in a window of its own
// and asks us for the outcome, because Harvest's headers may cut the tie between windows. In the same window it simply
// follows its links. The host hears one message, at the end.
(() => {
  const POLL_MS = 1000;
  let targets, payload, linkToken, back;
  const isFramed = window.parent !== window;
  const audience = isFramed ? window.parent : window.opener;
  let isTold = false;
  let isEnded = false;

  // Each target is an exact origin of the host; the browser delivers only where it matches.
  const tell = (message) => {
    if (isTold || !audience) return;
    isTold = true;
    for (const origin of targets) audience.postMessage(message, origin);
  };

  // The way of the same window, and of a popup that nobody closes.
  const goBack = (outcome) => {
    const url = new URL(back);
    for (const name of ["result", "integration", "integrated_account_id", "error", "error_type"]) {
      if (outcome[name]) url.searchParams.append(name, outcome[name]);
    }
    window.location.replace(url);
  };

  const end = (outcome) => {
    if (isEnded) return;
    isEnded = true;
    tell(outcome);
    if (!audience && back) goBack(outcome);
    else if (!isFramed && back) setTimeout(() => goBack(outcome), 2000);
  };

  const cancel = () => {
    if (isFramed) tell("closed");
    else window.close();
  };

  const fitToWindow = () => {
    for (const link of document.querySelectorAll("[data-alone]")) link.hidden = Boolean(audience);
    for (const button of document.querySelectorAll("[data-cancel]")) {
      button.hidden = !audience;
      button.addEventListener("click", cancel);
    }
    if (isFramed) document.addEventListener("keydown", (event) => { if (event.key === "Escape") cancel(); });
  };

  // Our drop-in SDK asks whether its frame shows us, or the browser's own error page.
  const answerTheSdk = () => window.addEventListener("message", (event) => {
    if (event.data === "harvest-bridge:is-it-you" && targets.includes(event.origin)) event.ports[0]?.postMessage("yes");
  });

  const waitForConsent = () => {
    const sections = [...document.querySelectorAll("[data-state]")];
    let consent = null;
    let timer = 0;
    let seenFailure = "";
    let lastFailure = null;

    const show = (name) => {
      if (document.body.dataset.shows === name) return;
      document.body.dataset.shows = name;
      for (const section of sections) section.hidden = section.dataset.state !== name;
      const heading = sections.find((section) => !section.hidden).querySelector("h1");
      document.title = heading.textContent;
      heading.focus();
    };

    const fail = ({ at, way_on: wayOn, ...failure }) => {
      seenFailure = at;
      lastFailure = failure;
      if (failure.code === "consent_denied") end(failure); // their own decision; there is nothing to mend
      for (const part of document.querySelectorAll("[data-way]")) {
        part.hidden = isEnded || !part.dataset.way.split(" ").includes(wayOn);
      }
      document.querySelector("[data-reason]").textContent = failure.error;
      show("failed");
    };

    const isGone = () => consent?.closed && document.hasFocus();

    const look = async () => {
      const wasGone = isGone();
      const answer = await fetch("/connect-account/status", { headers: { Authorization: `Bearer ${linkToken}` }, cache: "no-store" });
      const outcome = await answer.json();
      if (outcome.result === "success") {
        show("connected");
        end(outcome);
      } else if (outcome.at && outcome.at !== seenFailure) fail(outcome);
      else if (wasGone && isGone() && document.body.dataset.shows === "waiting") show("closed");
    };

    const poll = async () => {
      clearTimeout(timer);
      const note = document.querySelector("[data-note]");
      await look().then(() => { note.hidden = true; }, () => { note.hidden = false; });
      clearTimeout(timer);
      timer = isEnded ? 0 : setTimeout(poll, POLL_MS);
    };

    for (const link of document.querySelectorAll("[data-consent], [data-tab]")) {
      const url = new URL(link.href);
      url.searchParams.set("second_window", "true");
      link.href = url;
      link.addEventListener("click", (event) => {
        if (link.matches("[data-consent]")) {
          event.preventDefault();
          consent = window.open(link.href, "harvest-consent", "popup,width=640,height=760");
          consent?.focus(); // it may have been open already
        }
        show(consent || link.matches("[data-tab]") ? "waiting" : "blocked");
        poll();
      });
    }
    document.querySelector("[data-give-up]").addEventListener("click", () => {
      end(lastFailure);
      if (!isFramed) setTimeout(() => window.close(), 300); // unless the host did
    });
    // A page in the background is slowed down; whoever comes back to it need not wait.
    for (const name of ["focus", "visibilitychange"]) window.addEventListener(name, () => { if (timer) poll(); });
  };

  // Loaded before the page's body, so that no click comes too early and leads the frame itself away.
  const stop = (event) => event.preventDefault();
  document.addEventListener("click", stop, true);
  document.addEventListener("DOMContentLoaded", () => {
    document.removeEventListener("click", stop, true);
    ({ targets, payload, linkToken, back } = JSON.parse(document.getElementById("page").textContent));
    fitToWindow();
    answerTheSdk();
    if (payload) end(payload);
    else if (linkToken && audience) waitForConsent();
  });
})();

"use strict";
// For pages that keep @truto/truto-link-sdk as it is: in its iframe mode it hears only Truto's origin, so what our own
// frame says is said again under that name. Load it from the bridge, before calling `authenticate`.
(() => {
  const { origin } = new URL(document.currentScript.src);
  window.addEventListener("message", (event) => {
    const frame = document.getElementById("truto-link-iframe");
    if (event.origin !== origin || event.source !== frame?.contentWindow) return;
    const { data, source } = event;
    window.dispatchEvent(new MessageEvent("message", { data, source, origin: "https://app.truto.one" }));
  });
})();

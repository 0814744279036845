"use strict";
// Hands the sign-in to the frame that opened this window, and to nobody else: the message is addressed to our own origin.
{
  const { code } = document.getElementById("sign-in").dataset;
  if (window.opener) {
    window.opener.postMessage({ type: "harvest-bridge:sign-in", code }, location.origin);
    window.close();
  }
}

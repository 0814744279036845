/** The sign-in window, which is ours and was opened here, hands over a code by which this frame becomes its person (D4). */
import { SIGNED_IN } from "../shared/host-messages.js";

/** @param {(code: string) => void} act */
export const hearSignIn = (act) =>
  window.addEventListener("message", ({ origin, data }) => {
    if (origin == location.origin && data?.type == SIGNED_IN && typeof data.code == "string") act(data.code);
  });

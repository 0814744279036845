// The link SDK for a host's page: the exports, options, payloads and rejections of @truto/truto-link-sdk, so that only
// the import changes. Popup, iframe and same window all work from any origin that the bridge lists for the host app.
//
//   import authenticate, { rapidForm } from "https://bridge.example.com/assets/link-sdk.js";
//   const { integrated_account_id } = await authenticate(linkToken);

const OUR_ORIGIN = new URL(import.meta.url).origin;
const WATCH_MS = 100;
const SILENCE_MS = 3000;

/**
 * Let a person connect Harvest.
 * Resolves with {result, integration, integrated_account_id, is_truto}. Rejects with an Error that has the payload's
 * keys, with "closed" when the person went away, or with "blocked" when the browser blocked the popup.
 */
export default function authenticate(linkToken, options = {}) {
  return open(options, "/connect-account", "Truto Connect", {
    link_token: linkToken,
    integration: options.integration,
    no_back: options.noBack,
    auth_format: options.authFormat,
    skip_rapid_form: options.skipRapidForm && "true",
    integrations: options.integrations?.join(","),
  });
}

/** The form after connecting. Harvest has none, so this rejects with error_type "rapid_form_error". */
export function rapidForm(integratedAccountToken, options = {}) {
  return open(options, "/connect-account/post-connect", "Truto RapidForm", {
    integrated_account_session_token: integratedAccountToken,
    integration: options.integration,
  });
}

/** Harvest has no files to pick. */
export async function showFilePicker(integrationName) {
  throw new Error(`There is no file picker for ${integrationName}: Harvest has no files to pick.`);
}

function open(options, path, windowName, query) {
  const url = new URL(`${options.baseUrl ?? OUR_ORIGIN}${path}`);
  const isFramed = options.iframe !== false && !options.sameWindow;
  const asked = { ...query, iframe: isFramed && "true", origin: window.location.origin };
  for (const [name, value] of Object.entries(asked)) if (value) url.searchParams.append(name, value);
  if (options.sameWindow) {
    window.location.href = url;
    return undefined;
  }
  return isFramed ? inFrame(url) : inPopup(url, windowName, options);
}

function inPopup(url, name, { width = 700, height = 800 }) {
  return new Promise((resolve, reject) => {
    const popup = window.open(url, name, `popup=yes,width=${width},height=${height}`);
    if (!popup) return reject("blocked");
    const stop = listen(url.origin, () => popup, (message) => {
      clearInterval(watch);
      stop();
      popup.close();
      settle(message, resolve, reject);
    });
    const watch = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(watch);
      stop();
      reject("closed");
    }, WATCH_MS);
  });
}

function inFrame(url) {
  return new Promise((resolve, reject) => {
    const frame = document.createElement("iframe");
    const focused = document.activeElement;
    const end = (message) => {
      clearTimeout(silence);
      stop();
      document.removeEventListener("keydown", onKey);
      frame.remove();
      focused?.focus?.();
      settle(message, resolve, reject);
    };
    const onKey = (event) => event.key === "Escape" && end("closed");
    const stop = listen(url.origin, () => frame.contentWindow, end);
    let silence = 0;

    // A frame that the browser refuses to show is silent. Ask over a port of our own, so that the page sends no second message.
    frame.addEventListener("load", () => {
      const { port1, port2 } = new MessageChannel();
      clearTimeout(silence);
      silence = setTimeout(() => end(notShown(url.origin)), SILENCE_MS);
      port1.onmessage = () => clearTimeout(silence);
      frame.contentWindow.postMessage("harvest-bridge:is-it-you", url.origin, [port2]);
    });
    document.addEventListener("keydown", onKey);
    frame.id = "truto-link-iframe";
    frame.title = "Connect Harvest";
    Object.assign(frame.style, { position: "fixed", inset: "0", width: "100%", height: "100%", border: "none", background: "rgba(0, 0, 0, 0.8)", zIndex: "2147483647" });
    frame.src = url;
    document.body.append(frame);
    frame.focus();
  });
}

function listen(origin, source, hear) {
  const onMessage = (event) => {
    if (event.origin === origin && event.source === source()) hear(event.data);
  };
  window.addEventListener("message", onMessage);
  return () => window.removeEventListener("message", onMessage);
}

function settle(message, resolve, reject) {
  if (message === "closed") reject("closed");
  else if (message?.error) reject(Object.assign(new Error(message.error), message));
  else resolve(message);
}

function notShown(bridge) {
  const error = `${bridge} did not show its connect page in a frame. Is ${window.location.origin} an allowed origin of the host app?`;
  return { result: "error", error, error_type: "connection_error", integration: "harvest", code: "frame_not_shown" };
}

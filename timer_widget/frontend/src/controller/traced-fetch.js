/**
 * `fetch` whose clicks begin a trace, where the bridge sends traces somewhere (`data-traces` of the frame's page): its
 * `traceparent` (W3C Trace Context) leads from here to Harvest's answer, and to the worker's where that comes later.
 */
const hex = (/** @type {number} */ bytes) =>
  [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {typeof globalThis.fetch} fetch */
export function tracedFetch(fetch, isTraced = "traces" in document.documentElement.dataset) {
  if (!isTraced) return fetch;
  return (/** @type {any} */ address, /** @type {any} */ options) => {
    const isClick = options.method && options.method != "GET";
    const headers = isClick ? { ...options.headers, traceparent: `00-${hex(16)}-${hex(8)}-01` } : options.headers;
    return fetch(address, { ...options, headers });
  };
}

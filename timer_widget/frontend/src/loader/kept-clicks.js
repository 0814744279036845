/**
 * Clicks that the server has not taken yet, in the page's own storage: the frames may have none where third-party cookies are blocked.
 * A kept click holds ids, choices and moments, and of names what the page itself gave; never a credential.
 * Each click is an entry of its own, so that several tabs keep and forget without overwriting each other. Where the page may not
 * store anything, they live as long as the page.
 */
const CLICK = "harvest-bridge:click:";
const CLIENT = "harvest-bridge:client";

/** @type {Record<string, string>} */
const memory = {};

/** @type {any} what storage could not take is in `memory` */
const kept = () => {
  try {
    return { ...localStorage, ...memory };
  } catch {
    return memory;
  }
};

/**
 * @param {string} name
 * @param {string} [value] nothing removes it
 */
function put(name, value) {
  delete memory[name];
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    if (value) memory[name] = value;
  }
}

const newClient = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36).padStart(2, "0")).join("");

/** What the controller asks for. */
export const keptClicks = {
  /** The key of the next click: `<client id>.<counter>`. */
  nextKey() {
    const [client, count] = kept()[CLIENT]?.split(".") ?? [newClient(), 0];
    const key = client + "." + (Number(count) + 1);
    put(CLIENT, key);
    return key;
  },
  /** A key that nothing was sent with is the next one again, so that the server sees no gap. */
  unused(/** @type {string} */ key) {
    const [client, count] = key.split(".");
    if (kept()[CLIENT] == key) put(CLIENT, client + "." + (Number(count) - 1));
  },
  keep: (/** @type {{key: string}} */ click) => put(CLICK + click.key, JSON.stringify(click)),
  forget: (/** @type {string} */ key) => put(CLICK + key),
  /** @returns {object[]} all that are kept, of every tab; what cannot be read is none */
  kept: () =>
    Object.entries(kept()).flatMap(([name, value]) => {
      try {
        return name.startsWith(CLICK) ? [JSON.parse(value)] : [];
      } catch {
        return [];
      }
    }),
};

/** @param {StorageEvent} event */
export const isOfAnotherTab = ({ key }) => !key || key.startsWith(CLICK);

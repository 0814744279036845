/**
 * Keys of the host's choice that start and stop: a module of its own, loaded by the first `HarvestBridge.shortcut(…)`.
 *
 * Keys are written as `alt+shift+t`, in any order. Letters and digits are those of the person's keyboard layout; where Alt makes
 * another sign of them, those at their place.
 */
const MODIFIERS = ["ctrl", "alt", "meta", "shift"];

/** @type {Map<string, any>} */
const shortcuts = new Map(); // keys in one order -> what to start, or undefined for a timer of the page
const lives = new WeakSet(); // of the loader, which listens anew after `destroy` and `init`

const inOrder = (/** @type {string[]} */ keys) => keys.sort().join("+");

/**
 * @typedef {object} Page
 * @property {import("../harvest-bridge").HarvestBridgeApi} bridge
 * @property {Set<HTMLElement>} timers
 * @property {(element: any, wantsPanel?: any) => void} activate
 * @property {AbortController} life
 * @property {(target: EventTarget, type: string, act: (event: any) => void) => void} on
 */

/**
 * @param {Page} page the loader's `{bridge, timers, activate, life, on}`
 * @param {string} keys
 * @param {any} [given] an item in the words of `HarvestBridge.start`, a function that returns one, nothing, or null to take it away
 */
export function setShortcut(page, keys, given) {
  const pressed = inOrder(keys.toLowerCase().split("+").map((key) => key.trim()));
  if (given === null) shortcuts.delete(pressed);
  else shortcuts.set(pressed, given);
  if (lives.has(page.life)) return;
  lives.add(page.life);
  page.on(window, "keydown", (event) => onKeydown(event, page));
}

/**
 * @param {KeyboardEvent & Record<string, any>} event
 * @param {Page} page
 */
function onKeydown(event, { bridge, timers, activate }) {
  const { key, code, repeat, defaultPrevented, isComposing } = event;
  if (!shortcuts.size || repeat || defaultPrevented || isComposing) return;
  const held = MODIFIERS.filter((name) => event[name + "Key"]);
  const name = /^[a-z0-9]$/i.test(key) ? key : String(code).replace(/^(Key|Digit)/, "");
  const pressed = inOrder([name.toLowerCase(), ...held]);
  if (!shortcuts.has(pressed) || isTyping(event, held)) return;
  event.preventDefault();
  const said = shortcuts.get(pressed);
  const given = typeof said == "function" ? said() : said;
  const all = [...timers];
  if (bridge.state().running && !given) bridge.stop().catch(() => {}); // The button shows it.
  else activate(given ?? all.find((each) => each.matches(":focus-within")) ?? all[0]);
}

/**
 * A key that writes something belongs to the field that has the focus; so does Ctrl with Alt, which is AltGr.
 * @param {KeyboardEvent} event
 * @param {string[]} held
 */
function isTyping(event, held) {
  const [target] = /** @type {any[]} */ (event.composedPath());
  const isField = target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);
  const writes = event.getModifierState("AltGraph") || held.every((name) => name == "shift");
  return isField && writes;
}

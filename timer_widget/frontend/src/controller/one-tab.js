/**
 * Runs `act` while no other tab of this site runs one of the same name. Without Web Locks (a page that is no secure context) each
 * tab does it: clicks have keys, so that sending them twice does them once.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
export async function oneTab(name, act) {
  let isRunning = false;
  const run = () => ((isRunning = true), act());
  try {
    return await /** @type {any} */ (navigator.locks.request(`harvest-bridge ${name}`, run));
  } catch (error) {
    if (isRunning) throw error;
    return act();
  }
}

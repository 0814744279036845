/**
 * Runs things while no other tab of this site runs one of the same name. Without locks each tab does them: clicks have keys, so that
 * sending them twice does them once.
 * @param {Pick<Timer.Host, "lock" | "unlock">} host
 */
export const oneTab = (host) => async (/** @type {string} */ name, /** @type {() => Promise<void>} */ act) => {
  await host.lock(name);
  try {
    await act();
  } finally {
    host.unlock(name);
  }
};

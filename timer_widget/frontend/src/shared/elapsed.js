/**
 * Time as the timer shows it. Everything here takes `now`; nothing reads a clock.
 *
 * A running timer is kept as `since`: the moment, on this computer's clock, at which it would have shown 0:00:00. Computing
 * from a moment instead of counting ticks keeps a page right that was hidden, asleep or on a wrong clock.
 */

/**
 * Milliseconds that the server's clock is ahead of ours.
 * @param {string} serverNow  ISO moment in the answer
 * @param {number} receivedAt our clock when the answer came
 */
export const clockOffset = (serverNow, receivedAt) => Date.parse(serverNow) - receivedAt;

/**
 * `since` of a Running record, given how far the server's clock is ahead.
 * @param {{started_at: string, seconds_before: number}} running
 * @param {number} offset
 */
export const sinceOf = (running, offset) => Date.parse(running.started_at) - running.seconds_before * 1000 - offset;

/**
 * Whole seconds shown at `now`; a clock that went back never shows less than nothing.
 * @param {number} since
 * @param {number} now
 */
export const elapsedSeconds = (since, now) => Math.max(0, Math.floor((now - since) / 1000));

const two = (/** @type {number} */ number) => String(number).padStart(2, "0");

/**
 * A running time, to the second: 754 -> "0:12:34".
 * @param {number} seconds
 */
export const clockText = (seconds) =>
  `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

/**
 * A settled time, to the minute, as Harvest writes it: 5100 -> "1:25".
 * @param {number} seconds
 */
export const hoursText = (seconds) => {
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
};

/**
 * Milliseconds from `now` until the shown second changes.
 * @param {number} since
 * @param {number} now
 */
export const untilNextSecond = (since, now) => 1000 - ((now - since) % 1000);

/**
 * Calls in both directions over one MessagePort.
 *
 * Each side names the calls it answers; a call that is not named there is an error to the caller and nothing else. Errors
 * cross as `{code, message, …}`, because Error objects lose their fields on the way.
 *
 * @returns call(name, value) -> promise of the answer
 */
export function portCalls(port, answers) {
  const waiting = new Map();
  let last = 0;

  const answer = async ({ id, call, value }) => {
    const said = { id };
    try {
      if (!Object.hasOwn(answers, call)) throw { code: "unknown_call", message: call };
      said.value = await answers[call](value);
    } catch (error) {
      said.error = { code: "error", ...error, message: error.message };
    }
    port.postMessage(said);
  };

  port.onmessage = ({ data }) => {
    if (data.call) return answer(data);
    const [resolve, reject] = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.error) reject(data.error);
    else resolve(data.value);
  };

  return (call, value) =>
    new Promise((...settle) => {
      waiting.set(++last, settle);
      port.postMessage({ id: last, call, value });
    });
}

/**
 * Calls in both directions over one MessagePort, each with a port of its own for the answer.
 *
 * Each side names the calls it answers, in an object without a prototype; any other call is an error to the caller. Errors
 * cross as `{code, message, …}`, because Error objects lose their fields on the way.
 *
 * @param {MessagePort} port
 * @param {Timer.Answers} answers
 * @returns {Timer.Call} call(name, value) -> promise of the answer
 */
export function portCalls(port, answers) {
  port.onmessage = async ({ data, ports }) => {
    /** @type {{value?: unknown, error?: object}} */
    const said = {};
    try {
      said.value = await answers[data.call](data.value);
    } catch (/** @type {any} */ error) {
      said.error = { ...error, message: error.message };
    }
    ports[0].postMessage(said);
  };
  return (call, value) =>
    new Promise((resolve, reject) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => {
        port1.close();
        data.error ? reject(data.error) : resolve(data.value);
      };
      port.postMessage({ call, value }, [port2]);
    });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { portCalls } from "../src/shared/port-calls.js";

function pair(answers) {
  const { port1, port2 } = new MessageChannel();
  const call = portCalls(port1, { __proto__: null });
  portCalls(port2, { __proto__: null, ...answers });
  return { call, close: () => (port1.close(), port2.close()) };
}

test("a call is answered, each with its own answer", async () => {
  const { call, close } = pair({ double: async (value) => value * 2 });
  assert.deepEqual(await Promise.all([call("double", 2), call("double", 3)]), [4, 6]);
  close();
});

test("an error crosses with its fields", async () => {
  const { call, close } = pair({ fail: () => Promise.reject({ code: "no", message: "No.", status: 422 }) });
  await assert.rejects(call("fail"), { code: "no", message: "No.", status: 422 });
  close();
});

test("what is not offered cannot be called, built-in names included", async () => {
  const { call, close } = pair({});
  for (const name of ["anything", "constructor", "__proto__", "toString"])
    await assert.rejects(async () => call(name), { message: /not a function/ });
  close();
});

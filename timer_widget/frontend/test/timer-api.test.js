import assert from "node:assert/strict";
import { test } from "node:test";
import { isAway, timerApi } from "../src/controller/timer-api.js";

/** An API over a table of "METHOD path" -> answer; what is not in the table fails the test. */
function over(table) {
  const asked = [];
  const fetch = async (url, options) => {
    const route = `${options.method} ${url}`;
    asked.push({ route, ...options });
    assert.ok(route in table, route);
    const answer = table[route];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { api: timerApi({ base: "/timer", fetch, timeout: () => undefined }), asked };
}
const json = (status, body, headers) => new Response(JSON.stringify(body), { status, headers });

test("a session is bought without a bearer, and nothing carries a cookie", async () => {
  const { api, asked } = over({ "POST /timer/session": json(200, { session: "s" }) });
  assert.deepEqual(await api.session({ token: "token" }, "https://host.test"), { session: "s" });
  const [{ headers, body, credentials }] = asked;
  assert.deepEqual([headers.Authorization, credentials], [undefined, "omit"]);
  assert.deepEqual(JSON.parse(body), { token: "token", origin: "https://host.test" });
});

test("the sign-in that a browser keeps goes along only where the host gave no token", async () => {
  const { api, asked } = over({ "POST /timer/session": json(200, {}), "GET /timer/state": json(200, {}) });
  await api.session({}, "https://host.test");
  await api.state("s");
  assert.deepEqual(asked.map(({ credentials }) => credentials), ["same-origin", "omit"]);
});

test("an item goes into the address, a missing group does not", async () => {
  const { api, asked } = over({ "GET /timer/state?item_id=issues%2F12": json(200, {}) });
  await api.state("s", { item: { id: "issues/12", group_id: null } });
  assert.equal(asked[0].headers.Authorization, "Bearer s");
});

test("what is sent holds whole characters, whoever cut it", async () => {
  for (const [written, sent] of [["a😀".slice(0, 2) + "b", "ab"], ["👩‍🚀", "👩‍🚀"], ["\ude00", ""]]) {
    const { api, asked } = over({ "POST /timer/session": json(200, {}) });
    await api.session({ token: written }, "https://host.test");
    assert.equal(JSON.parse(asked[0].body).token, sent);
  }
});

test("a refusal keeps its code, its words and when to come back", async () => {
  const body = { code: "harvest_rate_limited", message: "Slow down." };
  const { api } = over({ "GET /timer/state": json(429, body, { "Retry-After": "7" }) });
  await assert.rejects(api.state("s"), { status: 429, ...body, retry_after: 7 });
});

test("a broken line and an answer that is not ours are the same: the service is away", async () => {
  for (const answer of [new TypeError("failed"), new Response("<h1>Bad gateway</h1>", { status: 502 })]) {
    const { api } = over({ "GET /timer/state": answer });
    await assert.rejects(api.state("s"), { code: "unavailable" });
  }
});

test("Harvest being away is not our being away", () => {
  assert.ok(isAway({ status: 503, code: "database_unavailable" }));
  assert.ok(!isAway({ status: 503, code: "harvest_unavailable" }));
  assert.ok(!isAway({ status: 422, code: "harvest_rejected" }));
});

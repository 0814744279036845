import assert from "node:assert/strict";
import { test } from "node:test";
import { timerSession } from "../src/controller/session.js";

function bench(answers = {}) {
  const log = [];
  let sessions = 0;
  const api = {
    async session({ token, code }) {
      log.push(`session ${token ?? code ?? "kept"}`);
      const refused = await answers.session?.(log);
      return refused ?? { session: `s${++sessions}`, expires_in: 900, state: { from: "session" } };
    },
    async state(bearer) {
      log.push(`state ${bearer}`);
      await answers.state?.(bearer);
      return { from: "state" };
    },
  };
  let tokens = 0;
  const states = [];
  const clock = { now: 0 };
  const session = timerSession({ api, now: () => clock.now, askToken: async () => ("token" in answers ? answers.token : `t${++tokens}`), origin: "o", onState: (state) => states.push(state.from) });
  return { session, log, states, clock };
}

test("the first look is the exchange itself: one request", async () => {
  const { session, log, states } = bench();
  await session.refresh();
  await session.refresh();
  assert.deepEqual(log, ["session t1", "state s1"]);
  assert.deepEqual(states, ["session", "state"]);
});

test("an ended session is renewed once and the call made again", async () => {
  const expired = { code: "timer_session_expired" };
  const { session, log } = bench({ state: (bearer) => (bearer == "s1" ? Promise.reject(expired) : null) });
  await session.call("state");
  assert.deepEqual(log, ["session t1", "state s1", "session t2", "state s2"]);
});

test("calls that need a session together share one exchange", async () => {
  const { session, log } = bench();
  await Promise.all([session.call("state"), session.call("state"), session.refresh()]);
  assert.equal(log.filter((line) => line.startsWith("session")).length, 1);
});

test("a token that was used or too old is asked for once more, any other refusal stands", async () => {
  const refuse = (code) => bench({ session: (log) => (log.length == 1 ? Promise.reject({ code }) : null) });
  const replayed = refuse("widget_token_replayed");
  await replayed.session.refresh();
  assert.deepEqual(replayed.log, ["session t1", "session t2"]);
  await assert.rejects(refuse("widget_token_invalid").session.refresh(), { code: "widget_token_invalid" });
});

test("a page without tokens has guests: a stranger costs one request, then the code of the sign-in window buys a session", async () => {
  const stranger = { session: null };
  const { session, log, states } = bench({
    token: null,
    session: (log) => (log.at(-1) == "session kept" ? stranger : null),
  });
  for (const look of [1, 2]) await assert.rejects(session.refresh(), { code: "sign_in_needed" }, `look ${look}`);
  assert.deepEqual(log, ["session kept"]);
  assert.ok(session.isGuest());
  await session.signIn("c1");
  assert.deepEqual([log.at(-1), states], ["session c1", ["session"]]);
});

test("a guest who may have signed in elsewhere is looked for again", async () => {
  const { session, log } = bench({ token: null, session: (log) => (log.length == 1 ? { session: null } : null) });
  await assert.rejects(session.refresh(), { code: "sign_in_needed" });
  session.lookAgain();
  await session.refresh();
  assert.deepEqual(log, ["session kept", "session kept"]);
});

test("a session is renewed before it ends, so that nobody is refused for it", async () => {
  const { session, log, clock } = bench();
  await session.call("state");
  clock.now = 839_000;
  await session.call("state");
  clock.now = 841_000;
  await session.call("state");
  assert.deepEqual(log, ["session t1", "state s1", "state s1", "session t2", "state s2"]);
});

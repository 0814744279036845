// Receives webhooks: verifies each, and does each event once. Copy `receive`, and give it a table of your own.
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";

const KEY = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64"); // whsec_…, as it was shown
const SEEN_FILE = process.env.SEEN_FILE ?? "webhook-ids.txt";
const LONGEST_SECONDS = 300;
const seen = new Set(existsSync(SEEN_FILE) ? readFileSync(SEEN_FILE, "utf8").split("\n") : []);

/** Whether the bridge sent this, just now. `body` is a Buffer, as it came. */
function isGenuine(body, headers) {
  const { "webhook-id": id, "webhook-timestamp": sentAt, "webhook-signature": signatures } = headers;
  if (!id || !/^\d+$/.test(sentAt ?? "") || !signatures) return false;
  if (Math.abs(Date.now() / 1000 - Number(sentAt)) > LONGEST_SECONDS) return false;
  const expected = createHmac("sha256", KEY).update(`${id}.${sentAt}.`).update(body).digest();
  return signatures.split(" ").some((signature) => {
    const [version, text = ""] = signature.split(",");
    const given = Buffer.from(text, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

/** The status to answer with: 204 once the event is done, now or before; 401 for what is not from the bridge. */
function receive(body, headers) {
  if (!isGenuine(body, headers)) return 401;
  const event = JSON.parse(body);
  if (!seen.has(event.id)) {
    work(event); // if it must wait for something, keep others with the same id out meanwhile
    seen.add(event.id);
    appendFileSync(SEEN_FILE, `${event.id}\n`);
  }
  return 204;
}

/** Yours. */
function work(event) {
  console.log(event.type, event.id);
}

createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  response.writeHead(receive(Buffer.concat(parts), request.headers)).end();
}).listen(Number(process.env.PORT ?? 8003), "127.0.0.1");

// The one thing that your back end adds for the timer: it says who is signed in. Copy this; it needs nothing but Node.
import { createHmac, randomUUID } from "node:crypto";

const { HOST_APP_ID, WIDGET_KEY_ID, WIDGET_SECRET } = process.env; // from `manage.py createhost`
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token that the timer may use once, within a minute, on `origin`, for this person of this customer of yours. */
export function widgetToken({ userId, tenantId, email, origin }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: HOST_APP_ID,
    aud: "timer",
    sub: userId, // your own id of the person; it must never change
    tenant_id: tenantId, // your own id of the customer whose page this is
    email,
    origin, // scheme, host and port of the page
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
  };
  const signed = `${part({ alg: "HS256", typ: "JWT", kid: WIDGET_KEY_ID })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", WIDGET_SECRET).update(signed).digest("base64url")}`;
}

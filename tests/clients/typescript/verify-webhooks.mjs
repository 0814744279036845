// Reads [{library, secret, headers, body}, …] from standard input and prints for each whether that library takes it.
import { readFileSync } from "node:fs";
import * as standardwebhooks from "standardwebhooks";
import * as svix from "svix";

const LIBRARIES = { standardwebhooks, svix };
const isTaken = ({ library, secret, headers, body }) => {
  try {
    new LIBRARIES[library].Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
};
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(isTaken)));

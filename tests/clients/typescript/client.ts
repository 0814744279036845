// A host's back end in TypeScript: every path, parameter and field below is checked against the generated types.
import createClient from "openapi-fetch";
import type { components, paths } from "./bridge.js";

const [baseUrl, apiKey, account] = process.argv.slice(2) as [string, string, string];
const bridge = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${apiKey}` } });
const query = { integrated_account_id: account };

const accounts = await bridge.GET("/integrated-account", { params: { query: { limit: 10, status: "active" } } });
const linked: components["schemas"]["IntegratedAccount"][] = accounts.data?.result ?? [];

const users = await bridge.GET("/unified/user-directory/users", { params: { query: { ...query, limit: 2 } } });
const emails: string[] = (users.data?.result ?? []).flatMap((user) => (user.emails ?? []).map((email) => email.email));

const made = await bridge.POST("/proxy/clients", { params: { query }, body: { name: "Generated Ltd" } });
const refused = await bridge.GET("/unified/user-directory/users", { params: { query: { ...query, limit: 0 } } });

console.log(
  JSON.stringify({
    linked: linked.map(({ id, status }) => ({ id, status })),
    emails,
    made: made.data,
    refused: refused.error?.code,
  }),
);

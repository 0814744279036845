// A host's back end in TypeScript: every path, parameter and field below is checked against the generated types.
import createClient from "openapi-fetch";
import type { components, paths } from "./bridge.js";

const [baseUrl, apiKey, account] = process.argv.slice(2) as [string, string, string];
const bridge = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${apiKey}` } });
const query = { integrated_account_id: account };

const accounts = await bridge.GET("/integrated-account", { params: { query: { limit: 10, status: "active" } } });
const linked: components["schemas"]["IntegratedAccount"][] = accounts.data?.result ?? [];

const users = await bridge.GET("/unified/user-directory/users", { params: { query: { ...query, limit: 2 } } });
const people = users.data?.result ?? [];
const emails: string[] = Array.isArray(people)
  ? people.flatMap((user) => (user.emails ?? []).map((email) => email.email))
  : [];

// What stands in brackets is part of a parameter's name, and `truto_key_by` makes another shape of the list.
const keyed = await bridge.GET("/unified/user-directory/users", {
  params: {
    query: {
      ...query,
      "first_name[in]": ["Alice", "Bruno"],
      "created_at[gt]": "2000-01-01T00:00:00Z",
      "remote_query[is_active]": true,
      expand: ["roles"],
      truto_exclude_fields: ["emails", "phones"],
      truto_key_by: "id",
    },
  },
});
const byId = keyed.data?.result ?? {};
const names = Array.isArray(byId) ? [] : Object.entries(byId).map(([id, user]) => [id, user.first_name]);

const made = await bridge.POST("/proxy/clients", { params: { query }, body: { name: "Generated Ltd" } });
const refused = await bridge.GET("/unified/user-directory/users", { params: { query: { ...query, limit: 0 } } });

console.log(
  JSON.stringify({
    linked: linked.map(({ id, status }) => ({ id, status })),
    emails,
    by_id: Object.fromEntries(names),
    made: made.data,
    refused: refused.error?.code,
  }),
);

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

const listed = await bridge.GET("/proxy/time_entries", { params: { query: { ...query, limit: 200 } } });
const entries: components["schemas"]["HarvestTimeEntry"][] = listed.data?.result ?? [];
const hours: number = entries.reduce((sum, entry) => sum + entry.hours, 0);
const clients: string[] = entries.map((entry) => entry.client.name);
const notes: (string | null)[] = entries.map((entry) => entry.notes);
// @ts-expect-error No entry has this field.
const misspelt = entries[0]?.hour;
const [first] = entries;
if (!first) throw new Error("The sandbox has time entries.");
const body = { project_id: first.project.id, task_id: first.task.id, spent_date: first.spent_date, hours: 1.5 };
const tracked = await bridge.POST("/proxy/time_entries", { params: { query }, body });
// @ts-expect-error A time entry needs its task.
const incomplete: components["schemas"]["HarvestTimeEntryCreate"] = { project_id: 1, spent_date: "2026-11-24" };
const invoices = await bridge.GET("/proxy/invoices", { params: { query } });
const lines: number[] = (invoices.data?.result ?? []).flatMap((invoice) => invoice.line_items.map((one) => one.amount));
const period = { from: first.spent_date, to: first.spent_date };
const team = await bridge.GET("/proxy/reports_time_team", { params: { query: { ...query, ...period } } });
const totals: number[] = (team.data?.result ?? []).map((row) => row.total_hours);

const refused = await bridge.GET("/unified/user-directory/users", { params: { query: { ...query, limit: 0 } } });

console.log(
  JSON.stringify({
    linked: linked.map(({ id, status }) => ({ id, status })),
    emails,
    by_id: Object.fromEntries(names),
    made: made.data,
    tracked: { hours: tracked.data?.hours, day: tracked.data?.spent_date, runs: tracked.data?.is_running },
    read: {
      hours,
      clients: new Set(clients).size,
      notes: notes.filter((text) => text !== null).length,
      lines: lines.reduce((sum, amount) => sum + amount, 0),
    },
    team: totals,
    refused: refused.error?.code,
  }),
);

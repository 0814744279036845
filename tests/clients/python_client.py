"""A host's back end in Python, over the package `bridge_client` that was generated from /schema/."""

from __future__ import annotations

import json
import sys
from uuid import UUID

from bridge_client import AuthenticatedClient
from bridge_client.api.clients import proxy_create_clients
from bridge_client.api.invoices import proxy_list_invoices
from bridge_client.api.linking import list_integrated_accounts
from bridge_client.api.reports_time_team import proxy_list_reports_time_team
from bridge_client.api.time_entries import proxy_create_time_entries, proxy_list_time_entries
from bridge_client.api.user_directory import list_users
from bridge_client.models import (
    DirectoryUserList,
    DirectoryUserListByKey,
    Error,
    HarvestClient,
    HarvestClientCreate,
    HarvestInvoiceList,
    HarvestTimeByPersonList,
    HarvestTimeEntry,
    HarvestTimeEntryCreate,
    HarvestTimeEntryList,
    IntegratedAccountList,
    ListUsersExpandItem,
    ListUsersTrutoExcludeFieldsItem,
    ListUsersTrutoKeyBy,
)

base_url, api_key, account = sys.argv[1], sys.argv[2], UUID(sys.argv[3])
with AuthenticatedClient(base_url=base_url, token=api_key) as bridge:
    linked = list_integrated_accounts.sync(client=bridge, limit=10)
    users = list_users.sync(client=bridge, integrated_account_id=account, limit=2)
    # What stands in brackets is part of a parameter's name, and `truto_key_by` makes another shape of the list.
    by_id = list_users.sync(
        client=bridge,
        integrated_account_id=account,
        first_namein=["Alice", "Bruno"],
        created_atgt="2000-01-01T00:00:00Z",
        remote_queryis_active=True,
        expand=[ListUsersExpandItem.ROLES],
        truto_exclude_fields=[ListUsersTrutoExcludeFieldsItem.EMAILS, ListUsersTrutoExcludeFieldsItem.PHONES],
        truto_key_by=ListUsersTrutoKeyBy.ID,
    )
    body = HarvestClientCreate(name="Generated Ltd")
    made = proxy_create_clients.sync(client=bridge, body=body, integrated_account_id=account)
    entries = proxy_list_time_entries.sync(client=bridge, integrated_account_id=account, limit=200)
    assert isinstance(entries, HarvestTimeEntryList)
    first = entries.result[0]
    tracked = proxy_create_time_entries.sync(
        client=bridge,
        integrated_account_id=account,
        body=HarvestTimeEntryCreate(
            project_id=first.project.id, task_id=first.task.id, spent_date=first.spent_date, hours=1.5
        ),
    )
    invoices = proxy_list_invoices.sync(client=bridge, integrated_account_id=account)
    team = proxy_list_reports_time_team.sync(
        client=bridge, integrated_account_id=account, from_=first.spent_date, to=first.spent_date
    )
    refused = list_users.sync(client=bridge, integrated_account_id=account, limit=0)

assert isinstance(linked, IntegratedAccountList)
assert isinstance(users, DirectoryUserList)
assert isinstance(by_id, DirectoryUserListByKey)
assert isinstance(made, HarvestClient)
assert isinstance(tracked, HarvestTimeEntry)
assert isinstance(invoices, HarvestInvoiceList)
assert isinstance(team, HarvestTimeByPersonList)
assert isinstance(refused, Error)
# mypy reads these: each has the type that Harvest documents.
hours: float = sum(entry.hours for entry in entries.result)
clients: set[str] = {entry.client.name for entry in entries.result}
notes: list[str] = [entry.notes for entry in entries.result if entry.notes is not None]
lines: float = sum(line.amount for invoice in invoices.result for line in invoice.line_items)
print(
    json.dumps(
        {
            "linked": [{"id": str(row.id), "status": row.status} for row in linked.result],
            "emails": [email.email for user in users.result for email in user.emails or []],
            "by_id": {key: user.first_name for key, user in by_id.result.additional_properties.items()},
            "made": made.to_dict(),
            "tracked": {"hours": tracked.hours, "day": tracked.spent_date.isoformat(), "runs": tracked.is_running},
            "read": {"hours": hours, "clients": len(clients), "notes": len(notes), "lines": lines},
            "team": [row.total_hours for row in team.result],
            "refused": refused.code,
        }
    )
)

"""A host's back end in Python, over the package `bridge_client` that was generated from /schema/."""

from __future__ import annotations

import json
import sys
from uuid import UUID

from bridge_client import AuthenticatedClient
from bridge_client.api.clients import proxy_create_clients
from bridge_client.api.linking import list_integrated_accounts
from bridge_client.api.user_directory import list_users
from bridge_client.models import (
    DirectoryUserList,
    DirectoryUserListByKey,
    Error,
    IntegratedAccountList,
    ListUsersExpandItem,
    ListUsersTrutoExcludeFieldsItem,
    ListUsersTrutoKeyBy,
    ProxyCreateClientsBody,
    Record,
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
    body = ProxyCreateClientsBody.from_dict({"name": "Generated Ltd"})
    made = proxy_create_clients.sync(client=bridge, body=body, integrated_account_id=account)
    refused = list_users.sync(client=bridge, integrated_account_id=account, limit=0)

assert isinstance(linked, IntegratedAccountList)
assert isinstance(users, DirectoryUserList)
assert isinstance(by_id, DirectoryUserListByKey)
assert isinstance(made, Record)
assert isinstance(refused, Error)
print(
    json.dumps(
        {
            "linked": [{"id": str(row.id), "status": row.status} for row in linked.result],
            "emails": [email.email for user in users.result for email in user.emails or []],
            "by_id": {key: user.first_name for key, user in by_id.result.additional_properties.items()},
            "made": made.to_dict(),
            "refused": refused.code,
        }
    )
)

"""A body and an answer of each operation, for the OpenAPI page; those of the directory are made by its own mapping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Raw, Struct

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.insights import openapi_all_examples as insights
from harvest_bridge.invoices import openapi_examples as invoices
from harvest_bridge.mirror import openapi_examples as mirror
from harvest_bridge.mirror.reading import openapi_examples as mirror_reading
from harvest_bridge.provisioning import openapi_examples as provisioning
from harvest_bridge.unified import mapping
from harvest_bridge.unified.mapping import MappingContext
from harvest_bridge.webhooks import openapi_examples as webhooks

Json = dict[str, Any]

_AROUND = MappingContext(
    account_id="1408215", account_name="Fennel & Finch", start_date="2026-11-02", end_date="2026-11-15"
)
_AT = "2026-11-24T09:00:00Z"
_TIMES = {"created_at": "2025-03-03T08:00:00Z", "updated_at": _AT}
_CARMEN = {"id": 4000103, "first_name": "Carmen", "last_name": "Ruiz", "email": "carmen@fennelfinch.example"}
_BRUNO = {"id": 4000102, "first_name": "Bruno", "last_name": "Keller", "email": "bruno@fennelfinch.example"}


def _shown(show: Callable[[Raw, MappingContext], Struct], sent: Json) -> Json:
    """As it comes out of the bridge when Harvest sends this."""
    answer: Json = msgspec.json.decode(msgspec.json.encode(show(Raw(msgspec.json.encode(sent)), _AROUND)))
    return answer


USER = _shown(
    mapping.unified_user,
    {
        **_CARMEN,
        "telephone": "+34 600 000 000",
        "timezone": "Madrid",
        "is_active": True,
        "is_contractor": False,
        "weekly_capacity": 126000,
        "roles": ["Design"],
        "access_roles": ["member"],
        **_TIMES,
    },
)
ROLE = _shown(mapping.unified_role, {"id": 8000103, "name": "Design", "user_ids": [4000103], **_TIMES})
ORGANIZATION = _shown(
    mapping.unified_organization,
    {"name": "Fennel & Finch", "is_active": True, "base_uri": "https://fennelfinch.harvestapp.com"},
)
GROUP = _shown(mapping.unified_group, {**_BRUNO, "teammates": [_CARMEN]})
WORKSPACE = _shown(
    mapping.unified_workspace, {"id": 11000115, "name": "New Business", "code": "FF-BIZ", "is_active": True, **_TIMES}
)
UTILIZATION = _shown(
    mapping.unified_utilization,
    {
        "results": [
            {
                "user_id": 4000103,
                "user_name": "Carmen Ruiz",
                "is_contractor": False,
                "weekly_capacity": 126000,
                "total_hours": 66.5,
                "billable_hours": 52.25,
            }
        ]
    },
)
_ID, _OTHER_ID = "5f0c1d7e-0a4b-4b58-9a6e-3f1f6f2f9c11", "be72481b-e060-4103-baa8-a53263babeea"
_CARMEN_THERE = {"id": "4000103", "name": "Carmen Ruiz", "email": _CARMEN["email"], "status": "active"}
IDENTITY = {
    "id": _ID,
    "external_id": "u-17",
    "email": None,
    "name": "Ruiz, Carmen",
    "state": "suggested",
    "basis": None,
    "flag": None,
    "harvest_user": None,
    "candidates": [{"harvest_user": _CARMEN_THERE, "score": 90, "reasons": ["same_name"]}],
    **_TIMES,
}
MATCHED = {**IDENTITY, "state": "matched", "basis": "confirmed", "harvest_user": _CARMEN_THERE, "candidates": []}
_CONFIRMED = {**MATCHED, "history": [{"what": "confirmed", "harvest_user_id": "4000103", "actor": "host", "at": _AT}]}
_COUNTS = {"matched": 1, "suggested": 0, "ambiguous": 0, "unmatched": 0}
RUN = {
    "id": _ID,
    "status": "done",
    "people": 1,
    "compared": 1,
    "counts": _COUNTS,
    "error": None,
    "created_at": _AT,
    "finished_at": _AT,
}
_UPLOAD = {"created": 1, "updated": 0, "unchanged": 0, "failed": [], "matching": RUN}
_PEOPLE = {"identities": [{"external_id": "u-17", "email": _CARMEN["email"], "name": "Carmen Ruiz"}]}
_DECISIONS = {"decisions": [{"id": _ID, "decision": "confirm"}]}
_DECIDED = {"result": [{"id": _ID, "identity": MATCHED, "error": None}], "decided": 1, "failed": 0}
_EXPRESSION = "remote_data.roles[0]"
MAPPING = {
    "resource": "users",
    "field": "title",
    "layer": "host_app",
    "integrated_account_id": None,
    "expression": _EXPRESSION,
    "version": 1,
    "restores": None,
    "is_current": True,
    "changed_by": "host: hb_live_9tnPuw…",
    "changed_at": _AT,
}
ACCOUNT = {
    "id": _OTHER_ID,
    "tenant_id": "acme",
    "environment_id": "92ae5666-a01a-457d-978e-2d7ce45290b6",
    "environment_integration_id": "8f8a1f6e-5d1c-5f0c-9a55-0d9f3c2b7a11",
    "status": "active",
    "is_sandbox": False,
    "authentication_method": "oauth2",
    "label": "Acme",
    "context": {},
    "kind": "account",
    "user_id": None,
    "harvest_account": {"id": 1408215, "name": "Fennel & Finch"},
    "harvest_user_id": 4000101,
    "rights": ["read", "time", "people", "projects", "invoices"],
    "access_roles": ["administrator"],
    "linked_by": "Alice Okafor <alice@fennelfinch.example>",
    "last_error": None,
    "last_forbidden_error": None,
    "integration": {"id": "harvest", "name": "harvest", "category": "Default"},
    **_TIMES,
}
_ABILITY = {
    "resource": "user-directory/users",
    "method": "list",
    "is_available": True,
    "needs": "administrator",
    "reason": None,
}
_DELETED, _DONE = {"id": "4000103"}, {"success": True}


def _page(record: Json) -> Json:
    return list_envelope([record], limit=100)


_INTEGRATION: Json = {
    "id": "harvest",
    "name": "harvest",
    "category": "Default",
    "label": "Harvest",
    "is_beta": False,
    "created_at": ACCOUNT["created_at"],
    "updated_at": ACCOUNT["created_at"],
}
_INSTALLED = {
    "id": ACCOUNT["environment_integration_id"],
    "environment_id": ACCOUNT["environment_id"],
    "integration_id": "harvest",
    "integration": ACCOUNT["integration"],
    "is_enabled": True,
    "show_in_catalog": True,
    "override": {},
    "created_at": ACCOUNT["created_at"],
    "updated_at": ACCOUNT["created_at"],
}
BODIES: dict[str, Json] = {
    **webhooks.BODIES,
    **mirror.BODIES,
    **insights.BODIES,
    **provisioning.BODIES,
    **invoices.BODIES,
    "create_link_token": {"tenant_id": "acme"},
    "create_integrated_account_token": {"integrated_account_id": _OTHER_ID, "scopes": ["insights"]},
    "update_integrated_account": {"label": "Acme"},
    "update_my_integrated_account": {"label": "Acme"},
    "refresh_credentials": {"id": _OTHER_ID},
    "bulk_delete_integrated_accounts": {"query": {"tenant_id": "acme"}},
    "create_user": {
        "first_name": "Zoë",
        "last_name": "Okonkwo",
        "emails": [{"email": "zoe@example.com"}],
        "user_type": "contractor",
        "roles": [{"name": "Design"}],
        "timezone": "Europe/Berlin",
    },
    "update_user": {"status": "inactive"},
    "create_role": {"name": "Design", "user_ids": ["4000103"]},
    "update_role": {"user_ids": ["4000103"]},
    "put_identities": _PEOPLE,
    "post_identities": _PEOPLE,
    "decide_identities": _DECISIONS,
    "confirm_identity": {},
    "reject_identity": {"harvest_user_id": "4000103"},
    "override_identity": {"harvest_user_id": 4000103, "take_over": True},
    "set_mapping": {"expression": _EXPRESSION, "version": 0},
    "restore_mapping": {"version": 1},
    "preview_mapping": {"resource": "users", "field": "title", "expression": _EXPRESSION, "id": "4000103"},
}
ANSWERS: dict[str, Json] = {
    **webhooks.ANSWERS,
    **mirror.ANSWERS,
    **mirror_reading.ANSWERS,
    **insights.ANSWERS,
    **provisioning.ANSWERS,
    **invoices.ANSWERS,
    "create_link_token": {"link_token": "hb_link_…"},
    "list_integrated_accounts": _page(ACCOUNT),
    "get_integrated_account": ACCOUNT,
    "update_integrated_account": ACCOUNT,
    "get_my_integrated_account": ACCOUNT,
    "update_my_integrated_account": ACCOUNT,
    "delete_integrated_account": {"id": _OTHER_ID},
    "create_integrated_account_token": {"integrated_account_token": "hb_iat_…"},
    "list_integrations": _page(_INTEGRATION),
    "get_integration": _INTEGRATION,
    "list_environment_integrations": _page(_INSTALLED),
    "get_environment_integration": _INSTALLED,
    "refresh_credentials": _DONE,
    "bulk_delete_integrated_accounts": _DONE,
    "get_capabilities": {
        "result": [_ABILITY],
        "rights": ["read", "time"],
        "is_blocked": False,
        "authentication_method": "oauth2",
    },
    "list_users": _page(USER),
    "list_me": _page(USER),
    **dict.fromkeys(("create_user", "get_user", "update_user", "archive_user", "restore_user"), USER),
    "delete_user": _DELETED,
    "list_roles": _page(ROLE),
    **dict.fromkeys(("create_role", "get_role", "update_role"), ROLE),
    "delete_role": {"id": "8000103"},
    "list_organizations": _page(ORGANIZATION),
    "get_organization": ORGANIZATION,
    "list_groups": _page({**GROUP, "users": []}),
    "get_group": GROUP,
    "list_workspaces": _page(WORKSPACE),
    "get_workspace": WORKSPACE,
    "list_utilization": _page(UTILIZATION),
    "list_identities": _page(IDENTITY),
    "put_identities": _UPLOAD,
    "post_identities": _UPLOAD,
    "get_identity": {**IDENTITY, "history": []},
    "erase_identity": {"id": _ID},
    **dict.fromkeys(("confirm_identity", "override_identity"), _CONFIRMED),
    "reject_identity": {**IDENTITY, "state": "unmatched", "candidates": [], "history": []},
    "decide_identities": _DECIDED,
    "get_identity_matching": RUN,
    "start_identity_matching": {**RUN, "status": "queued", "compared": 0, "counts": {}, "finished_at": None},
    "list_mappings": _page(MAPPING),
    "list_mapping_versions": _page(MAPPING),
    **dict.fromkeys(("get_mapping", "set_mapping"), MAPPING),
    "restore_mapping": {**MAPPING, "version": 3, "restores": 1},
    "remove_mapping": {**MAPPING, "version": 2, "expression": None},
    "preview_mapping": {"before": None, "after": "Design", "errors": [], "record": USER},
}


def give_examples(operation: Json) -> None:
    """Put them where the operation describes its body and its answer."""
    name = operation["operationId"]
    if name in BODIES:
        operation["requestBody"]["content"]["application/json"]["example"] = BODIES[name]
    if name in ANSWERS:
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                answer["content"]["application/json"]["example"] = ANSWERS[name]

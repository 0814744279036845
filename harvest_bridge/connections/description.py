"""What linking and integrated accounts look like in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import PAGING, list_of, ref
from harvest_bridge.hosts.models import Right

from . import integrations
from .filters import CHOICES, MOMENTS, TEXTS
from .models import Authentication, Kind, Status

Json = dict[str, Any]

TAG = "Linking"
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_PROPERTIES: Json = {
    "id": {"type": "string", "format": "uuid", "description": "The `integrated_account_id` of every other call."},
    "tenant_id": {**_TEXT, "description": "The host's own name for its customer."},
    "environment_id": {**_TEXT, "description": "The host app."},
    "environment_integration_id": {**_TEXT, "format": "uuid", "description": "Harvest as this host app has it."},
    "status": {"enum": Status.values},
    "is_sandbox": {"const": False},
    "authentication_method": {"enum": Authentication.values},
    "label": _MAYBE,
    "context": {"type": "object", "description": "The host's own values.", "additionalProperties": True},
    "kind": {"enum": Kind.values, "description": "For the whole account, or for one person."},
    "user_id": {**_MAYBE, "description": "The host's own name for the person, on a personal one."},
    "harvest_account": {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "integer"}, "name": _TEXT},
    },
    "harvest_user_id": {"type": ["integer", "null"], "description": "Who linked it, in Harvest."},
    "rights": {
        "type": "array",
        "items": {"enum": Right.values},
        "description": "What the host app may do with it, as the linker was told.",
    },
    "access_roles": {"type": "array", "items": _TEXT},
    "linked_by": {},
    "last_error": {},
    "last_forbidden_error": {},
    "integration": {"type": "object", "additionalProperties": _TEXT},
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
_INTEGRATION: Json = {
    "id": {"const": "harvest"},
    "name": {"const": "harvest"},
    "category": _TEXT,
    "label": _TEXT,
    "is_beta": {"type": "boolean"},
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
_INSTALLED: Json = {
    "id": {"type": "string", "format": "uuid"},
    "environment_id": {**_TEXT, "description": "The host app."},
    "integration_id": {"const": "harvest"},
    "integration": {"type": "object", "additionalProperties": _TEXT},
    "is_enabled": {"type": "boolean"},
    "show_in_catalog": {"type": "boolean"},
    "override": {"type": "object", "additionalProperties": True},
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
SCHEMAS: Json = {
    "Integration": {"type": "object", "required": sorted(_INTEGRATION), "properties": _INTEGRATION},
    "IntegrationList": list_of("Integration"),
    "EnvironmentIntegration": {"type": "object", "required": sorted(_INSTALLED), "properties": _INSTALLED},
    "EnvironmentIntegrationList": list_of("EnvironmentIntegration"),
    "IntegratedAccount": {"type": "object", "required": sorted(_PROPERTIES), "properties": _PROPERTIES},
    "IntegratedAccountList": list_of("IntegratedAccount"),
    "Capabilities": {
        "type": "object",
        "required": ["result"],
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["resource", "method", "is_available", "needs", "reason"],
                    "properties": {
                        "resource": _TEXT,
                        "method": _TEXT,
                        "is_available": {"type": "boolean"},
                        "needs": {**_MAYBE, "description": "The right in Harvest that this takes."},
                        "reason": {**_MAYBE, "description": "Why it is not available, or only in part."},
                    },
                },
            },
            "rights": {"type": "array", "items": {"enum": Right.values}},
            "is_blocked": {"type": "boolean"},
            "authentication_method": _TEXT,
        },
    },
}


def _one(name: str) -> dict[int, Json]:
    return {200: {"type": "object", "required": [name], "properties": {name: _TEXT}}}


INTEGRATED_ACCOUNT: dict[int, Json] = {200: ref("IntegratedAccount")}
INTEGRATED_ACCOUNTS: dict[int, Json] = {200: ref("IntegratedAccountList")}
INTEGRATION: dict[int, Json] = {200: ref("Integration")}
INTEGRATIONS: dict[int, Json] = {200: ref("IntegrationList")}
ENVIRONMENT_INTEGRATION: dict[int, Json] = {200: ref("EnvironmentIntegration")}
ENVIRONMENT_INTEGRATIONS: dict[int, Json] = {200: ref("EnvironmentIntegrationList")}
CAPABILITIES: dict[int, Json] = {200: ref("Capabilities")}
LINK_TOKEN, ACCOUNT_TOKEN = _one("link_token"), _one("integrated_account_token")
SUCCESS: dict[int, Json] = {
    200: {"type": "object", "required": ["success"], "properties": {"success": {"const": True}}}
}

FILTERS = [
    *PAGING,
    *(OpenApiParameter(name, str) for name in TEXTS),
    *(OpenApiParameter(name, {"type": "string", "enum": values}) for name, values in CHOICES.items()),
    *(OpenApiParameter(name, str, description="A moment such as 2026-11-24T06:00:00Z.") for name in MOMENTS),
]
INTEGRATION_FILTERS = [*PAGING, *(OpenApiParameter(name, str) for name in integrations.INTEGRATION_FILTERS)]
INSTALLED_FILTERS = [*PAGING, *(OpenApiParameter(name, str) for name in integrations.INSTALLED_FILTERS)]
CAPABILITY_FILTERS = [
    OpenApiParameter("resource", str, description="One resource alone, such as `user-directory/users`."),
    OpenApiParameter("methods", str, description="Some methods alone, with commas between: `list,get`."),
]

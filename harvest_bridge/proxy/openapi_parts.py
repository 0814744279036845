"""The parameters and schemas that every path of /proxy is described with."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.description import list_of
from harvest_bridge.api.inputs import DEFAULT_LIMIT, MAX_LIMIT
from harvest_bridge.api.query_kinds import WHOLE

from .method_config import VERBS
from .records import COLLECTIONS, schemas
from .resource import Verb
from .resources import RESOURCES

Json = dict[str, Any]

CONNECTION = {
    "name": "integrated_account_id",
    "in": "query",
    "description": "The linked account. An integrated-account token names its own.",
    "schema": {"type": "string", "format": "uuid"},
}
PAGING = [
    {
        "name": "limit",
        "in": "query",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    },
    {"name": "next_cursor", "in": "query", "schema": {"type": "string"}, "description": "As the page before gave it."},
]
PATH = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
ID = {"name": "id", "in": "path", "required": True, "schema": WHOLE.schema}
ME_OR_ID = {**ID, "schema": {"anyOf": [WHOLE.schema, {"const": "me", "type": "string"}]}}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "The same write under the same key happens once, and is answered the same for 24 hours.",
}
_CUSTOM: Json = {
    "type": "object",
    "required": ["result", "next_cursor", "prev_cursor"],
    "properties": {
        "result": {"description": "Harvest's own JSON."},
        "next_cursor": {"type": ["string", "null"]},
        "prev_cursor": {"type": ["string", "null"]},
    },
}
_CUSTOM_BODY: Json = {
    "type": "object",
    "description": "What Harvest takes at that path.",
    "properties": {
        "methodConfig": {
            "type": "object",
            "description": "States the call anew: Harvest gets this method, query and body instead.",
            "properties": {
                "method": {"type": "string", "enum": list(VERBS)},
                "query": {"type": "object", "additionalProperties": True},
                "body": {"type": "object", "additionalProperties": True},
            },
            "additionalProperties": False,
        }
    },
    "additionalProperties": True,
}


def components() -> Json:
    """What the paths refer to by name."""
    lists = [COLLECTIONS[resource.name].record for resource in RESOURCES if Verb.LIST in resource.verbs]
    return {
        **schemas(),
        **{f"{record}List": list_of(record) for record in lists},
        "Custom": _CUSTOM,
        "CustomBody": _CUSTOM_BODY,
        "Deleted": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "format": "int64"}}},
    }

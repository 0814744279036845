"""The parameters and schemas that every path of /proxy is described with."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.inputs import DEFAULT_LIMIT, MAX_LIMIT

from .queries import WHOLE

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
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "The same write under the same key happens once, and is answered the same for 24 hours.",
}
ANYTHING: Json = {"type": "object", "additionalProperties": True}
# A receipt comes with its expense in a form.
BODIES = {"application/json": {"schema": {"type": "object"}}, "multipart/form-data": {"schema": {"type": "object"}}}
SCHEMAS: Json = {
    "Record": {**ANYTHING, "description": "Harvest's own JSON, untouched."},
    "List": {
        "type": "object",
        "required": ["result", "next_cursor", "prev_cursor", "result_count", "limit"],
        "properties": {
            "result": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
            "next_cursor": {"type": ["string", "null"]},
            "prev_cursor": {"type": ["string", "null"]},
            "result_count": {"type": "integer", "minimum": 0},
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT},
        },
    },
    "Custom": {
        "type": "object",
        "required": ["result", "next_cursor", "prev_cursor"],
        "properties": {
            "result": {"description": "Harvest's own JSON."},
            "next_cursor": {"type": ["string", "null"]},
            "prev_cursor": {"type": ["string", "null"]},
        },
    },
    "Deleted": {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
}

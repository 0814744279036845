"""What mappings look like in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.inputs import MAX_LIMIT

from .fields import RESOURCES
from .limits import MAX_EXPRESSION_CHARACTERS

Json = dict[str, Any]
TAG = "Mappings"
LAYER = OpenApiParameter(
    "integrated_account_id",
    {"type": "string", "format": "uuid"},
    description="The connection whose own layer this is about; without it, the host app's layer for all connections.",
)
RESOURCE = OpenApiParameter(
    "resource",
    {"type": "string", "enum": list(RESOURCES)},
    OpenApiParameter.PATH,
    description="`me` is mapped as users.",
)
FIELD = OpenApiParameter(
    "field", str, OpenApiParameter.PATH, description="A field of the unified schema, or `custom_fields.<name>`."
)
_TEXT: Json = {"type": "string"}
MAPPING: Json = {
    "type": "object",
    "properties": {
        "resource": {"enum": list(RESOURCES)},
        "field": _TEXT,
        "layer": {"enum": ["host_app", "connection"]},
        "integrated_account_id": {"type": ["string", "null"], "format": "uuid"},
        "expression": {
            "type": ["string", "null"],
            "maxLength": MAX_EXPRESSION_CHARACTERS,
            "description": "JSONata. Null in a version that removed the mapping.",
        },
        "version": {"type": "integer", "minimum": 1},
        "restores": {"type": ["integer", "null"], "description": "The version whose expression came back."},
        "is_current": {"type": "boolean"},
        "changed_by": _TEXT,
        "changed_at": {"type": "string", "format": "date-time"},
    },
}
MAPPING["required"] = list(MAPPING["properties"])
_NO_CURSOR: Json = {"type": "null"}
_LIST: Json = {
    "type": "object",
    "required": ["result", "next_cursor", "prev_cursor", "result_count", "limit"],
    "properties": {
        "result": {"type": "array", "items": MAPPING},
        "next_cursor": _NO_CURSOR,
        "prev_cursor": _NO_CURSOR,
        "result_count": {"type": "integer", "minimum": 0},
        "limit": {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT},
    },
}
ERRORS: Json = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["field", "record_id", "code", "message"],
        "properties": {
            "field": _TEXT,
            "record_id": _TEXT,
            "code": _TEXT,
            "message": _TEXT,
            "position": {"type": "integer"},
        },
    },
}
ONE: dict[int, Json] = {200: MAPPING}
MANY: dict[int, Json] = {200: _LIST}
PREVIEW: dict[int, Json] = {
    200: {
        "type": "object",
        "required": ["before", "after", "errors", "record"],
        "properties": {
            "before": {"description": "The built-in value."},
            "after": {"description": "The mapped value."},
            "errors": ERRORS,
            "record": {"type": "object", "description": "What the expression saw.", "additionalProperties": True},
        },
    }
}

"""What is read of the mirror in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import ANY_OTHER, PAGING, codes_met, failure, ref
from harvest_bridge.api.inputs import MAX_LIMIT
from harvest_bridge.connections.data_views import CONNECTION, MAX_WAIT, UNTIL
from harvest_bridge.mirror.models import Cause
from harvest_bridge.mirror.resources import BY_NAME

from .filters import FILTERS
from .table_columns import COLUMNS

Json = dict[str, Any]

TAG = "Mirror"
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_AS_OF: Json = {**_MAYBE_MOMENT, "description": "When Harvest was last read; null while the first sweep is under way."}
_POSITION: Json = {**_TEXT, "description": "A position in the feed: pass it on as `after`."}
_ID: Json = {
    "type": ["integer", "string"],
    "description": "Harvest's; of a teammate the manager's and the person's, as `4000101-4000102`.",
}
_PARENTS: Json = {
    name: {"type": "integer", "description": f"Of {', '.join(row.name for row in rows)}: whose it is."}
    for name in ("user_id", "invoice_id", "estimate_id")
    if (rows := [row for row in BY_NAME.values() if row.parent_field == name])
}
_RECORD: Json = {
    "type": "object",
    "additionalProperties": True,
    "properties": _PARENTS,
    "description": "The record as Harvest sent it; one that belongs to another names it behind its own fields.",
}
_NAMES: Json = {"type": "string", "enum": list(BY_NAME)}


def _whole(properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


_CHANGE: Json = {
    "position": _COUNT,
    "resource": _NAMES,
    "id": _ID,
    "change": {"enum": ["created", "updated", "deleted"], "description": "Of the record's last change."},
    "changed": {"type": "array", "items": _TEXT, "description": "The fields that its last change moved."},
    "changed_at": _MOMENT,
    "deleted_at": _MAYBE_MOMENT,
    "deleted_cause": {"enum": [*Cause.values, None]},
    "record": {"type": ["object", "null"], "additionalProperties": True, "description": "Null for a deleted one."},
}
_PAGE: Json = {
    "next_cursor": _MAYBE,
    "prev_cursor": _MAYBE,
    "result_count": _COUNT,
    "limit": _COUNT,
    "as_of": _AS_OF,
}
_FEED: Json = {
    "result": {"type": "array", "items": ref("MirrorChange")},
    **_PAGE,
    "newest_position": _COUNT,
    "streams": {"type": "array", "items": ref("MirrorStream")},
}
_ITEM: Json = {
    "state": {"enum": ["updated", "deleted"]},
    "kind": _TEXT,
    "id": {"type": ["integer", "string"]},
    "modified": _COUNT,
}
_SINGLE: Json = {
    "type": "object",
    "additionalProperties": True,
    "required": ["as_of", "stream"],
    "properties": {"as_of": _AS_OF, "stream": ref("MirrorStream"), **_PARENTS},
    "description": "The record's own fields as Harvest sent them, and behind them these.",
}
SCHEMAS: Json = {
    "MirrorRecord": _SINGLE,
    "MirrorRecordList": _whole({"result": {"type": "array", "items": _RECORD}, **_PAGE, "stream": ref("MirrorStream")}),
    "MirrorChange": {**_whole(_CHANGE), "properties": {**_CHANGE, **_PARENTS}},
    "MirrorChangeList": _whole({**_FEED, "next_cursor": _POSITION, "has_more": {"type": "boolean"}}),
    "MirrorSnapshotPage": _whole(
        {**_FEED, "position": _POSITION, "changes": {**_TEXT, "description": "Where to go on."}}
    ),
    "RpdePage": _whole(
        {
            "items": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": list(_ITEM),
                    "properties": {**_ITEM, **_PARENTS, "data": {"type": "object", "additionalProperties": True}},
                },
            },
            "next": {"type": "string", "format": "uri"},
            "license": _TEXT,
        }
    ),
}

_RESOURCE = OpenApiParameter("resource", _NAMES, OpenApiParameter.PATH)
_RESOURCES = OpenApiParameter("resources", str, description="Names, comma-separated; left out: all.")
_DELETED = OpenApiParameter(
    "deleted",
    {"type": "string", "enum": ["exclude", "include", "only"], "default": "exclude"},
    description="Tombstones too, or alone; they carry `deleted_at` and `deleted_cause` behind their own fields.",
)
_MAX_AGE = OpenApiParameter(
    "max_age",
    {"type": "integer", "minimum": 0},
    description="Seconds: where the copy is older, Harvest is read first (`Prefer: wait=N` bounds the wait).",
)
_KINDS = {name: known.kind for filters in FILTERS.values() for name, known in filters.items() if name != "state"}
_STATES = sorted({"draft", "open", "paid", "closed", "sent", "accepted", "declined"})
_FILTERS = [
    *(
        OpenApiParameter(
            name, dict(kind.schema), description=f"Of {', '.join(n for n, f in FILTERS.items() if name in f)}."
        )
        for name, kind in _KINDS.items()
    ),
    OpenApiParameter("state", {"type": "string", "enum": _STATES}, description="Of invoices, estimates."),
]
_SORT = OpenApiParameter(
    "sort",
    str,
    description="`id`, `updated_at`, `position`, or the day (`spent_date`, `issue_date`); descending with a minus.",
)
LIST: Json = {
    "operation_id": "list_mirror_records",
    "parameters": [_RESOURCE, *_FILTERS, _DELETED, _SORT, _MAX_AGE, *PAGING, MAX_WAIT, UNTIL],
    "responses": {200: ref("MirrorRecordList")},
}
RECORD: Json = {
    "operation_id": "get_mirror_record",
    "parameters": [
        _RESOURCE,
        OpenApiParameter("record_id", str, OpenApiParameter.PATH),
        *(_DELETED, _MAX_AGE, MAX_WAIT, UNTIL),
    ],
    "responses": {200: ref("MirrorRecord")},
}
SNAPSHOT: Json = {
    "operation_id": "get_mirror_snapshot",
    "parameters": [_RESOURCES, *PAGING],
    "responses": {200: ref("MirrorSnapshotPage")},
}
_ACCOUNT = OpenApiParameter(
    "connection_id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The linked account."
)
_OF_RPDE = [
    OpenApiParameter("afterChangeNumber", {"type": "integer", "minimum": 0}, description="Follow `next`."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 1000}),
    OpenApiParameter("feed", str, description="Part of `next`."),
    OpenApiParameter("stretch", str, description="Part of `next`."),
]
_PAGES: dict[int, Json] = {200: ref("RpdePage")}
RPDE: Json = {
    "operation_id": "get_rpde_page",
    "parameters": [_ACCOUNT, _RESOURCES, *_OF_RPDE],
    "responses": _PAGES,
}
RPDE_RESOURCE: Json = {
    "operation_id": "get_rpde_page_of_a_resource",
    "parameters": [_ACCOUNT, _RESOURCE, *_OF_RPDE],
    "responses": _PAGES,
}


def paths() -> Json:
    """Of what is served beside Django: the feed by long polling, and exports."""
    return {
        "/mirror/changes": {"get": _changes()},
        "/mirror/export/{resource}": {"get": _export()},
    }


def _changes() -> Json:
    return _operation(
        "list_mirror_changes",
        "Changes after a position, in commit order: each record once, at its newest; deleted ones as tombstones.",
        [
            {"name": "after", "in": "query", "schema": _TEXT, "description": "`next_cursor`, or a number; 0: all."},
            {"name": "resources", "in": "query", "schema": _TEXT, "description": "Comma-separated; left out: all."},
            {
                "name": "wait",
                "in": "query",
                "schema": {**_COUNT, "maximum": 60},
                "description": "Seconds, if all is read.",
            },
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}},
        ],
        {"application/json": {"schema": ref("MirrorChangeList")}},
        (400, 401, 403, 404, 410, 429, 503),
    )


def _export() -> Json:
    formats = ["ndjson", "csv", "xlsx"]
    return _operation(
        "export_mirror_records",
        "Every record that fits the filters, as one file; headers name the position and how fresh it is. Columns of "
        f"CSV and XLSX are fixed, such as {', '.join(column.name for column in COLUMNS['time_entries'][:6])}.",
        [
            {"name": "resource", "in": "path", "required": True, "schema": _NAMES},
            {"name": "format", "in": "query", "schema": {"enum": formats, "default": "ndjson"}},
            *({"name": name, "in": "query", "schema": dict(kind.schema)} for name, kind in _KINDS.items()),
            {"name": "deleted", "in": "query", "schema": {"enum": ["exclude", "include", "only"]}},
        ],
        {
            "application/x-ndjson": {"schema": _TEXT},
            "text/csv": {"schema": _TEXT},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                "schema": {"type": "string", "format": "binary"}
            },
        },
        (400, 401, 403, 404, 422, 503),
    )


def _operation(name: str, says: str, parameters: list[Json], content: Json, statuses: tuple[int, ...]) -> Json:
    area = "harvest_bridge.mirror"
    account = {"name": CONNECTION.name, "in": "query", "schema": {"type": "string", "format": "uuid"}}
    return {
        "operationId": name,
        "description": says,
        "tags": [TAG],
        "security": [{"apiKey": []}, {"integratedAccountToken": []}],
        "parameters": [account | {"description": CONNECTION.description}, *parameters],
        "responses": {
            "200": {"description": "", "content": content},
            **{str(status): failure(status, codes_met(status, area)) for status in statuses},
            **ANY_OTHER,
        },
    }

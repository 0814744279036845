"""Examples of answers for the OpenAPI description: what is read of a mirror, by operation."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.mirror.openapi_examples import ANSWERS as OF_MIRRORS

from .rpde import LICENSE

Json = dict[str, Any]

_AT = "2026-11-24T06:00:00Z"
_ACCOUNT = "3e1c8f1a-6d54-4b0e-9a0e-5a1f7c1d2b3c"
_STREAM: Json = OF_MIRRORS["list_mirror_streams"]["result"][0]
_ENTRY: Json = {
    "id": 2600000001,
    "spent_date": "2026-11-23",
    "hours": 1.5,
    "notes": "Kick-off",
    "user": {"id": 4000103, "name": "Carmen Ruiz"},
    "project": {"id": 11000101, "name": "Website", "code": "FF-WEB"},
    "updated_at": "2026-11-24T05:58:10Z",
}
_CHANGE: Json = {
    "position": 4711,
    "resource": "time_entries",
    "id": 2600000001,
    "change": "updated",
    "changed": ["hours", "updated_at"],
    "changed_at": _AT,
    "deleted_at": None,
    "deleted_cause": None,
    "record": _ENTRY,
}
_GONE: Json = {
    **_CHANGE,
    "position": 4712,
    "id": 2600000002,
    "change": "deleted",
    "changed": [],
    "deleted_at": _AT,
    "deleted_cause": "deleted",
    "record": None,
}
_FEED: Json = {"newest_position": 4712, "as_of": _AT, "streams": [_STREAM]}
_NEXT = f"https://bridge.example.com/mirror/rpde/{_ACCOUNT}/time_entries"
_PAGE: Json = {
    "items": [
        {"state": "updated", "kind": "time_entry", "id": 2600000001, "modified": 4711, "data": _ENTRY},
        {"state": "deleted", "kind": "time_entry", "id": 2600000002, "modified": 4712},
    ],
    "next": f"{_NEXT}?afterChangeNumber=4712&feed=17.0&stretch=4712.1764424008",
    "license": LICENSE,
}

ANSWERS: dict[str, Json] = {
    "list_mirror_records": list_envelope([_ENTRY], limit=100) | {"as_of": _AT, "stream": _STREAM},
    "get_mirror_record": {**_ENTRY, "as_of": _AT, "stream": _STREAM},
    "list_mirror_changes": list_envelope([_CHANGE, _GONE], limit=100, next_cursor="4712.17.0")
    | {**_FEED, "has_more": False},
    "get_mirror_snapshot": list_envelope([{**_CHANGE, "change": "created", "changed": []}], limit=100)
    | _FEED
    | {
        "position": "4712.17.0",
        "changes": f"/mirror/changes?integrated_account_id={_ACCOUNT}&after=4712.17.0",
    },
    "get_rpde_page": _PAGE,
    "get_rpde_page_of_a_resource": _PAGE,
}

"""What mirrors look like in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.description import list_of, ref

from .models import Kind, Run, StreamState
from .resources import RESOURCES

Json = dict[str, Any]

TAG = "Mirror"
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_FLAG: Json = {"type": "boolean"}
_NAMES: Json = {"type": "array", "items": {"enum": [row.name for row in RESOURCES]}}


def _object(properties: Json) -> Json:
    return {"type": "object", "required": sorted(properties), "properties": properties}


SCHEMAS: Json = {
    "MirrorStream": _object(
        {
            "resource": _TEXT,
            "state": {"enum": StreamState.values},
            "reason": {**_MAYBE, "description": "A stable word: `loading`, `rights`, `feature_off`, an error's code …"},
            "detail": _MAYBE,
            "needs": {**_MAYBE, "description": "The right in Harvest that would open it."},
            "as_of": {**_MAYBE_MOMENT, "description": "Every change up to then is in."},
            "swept_at": {**_MAYBE_MOMENT, "description": "Deletes of any age, and changes after the fact, up to then."},
            "held_deletes": _COUNT,
            "failures": _COUNT,
            "next_try_at": _MAYBE_MOMENT,
        }
    ),
    "MirrorStreamList": list_of("MirrorStream"),
    "MirrorRun": _object(
        {
            "id": {"type": "string", "format": "uuid"},
            "kind": {"enum": Kind.values},
            "status": {"enum": Run.Status.values},
            "requested_by": _MAYBE,
            "resource": _MAYBE,
            "resources_left": _NAMES,
            "outcomes": {"type": "object", "additionalProperties": _TEXT},
            "calls": _COUNT,
            "rows": _COUNT,
            "changed": _COUNT,
            "deleted": _COUNT,
            "seconds_left": {"type": ["integer", "null"], "minimum": 0},
            "waits_until": _MAYBE_MOMENT,
            "error": {"type": ["object", "null"]},
            "created_at": _MOMENT,
            "started_at": _MAYBE_MOMENT,
            "finished_at": _MAYBE_MOMENT,
        }
    ),
    "MirrorRunList": list_of("MirrorRun"),
    "MirrorSettings": _object(
        {
            "integrated_account_id": {"type": "string", "format": "uuid"},
            "is_on": _FLAG,
            "is_paused": _FLAG,
            "resources": _NAMES,
            "hot_seconds": _COUNT,
            "window_seconds": _COUNT,
            "sweep_seconds": _COUNT,
            "history_days": {"type": ["integer", "null"], "minimum": 1},
            "position": _COUNT,
        }
    ),
}
STREAMS: dict[int, Json] = {200: ref("MirrorStreamList")}
RUNS: dict[int, Json] = {200: ref("MirrorRunList")}
SYNCED: dict[int, Json] = {200: ref("MirrorRun")}
SETTINGS: dict[int, Json] = {200: ref("MirrorSettings")}

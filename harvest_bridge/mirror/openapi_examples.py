"""Examples of bodies and answers for the OpenAPI description, by operation."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope

Json = dict[str, Any]

_AT = "2026-11-24T06:00:00Z"
_ACCOUNT = "3e1c8f1a-6d54-4b0e-9a0e-5a1f7c1d2b3c"
_STREAM: Json = {
    "resource": "time_entries",
    "state": "complete",
    "reason": None,
    "detail": None,
    "needs": None,
    "as_of": _AT,
    "swept_at": "2026-11-24T02:00:00Z",
    "held_deletes": 0,
    "failures": 0,
    "next_try_at": None,
}
_RUN: Json = {
    "id": "5f0e7f52-2a1d-4b6c-8f0e-1c2d3e4f5a6b",
    "kind": "hot",
    "status": "done",
    "requested_by": "host",
    "resource": None,
    "resources_left": [],
    "outcomes": {"time_entries": "passed"},
    "calls": 1,
    "rows": 3,
    "changed": 2,
    "deleted": 0,
    "seconds_left": None,
    "waits_until": None,
    "error": None,
    "created_at": _AT,
    "started_at": _AT,
    "finished_at": _AT,
}
_SETTINGS: Json = {
    "integrated_account_id": _ACCOUNT,
    "is_on": True,
    "is_paused": False,
    "resources": ["time_entries"],
    "hot_seconds": 120,
    "window_seconds": 600,
    "sweep_seconds": 86400,
    "history_days": None,
    "position": 1204,
}
BODIES: dict[str, Json] = {
    "sync_mirror": {"resources": ["time_entries"], "wait": 10},
    "set_mirror_settings": {"is_on": True, "hot_seconds": 60},
}
ANSWERS: dict[str, Json] = {
    "list_mirror_streams": list_envelope([_STREAM], limit=1),
    "list_mirror_runs": list_envelope([_RUN], limit=50),
    "sync_mirror": _RUN,
    **dict.fromkeys(("get_mirror_settings", "set_mirror_settings"), _SETTINGS),
    "erase_mirror": {"id": _ACCOUNT},
}

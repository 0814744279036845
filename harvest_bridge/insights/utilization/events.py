"""`utilization.over` and `utilization.under`: somebody's week left its target."""

from __future__ import annotations

from typing import Any

from harvest_bridge.webhooks.catalogue import EventType, register

from .bands import Band

_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["user_id", "week_from", "week_to", "band", "previous_band", "utilization", "target"],
    "properties": {
        "user_id": {"type": "integer", "description": "Harvest's."},
        "week_from": {**_TEXT, "format": "date"},
        "week_to": {**_TEXT, "format": "date"},
        "band": {"enum": [band.value for band in Band]},
        "previous_band": {"enum": [*(band.value for band in Band), None]},
        "utilization": {**_MAYBE, "description": "Of the week, or of its days that are over while it lasts."},
        "target": _MAYBE,
        "worked_hours": _TEXT,
        "capacity_hours": _TEXT,
        "as_of": {**_MAYBE, "format": "date-time"},
    },
}
_EXAMPLE: dict[str, Any] = {
    "user_id": 4000103,
    "week_from": "2026-11-23",
    "week_to": "2026-11-29",
    "band": "overbooked",
    "previous_band": "on_target",
    "utilization": "1.0286",
    "target": "0.8000",
    "worked_hours": "36.00",
    "capacity_hours": "35.00",
    "as_of": "2026-11-27T15:20:00Z",
}
OVER = EventType(
    name="utilization.over",
    says="Somebody's week went over its target, or over their capacity.",
    object_type="user",
    schema=_SCHEMA,
    example=_EXAMPLE,
)
UNDER = EventType(
    name="utilization.under",
    says="Somebody's week is under its target: a week that is over, or the days of this one that are.",
    object_type="user",
    schema=_SCHEMA,
    example={
        **_EXAMPLE,
        "band": "under",
        "utilization": "0.4286",
        "worked_hours": "9.00",
        "capacity_hours": "21.00",
    },
)
register(OVER, UNDER)

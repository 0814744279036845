"""`budget.threshold_crossed`: so many percent of a project's budget are spent."""

from __future__ import annotations

from harvest_bridge.webhooks.catalogue import EventType, register

_TEXT = {"type": "string"}
CROSSED = EventType(
    name="budget.threshold_crossed",
    says="So many percent of a project's budget are spent; each threshold once in a period.",
    object_type="project",
    schema={
        "type": "object",
        "required": ["project_id", "percent", "period", "unit", "budget", "spent"],
        "properties": {
            "project_id": {"type": "integer", "description": "Harvest's."},
            "percent": {"type": "integer", "minimum": 1, "description": "The threshold."},
            "period": {**_TEXT, "description": "A month such as `2026-11`, or `all`."},
            "unit": {"enum": ["hours", "money"]},
            "currency": {"type": ["string", "null"]},
            "budget": _TEXT,
            "spent": _TEXT,
            "as_of": {"type": ["string", "null"], "format": "date-time"},
        },
    },
    example={
        "project_id": 11000108,
        "percent": 80,
        "period": "2026-11",
        "unit": "hours",
        "currency": None,
        "budget": "120",
        "spent": "96.25",
        "as_of": "2026-11-24T06:00:00Z",
    },
)
register(CROSSED)

"""Examples of the list of entries for the OpenAPI description, and the frame that examples share."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope

Json = dict[str, Any]

AT = "2026-11-24T06:00:00Z"


def frame(definition: str, body: Json, *streams: str, missing: Json | None = None) -> Json:
    """An answer as `envelope.answer` makes it."""
    stream = {"state": "complete", "reason": None, "needs": None, "as_of": AT}
    return {
        "as_of": AT,
        "definition": {"name": definition, "version": 1},
        "coverage": {"is_complete": True, "streams": dict.fromkeys(streams, stream)},
        "missing": missing or {},
        **body,
    }


_ENTRY: Json = {
    "id": 2600000732,
    "spent_date": "2026-11-02",
    "user_id": 4000103,
    "client_id": 10000103,
    "project_id": 11000108,
    "task_id": 9000102,
    "hours": "1.45",
    "rounded_hours": "1.5",
    "is_billable": True,
    "is_budgeted": True,
    "is_billed": False,
    "is_running": False,
    "approval_status": "approved",
    "billable_rate": "120",
    "cost_rate": "58",
    "currency": "EUR",
    "invoice_id": None,
}
_TOTAL: Json = {"count": 1, "hours": "1.45", "rounded_hours": "1.5"}
ANSWERS: dict[str, Json] = {
    "list_insight_entries": frame(
        "time_entries", {"total": _TOTAL, **list_envelope([_ENTRY], limit=100)}, "time_entries"
    ),
}

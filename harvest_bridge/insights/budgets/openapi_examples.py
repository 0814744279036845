"""Examples of budgets for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.insights.records.openapi_examples import AT, frame

Json = dict[str, Any]

_ROW: Json = {
    "project_id": 11000108,
    "project_name": "Brand Refresh",
    "client_id": 10000103,
    "client_name": "Atelier Lumière",
    "is_active": True,
    "budget_by": "project",
    "is_monthly": False,
    "period": "all",
    "unit": "hours",
    "currency": None,
    "budget": "120",
    "spent": "96.25",
    "left": "23.75",
    "spent_share": "0.8021",
    "burn_per_week": "9.5",
    "runs_out_on": "2026-12-12",
    "runs_out_within_period": True,
    "harvest": {"checked_at": AT, "spent": "96.25", "difference": "0"},
    "entries": "/insights/entries?from=2017-01-01&to=2026-11-24&project_id=11000108&is_budgeted=true",
}
_SETTINGS: Json = {"thresholds": [50, 80, 100]}
BODIES: dict[str, Json] = {"set_budget_settings": {"thresholds": [75, 90, 100]}}
ANSWERS: dict[str, Json] = {
    "list_budgets": frame(
        "budgeted", {"today": "2026-11-24", **list_envelope([_ROW], limit=100)}, "projects", "time_entries"
    ),
    "get_budget_settings": _SETTINGS,
    "set_budget_settings": _SETTINGS,
}

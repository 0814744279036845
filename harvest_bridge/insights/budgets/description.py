"""Budgets in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.description import PAGING, ref
from harvest_bridge.insights.description import COUNT, DAY, FLAG, MAYBE, MAYBE_DECIMAL, TEXT, Json, whole
from harvest_bridge.insights.records.description import envelope, flag, ids

from .kinds import KINDS

_MAYBE_DAY: Json = {"type": ["string", "null"], "format": "date"}
_CHECK: Json = {
    "type": ["object", "null"],
    "description": "Harvest's own project budget report at the last check; null before there was one.",
    "properties": {
        "checked_at": {"type": "string", "format": "date-time"},
        "spent": MAYBE_DECIMAL,
        "difference": {**MAYBE_DECIMAL, "description": "Ours less Harvest's, at that moment."},
    },
}
SCHEMAS: Json = {
    "ProjectBudget": whole(
        {
            "project_id": {"type": "integer"},
            "project_name": TEXT,
            "client_id": {"type": ["integer", "null"]},
            "client_name": TEXT,
            "is_active": FLAG,
            "budget_by": {"enum": list(KINDS)},
            "is_monthly": FLAG,
            "period": {**TEXT, "description": "This month, such as `2026-11`, or `all`."},
            "unit": {"enum": ["hours", "money"]},
            "currency": MAYBE,
            "budget": MAYBE_DECIMAL,
            "spent": MAYBE_DECIMAL,
            "left": MAYBE_DECIMAL,
            "spent_share": {**MAYBE_DECIMAL, "description": "Spent ÷ budget, to four digits."},
            "burn_per_week": {**MAYBE_DECIMAL, "description": "A quarter of what the last four weeks spent."},
            "runs_out_on": {**_MAYBE_DAY, "description": "At that pace; null where it never does."},
            "runs_out_within_period": {"type": ["boolean", "null"]},
            "harvest": _CHECK,
            "entries": {**TEXT, "description": "The path of the entries that it is made of."},
        }
    ),
    "ProjectBudgetList": envelope("ProjectBudget", {"today": DAY}),
    "BudgetSettings": whole({"thresholds": {"type": "array", "items": {**COUNT, "description": "Percent."}}}),
}
BUDGETS: dict[str, Any] = {
    "operation_id": "list_budgets",
    "parameters": [
        flag("is_active", "Active projects alone, or archived ones."),
        ids("project_id", "projects"),
        *PAGING,
    ],
    "responses": {200: ref("ProjectBudgetList")},
}
SETTINGS: dict[int, Json] = {200: ref("BudgetSettings")}

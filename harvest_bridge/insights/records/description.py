"""The list of entries in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import PAGING, list_of, ref
from harvest_bridge.insights.description import (
    COUNT,
    DAY,
    DECIMAL,
    FLAG,
    MAYBE,
    MAYBE_DECIMAL,
    Json,
    answer_of,
    whole,
)

_ID: Json = {"type": "integer"}
RANGE = (
    OpenApiParameter("from", OpenApiTypes.DATE, required=True, description="The first day, included."),
    OpenApiParameter("to", OpenApiTypes.DATE, required=True, description="The last day, included."),
)


def ids(name: str, what: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=f"Harvest's ids of {what}, comma-separated; left out: all.")


def flag(name: str, says: str) -> OpenApiParameter:
    return OpenApiParameter(name, bool, description=says)


def envelope(row: str, more: Json) -> Json:
    """The answer's frame around a list of these, with what stands beside it."""
    return answer_of({**list_of(row)["properties"], **more})


SCHEMAS: Json = {
    "InsightEntry": whole(
        {
            "id": _ID,
            "spent_date": DAY,
            "user_id": _ID,
            "client_id": _ID,
            "project_id": _ID,
            "task_id": _ID,
            "hours": DECIMAL,
            "rounded_hours": DECIMAL,
            "is_billable": FLAG,
            "is_budgeted": FLAG,
            "is_billed": FLAG,
            "is_running": FLAG,
            "approval_status": MAYBE,
            "billable_rate": MAYBE_DECIMAL,
            "cost_rate": MAYBE_DECIMAL,
            "currency": MAYBE,
            "invoice_id": {"type": ["integer", "null"]},
        }
    ),
    "InsightEntryList": envelope(
        "InsightEntry", {"total": whole({"count": COUNT, "hours": DECIMAL, "rounded_hours": DECIMAL})}
    ),
}
ENTRIES: dict[str, Any] = {
    "operation_id": "list_insight_entries",
    "parameters": [
        *RANGE,
        ids("user_id", "people"),
        OpenApiParameter("role", str, description="Of people with this role in Harvest."),
        ids("project_id", "projects"),
        ids("client_id", "clients, whose projects they are now"),
        ids("task_id", "tasks"),
        flag("is_billable", "Billable time alone, or other time alone."),
        flag("is_billed", "Invoiced time alone, or other time alone."),
        flag("is_budgeted", "What counts toward a budget, or what does not."),
        flag("is_contractor", "Of contractors alone, or of others alone."),
        *PAGING,
    ],
    "responses": {200: ref("InsightEntryList")},
}

"""Profitability in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import PAGING, list_of, ref
from harvest_bridge.insights.description import DAY, DECIMAL, FLAG, MAYBE, MAYBE_DECIMAL, TEXT, Json, whole
from harvest_bridge.insights.records.description import RANGE, envelope, ids

from .definitions import HARVEST, METHODS
from .query_parameters import By

_AMOUNTS: Json = {
    "currency": MAYBE,
    "revenue": MAYBE_DECIMAL,
    "labour_cost": {**MAYBE_DECIMAL, "description": "In this currency; null where no exchange rate leads there."},
    "expenses": MAYBE_DECIMAL,
    "invoiced": {**MAYBE_DECIMAL, "description": "Without drafts and taxes; null by task and person."},
    "uninvoiced": {**MAYBE_DECIMAL, "description": "Billable time and expenses that no invoice has."},
    "write_offs": {**MAYBE_DECIMAL, "description": "What closed invoices still owed; null by task and person."},
    "margin": {**MAYBE_DECIMAL, "description": "Revenue less labour cost and expenses."},
    "margin_share": {**MAYBE_DECIMAL, "description": "Margin ÷ revenue, to four digits."},
    "effective_rate": {**MAYBE_DECIMAL, "description": "Revenue ÷ tracked hours."},
}
_FIGURES: Json = {
    "tracked_hours": DECIMAL,
    "billable_hours": DECIMAL,
    "account_labour_cost": whole({"currency": MAYBE, "amount": MAYBE_DECIMAL}),
    "amounts": {"type": "array", "items": whole(_AMOUNTS), "description": "Of each currency one; never added."},
}
_ROW: Json = {
    "id": TEXT,
    "name": MAYBE,
    "client_id": {"type": ["integer", "null"]},
    "client_name": MAYBE,
    "is_active": FLAG,
    "is_fixed_fee": FLAG,
    **_FIGURES,
    "entries": {**MAYBE, "description": "The path of the time entries that it is made of."},
}
_RATE: Json = {"source": TEXT, "target": TEXT, "starts_on": DAY, "rate": DECIMAL}
SCHEMAS: Json = {
    "Profitability": whole(_ROW, optional=("client_id", "client_name", "is_active", "is_fixed_fee")),
    "ProfitabilityList": envelope(
        "Profitability",
        {"from": DAY, "to": DAY, "by": {"enum": list(By)}, "currency": MAYBE, "total": whole(_FIGURES)},
    ),
    "ExchangeRate": whole({"id": TEXT, **_RATE}),
    "ExchangeRateList": list_of("ExchangeRate"),
}
PROFITABILITY: dict[str, Any] = {
    "operation_id": "list_profitability",
    "parameters": [
        *RANGE,
        OpenApiParameter(
            "by", {"type": "string", "enum": list(By), "default": By.PROJECT}, description="What a row is."
        ),
        OpenApiParameter(
            "definition",
            {"type": "string", "enum": sorted(METHODS), "default": HARVEST.name},
            description="How a fixed fee is earned.",
        ),
        OpenApiParameter("currency", str, description="Converts every amount, by your own exchange rates."),
        ids("project_id", "projects"),
        ids("client_id", "clients"),
        *PAGING,
    ],
    "responses": {200: ref("ProfitabilityList")},
}
LIST_RATES: dict[str, Any] = {
    "operation_id": "list_exchange_rates",
    "parameters": list(PAGING),
    "responses": {200: ref("ExchangeRateList")},
}
RATES: dict[int, Json] = {200: ref("ExchangeRateList")}

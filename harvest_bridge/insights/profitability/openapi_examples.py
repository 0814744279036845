"""Examples of profitability for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.insights.records.openapi_examples import frame

Json = dict[str, Any]

_AMOUNTS: Json = {
    "currency": "EUR",
    "revenue": "1250.00",
    "labour_cost": "580.00",
    "expenses": "100.00",
    "invoiced": "0.00",
    "uninvoiced": "1250.00",
    "write_offs": "0.00",
    "margin": "570.00",
    "margin_share": "0.4560",
    "effective_rate": "104.17",
}
_FIGURES: Json = {
    "tracked_hours": "12",
    "billable_hours": "10",
    "account_labour_cost": {"currency": "EUR", "amount": "580.00"},
    "amounts": [_AMOUNTS],
}
_ROW: Json = {
    "id": "11000108",
    "name": "Brand Refresh",
    "client_id": 10000103,
    "client_name": "Atelier Lumière",
    "is_active": True,
    "is_fixed_fee": False,
    **_FIGURES,
    "entries": "/insights/entries?from=2026-11-01&to=2026-11-30&project_id=11000108",
}
_ANSWER: Json = {
    "from": "2026-11-01",
    "to": "2026-11-30",
    "by": "project",
    "currency": None,
    "total": _FIGURES,
    **list_envelope([_ROW], limit=100),
}
_RATE: Json = {"source": "USD", "target": "EUR", "starts_on": "2026-11-01", "rate": "0.92"}
_RATES: Json = list_envelope([{"id": "3", **_RATE}], limit=1)
BODIES: dict[str, Json] = {"set_exchange_rates": {"rates": [_RATE]}}
ANSWERS: dict[str, Json] = {
    "list_profitability": frame(
        "harvest", _ANSWER, "company", "time_entries", "projects", "clients", "expenses", "invoices"
    ),
    "list_exchange_rates": _RATES,
    "set_exchange_rates": _RATES,
    "delete_exchange_rate": {"id": "3"},
}

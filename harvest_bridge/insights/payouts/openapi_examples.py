"""Examples of bodies and answers for the OpenAPI description: payouts, by operation."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.insights.openapi_examples import ACCOUNT, AT, COVERAGE

Json = dict[str, Any]

_PERIOD_ID = "5f0e7f52-2a1d-4b6c-8f0e-1c2d3e4f5a6b"
_SHA = "9b74c9897bac770ffc029102a200c5de11f9b7c4d2a5e1f0a8c6d3b2e4f5a697"
_EUR: Json = {"currency": "EUR", "amount": "4250.00"}
_PERIOD: Json = {
    "id": _PERIOD_ID,
    "integrated_account_id": ACCOUNT,
    "kind": "monthly",
    "from": "2026-11-01",
    "to": "2026-11-30",
    "state": "draft",
    "policy": "approved",
    "rate_source": "cost_rate",
    "cost_currency": "account",
    "with_expenses": False,
    "people": [],
    "created_by": "Paula Payroll",
    "created_at": AT,
    "verified_at": None,
    "closed_at": None,
}
_PERSON: Json = {
    "user_id": 4000104,
    "name": "Dana Frost",
    "state": "ready",
    "hours": "53.125",
    "totals": [_EUR],
    "lines": 12,
    "adjustments": 1,
    "blocked_by": [],
    "waiting": [{"why": "unapproved", "entries": 2, "hours": "7.5"}],
    "warnings": [],
    "last_period": None,
}
_STATEMENT: Json = {
    "id": "0d6c1f0a-5a55-4a0a-8d0e-9b1c2d3e4f5a",
    "sequence": 12,
    "period_id": _PERIOD_ID,
    "user_id": 4000104,
    "name": "Dana Frost",
    "state": "closed",
    "hours": "53.125",
    "totals": [_EUR],
    "warnings": [],
    "lines": 12,
    "verified_by": "Paula Payroll",
    "closed_by": "Petra Owner",
    "closed_at": AT,
    "sha256": _SHA,
    "previous_sha256": None,
    "payment_reference": None,
    "paid_at": None,
    "paid_by": None,
}
_LINE: Json = {
    "number": 1,
    "kind": "time",
    "resource": "time_entries",
    "id": 2600000001,
    "spent_date": "2026-11-02",
    "is_late": False,
    "client": {"id": 5000101, "name": "Nordlicht"},
    "project": {"id": 11000101, "name": "Website"},
    "task": {"id": 8000101, "name": "Design"},
    "hours": "1.5",
    "rate": "80",
    "rate_of": "cost_rate",
    "currency": "EUR",
    "amount": "120.00",
    "reason": None,
    "before": None,
    "after": None,
}
_FRAME: Json = {
    "as_of": AT,
    "definition": {"name": "contractor_time", "version": 1},
    "coverage": COVERAGE,
    "missing": {},
}
_OPEN: Json = {
    **_FRAME,
    "period": _PERIOD,
    "totals": [_EUR],
    "people": [_PERSON],
    "warnings": [],
    "statements": [],
    "steps": [],
}
_STEP: Json = {"what": "closed", "by": "Petra Owner", "at": AT, "reference": None, "statement_id": None}
_CLOSED: Json = {
    "period": {**_PERIOD, "state": "closed", "verified_at": AT, "closed_at": AT},
    "totals": [_EUR],
    "people": [],
    "warnings": [],
    "statements": [_STATEMENT],
    "steps": [_STEP],
}
_RATE: Json = {
    "id": 7,
    "user_id": 4000104,
    "project_id": None,
    "task_id": None,
    "rate": "85.5",
    "currency": "EUR",
    "starts_on": "2026-11-01",
    "created_by": "Paula Payroll",
    "created_at": AT,
}
_PAYEE: Json = {
    "user_id": 4000104,
    "name": "Dana Frost",
    "email": "dana@example.com",
    "receiver_type": "PERSON",
    "iban": "…3000",
    "bic": "",
}
_BY = {"by": "Paula Payroll"}
BODIES: dict[str, Json] = {
    "plan_payout": {"kind": "monthly", "from": "2026-11-01", **_BY},
    "verify_payout": _BY,
    "close_payout": {"by": "Petra Owner"},
    "export_payout": {**_BY, "format": "wise", "source_currency": "EUR"},
    "mark_payout_paid": {**_BY, "reference": "WISE-4711"},
    "set_payout_rate": {"user_id": 4000104, "rate": "85.50", "currency": "EUR", "starts_on": "2026-11-01", **_BY},
    "set_payee": {"name": "Dana Frost", "email": "dana@example.com", "iban": "DE89 3704 0044 0532 0130 00"},
}
ANSWERS: dict[str, Any] = {
    "list_payouts": list_envelope([_PERIOD], limit=100),
    "plan_payout": _PERIOD,
    "get_payout": _OPEN,
    "delete_payout": {"id": _PERIOD_ID},
    "verify_payout": {**_OPEN, "period": {**_PERIOD, "state": "verified", "verified_at": AT}},
    "close_payout": _CLOSED,
    "export_payout": _CLOSED,
    "mark_payout_paid": list_envelope(
        [{**_STATEMENT, "state": "paid", "payment_reference": "WISE-4711", "paid_at": AT, "paid_by": "Paula Payroll"}],
        limit=1,
    ),
    "get_payout_statement": {
        "period": _CLOSED["period"],
        "statement": _STATEMENT,
        "draft": None,
        "lines": [_LINE],
    },
    "list_payout_rates": list_envelope([_RATE], limit=2000),
    "set_payout_rate": _RATE,
    "remove_payout_rate": {"id": "7"},
    "list_payees": list_envelope([_PAYEE], limit=2000),
    "set_payee": _PAYEE,
}

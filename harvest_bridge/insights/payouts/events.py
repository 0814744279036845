"""What hosts are told of payouts."""

from __future__ import annotations

from typing import Any

from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

from .models import Period

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_AMOUNTS: Json = {
    "type": "array",
    "items": {"type": "object", "properties": {"currency": _TEXT, "amount": _TEXT}},
}
_PERIOD: Json = {"id": _TEXT, "from": _TEXT, "to": _TEXT, "by": _TEXT}
_EXAMPLE: Json = {
    "id": "5f0e7f52-2a1d-4b6c-8f0e-1c2d3e4f5a6b",
    "from": "2026-11-01",
    "to": "2026-11-30",
    "by": "Paula Payroll",
}
_STATEMENT: Json = {"id": _TEXT, "user_id": {"type": "integer"}, "person": _TEXT, "totals": _AMOUNTS, "sha256": _TEXT}
_STATEMENT_EXAMPLE: Json = {
    "id": "0d6c1f0a-5a55-4a0a-8d0e-9b1c2d3e4f5a",
    "user_id": 4000104,
    "person": "Dana Frost",
    "totals": [{"currency": "EUR", "amount": "4250.00"}],
    "sha256": "5c1d2e…",
}
MOST_TOLD = 200


def _type(name: str, says: str, more: Json, example: Json) -> EventType:
    schema = {"type": "object", "required": ["id", "from", "to", "by"], "properties": {**_PERIOD, **more}}
    return EventType(name=name, says=says, object_type="payout", schema=schema, example={**_EXAMPLE, **example})


VERIFIED = _type(
    "payout.verified",
    "A payout period was read again from Harvest and is as the mirror says.",
    {"people": {"type": "integer"}, "totals": _AMOUNTS},
    {"people": 3, "totals": [{"currency": "EUR", "amount": "9120.00"}]},
)
CLOSED = _type(
    "payout.closed",
    "A payout period was closed: its statements stand for good.",
    {"statements": {"type": "array", "items": {"type": "object", "properties": _STATEMENT}}},
    {"statements": [_STATEMENT_EXAMPLE]},
)
ADJUSTED = _type(
    "payout.adjusted",
    "What an earlier statement paid had changed in Harvest; a closed statement makes up for it.",
    {
        "statement": {"type": "object", "properties": _STATEMENT},
        "adjustment_count": {"type": "integer"},
        "adjustments": {"type": "array", "items": {"type": "object"}},
    },
    {
        "statement": _STATEMENT_EXAMPLE,
        "adjustment_count": 1,
        "adjustments": [
            {"resource": "time_entries", "id": 2600000001, "reason": "edited", "currency": "EUR", "amount": "-42.50"}
        ],
    },
)
PAID = _type(
    "payout.paid",
    "Statements of a payout period were marked as paid, with the payer's reference.",
    {"reference": _TEXT, "statements": {"type": "array", "items": {"type": "object", "properties": _STATEMENT}}},
    {"reference": "WISE-4711", "statements": [_STATEMENT_EXAMPLE]},
)
register(VERIFIED, CLOSED, ADJUSTED, PAID)


def tell(kind: EventType, period: Period, by: str, data: Json) -> None:
    """In the transaction of the step."""
    connection = period.connection
    shown = {"id": str(period.pk), "from": period.first_day.isoformat(), "to": period.last_day.isoformat(), "by": by}
    emit(
        NewEvent(
            type=kind,
            host_app_id=connection.host_app_id,
            tenant_id=connection.tenant_id,
            connection_id=connection.pk,
            object_id=period.pk,
            data={**shown, **data},
        )
    )

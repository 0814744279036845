"""What hosts are told of payouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harvest_bridge.insights.money import from_micros, money
from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

from .lines import DraftLine
from .models import Line, Period, Statement

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
    "What a statement paid has changed since. Told when it is seen, and again when a later statement makes up for it.",
    {
        "by": {**_TEXT, "type": ["string", "null"], "description": "Who closed; null when a change was seen."},
        "is_settled": {
            "type": "boolean",
            "description": "Whether `statement` makes up for it, or paid it.",
        },
        "statement": {"type": "object", "properties": _STATEMENT},
        "adjustment_count": {"type": "integer"},
        "adjustments": {"type": "array", "items": {"type": "object"}},
    },
    {
        "by": None,
        "is_settled": False,
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


def publish(kind: EventType, period: Period, by: str | None, data: Json) -> None:
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


def publish_adjusted(statement: Statement, adjustments: Sequence[Json], *, by: str | None, is_settled: bool) -> None:
    """Shape: `statement` is the one that makes up for them, or, while they are open, the one that paid."""
    counted = {"adjustment_count": len(adjustments), "adjustments": list(adjustments[:MOST_TOLD])}
    data = {"statement": told(statement), "is_settled": is_settled, **counted}
    publish(ADJUSTED, statement.period, by, data)


def serialize_adjustment(line: Line | DraftLine, currency: str) -> Json:
    return {
        "resource": line.resource,
        "id": line.harvest_id,
        "reason": line.reason,
        "currency": currency,
        "amount": money(from_micros(line.amount_micros), currency),
        "before": line.before,
        "after": line.after,
    }


def told(statement: Statement) -> Json:
    """As events tell of it."""
    return {
        "id": str(statement.pk),
        "user_id": statement.user_id,
        "person": statement.person_name,
        "totals": statement.totals,
        "sha256": statement.sha256,
    }

"""Harvest's invoices, estimates and payments as they are read out of their bytes, with exact amounts.

A field that contradicts its documented type counts as missing; the record is read all the same.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from .statuses import Facts

Json = dict[str, Any]
ZERO = Decimal(0)


def decoded(raw: str | bytes) -> Json:
    """The record, its numbers with a fraction as Decimals."""
    found: Json = json.loads(raw, parse_float=Decimal)
    return found


def amount_in(record: Json, name: str) -> Decimal | None:
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def day_in(record: Json, name: str) -> date | None:
    try:
        return date.fromisoformat(record.get(name) or "")
    except (ValueError, TypeError):
        return None


def text_in(record: Json, name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def list_in(record: Json, name: str) -> list[Json]:
    value = record.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def facts_of(invoice: Json, *, is_deleted: bool = False) -> Facts:
    amount = amount_in(invoice, "amount") or ZERO
    due = amount_in(invoice, "due_amount")
    return Facts(
        state=text_in(invoice, "state"),
        amount=amount,
        due_amount=amount if due is None else due,
        due_date=day_in(invoice, "due_date"),
        is_deleted=is_deleted,
    )

"""Reading what a caller sent: ids and numbers may come as text, unknown fields are nobody's business (REFERENCE §1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

Params = Mapping[str, Any]
"""A JSON object, or a form as nested mappings."""

CENT = Decimal("0.01")
LONGEST_NUMBER = 19
LARGEST_AMOUNT = Decimal(10) ** 12


def as_int(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    text = str(value).strip() if value is not None else ""
    return int(text) if text.isdigit() and text.isascii() and len(text) < LONGEST_NUMBER else None


def as_bool(value: object) -> bool:
    """As Rails casts: everything is true but these."""
    return value not in (None, False, 0, "", "0", "f", "false", "F", "FALSE", "False", "off")


def as_decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST_AMOUNT else None


def as_text(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_date(value: object) -> date | None:
    """`2026-11-24`, the compact `20261124` (REFERENCE §1), or the date of an ISO datetime."""
    text = str(value).strip() if value is not None else ""
    try:
        return date.fromisoformat(text[:10] if "T" in text else text)
    except ValueError:
        return None


def as_datetime(value: object) -> datetime | None:
    """An ISO 8601 datetime as aware UTC; without a zone it counts as UTC."""
    text = str(value).strip().replace(" ", "+") if value is not None else ""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def as_time(value: object) -> time | None:
    """A wall clock time, `14:59` or `2:59pm`, in either style."""
    text = str(value).strip().lower().replace(" ", "") if value is not None else ""
    for pattern in ("%H:%M", "%I:%M%p", "%I%p"):
        try:
            return datetime.strptime(text, pattern).time()
        except ValueError:
            continue
    return None

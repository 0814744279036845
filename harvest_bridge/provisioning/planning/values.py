"""Values of a deal beside Harvest's: what differs, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def same(wanted: Any, found: Any) -> bool:
    """Numbers by their value; nothing, no text and no number are the same, as Harvest mixes them (REFERENCE §1)."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return bool(wanted) is bool(found)
    if _is_number(wanted) or _is_number(found):
        return _number(wanted) == _number(found)
    return (wanted or "") == (found or "")


def changes(wanted: Mapping[str, Any], found: Mapping[str, Any], prefix: str = "") -> list[Json]:
    """What would have to change in `found`. Shape: `{"field", "from", "to"}`."""
    return [
        {"field": f"{prefix}{name}", "from": found.get(name), "to": value}
        for name, value in wanted.items()
        if not same(value, found.get(name))
    ]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal)


def _number(value: Any) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value)).normalize()
    except ArithmeticError:
        return None

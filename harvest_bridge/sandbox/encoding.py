"""JSON as Harvest writes it: no blanks, decimals as numbers with a point, times in UTC with a Z."""

from __future__ import annotations

from decimal import Decimal

import msgspec

encode = msgspec.json.Encoder().encode


def number(value: Decimal | None) -> float | None:
    """1.0, 0.25, 80.0."""
    return None if value is None else float(value)

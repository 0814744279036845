from __future__ import annotations

from decimal import Decimal


def number(value: Decimal | None) -> float | None:
    """Harvest writes decimals as JSON numbers with a point: 1.0, 0.25, 80.0."""
    return None if value is None else float(value)

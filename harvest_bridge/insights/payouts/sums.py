"""Sums over closed statements."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from harvest_bridge.insights.money import Amounts

from .models import Statement


def totals_of(statements: Iterable[Statement]) -> Amounts:
    """By currency."""
    return Amounts.of((Decimal(one["amount"]), one["currency"]) for row in statements for one in row.totals)

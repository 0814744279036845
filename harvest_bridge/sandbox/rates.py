"""Rates over time: each holds from its start until the next one begins (REFERENCE §8.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.records import Rate


def add_rate(rates: list[Rate], rate: Rate) -> None:
    """Kept oldest first. Without a start it replaces all; before others it replaces those that come later."""
    start = rate.start_date
    rates[:] = [one for one in rates if start is not None and _begins_before(one, start)]
    rates.append(rate)


def set_current_rate(call: Call, rates: list[Rate], kind: str, amount: Decimal | None) -> None:
    """What writing `default_hourly_rate` or `cost_rate` on a user does: the latest rate takes the amount."""
    if amount is None:
        return
    if rates:
        rates[-1].amount, rates[-1].updated_at = amount, call.stamp()
    else:
        rates.append(Rate(**call.fresh(kind), amount=amount))


def following(rates: list[Rate], rate: Rate) -> Rate | None:
    place = rates.index(rate) + 1
    return rates[place] if place < len(rates) else None


def _begins_before(rate: Rate, start: date) -> bool:
    return rate.start_date is None or rate.start_date < start

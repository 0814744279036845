"""Amounts of payments as callers write them: decimal text, or whole minor units of the currency."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from harvest_bridge.harvest.currencies import from_minor, minor_units

from .errors import AmountInvalid, AmountTooPrecise

_TEXT = re.compile(r"-?\d{1,12}(?:\.(\d{1,20}))?", re.ASCII)
_MOST_MINOR = 10**15


def amount_of(*, text: Any, minor: Any, currency: str) -> Decimal:
    """Exactly one of both is given.

    Errors: AmountInvalid for zero, less, or what is no amount; AmountTooPrecise.
    """
    if (text is None) == (minor is None):
        raise AmountInvalid(
            "give either `amount`, decimal text such as 12.50, or `amount_minor`, a whole number.", field="amount"
        )
    return _from_text(text, currency) if minor is None else _from_minor(minor, currency)


def _from_text(text: Any, currency: str) -> Decimal:
    found = _TEXT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise AmountInvalid("must be decimal text such as 12.50, or send `amount_minor` instead.", field="amount")
    amount = Decimal(text)
    if amount <= 0:
        raise AmountInvalid("must be more than zero.", field="amount")
    if len(found[1] or "") > minor_units(currency):
        raise AmountTooPrecise(f"{currency} has {minor_units(currency)} decimals, not {len(found[1])}.", field="amount")
    return amount


def _from_minor(minor: Any, currency: str) -> Decimal:
    if isinstance(minor, bool) or not isinstance(minor, int) or minor > _MOST_MINOR:
        raise AmountInvalid(f"must be a whole number of the minor units of {currency}.", field="amount_minor")
    if minor <= 0:
        raise AmountInvalid("must be more than zero.", field="amount_minor")
    return from_minor(minor, currency)

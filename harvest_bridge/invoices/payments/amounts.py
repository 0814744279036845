"""Amounts of payments as callers write them: decimal text, or whole minor units of the currency."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from harvest_bridge.harvest.currencies import from_minor, minor_units

from .errors import AmountInvalid, AmountTooPrecise, CardDataRefused

_TEXT = re.compile(r"-?\d{1,12}(?:\.(\d{1,20}))?", re.ASCII)
_MOST_MINOR = 10**15
# However it is written: in groups, with any one sign between two digits, in digits of any script.
_DIGITS = re.compile(r"(?<!\d)(?:\d[\W_]?){11,18}\d(?!\d)")
# Beginnings of card numbers of the great networks, with their lengths.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|5\d\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}"
)


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


def refuse_card_data(**texts: str) -> None:
    """Errors: CardDataRefused, for what is a card's number by its beginning, length and check digit."""
    for field, text in texts.items():
        written = unicodedata.normalize("NFKC", text)
        if any(_is_card_number(_digits_of(found)) for found in _DIGITS.findall(written)):
            raise CardDataRefused("has the number of a payment card, which must not be sent here.", field=field)


def _digits_of(written: str) -> str:
    return "".join(str(unicodedata.decimal(each)) for each in written if each.isdecimal())


def _is_card_number(digits: str) -> bool:
    if not _CARD.fullmatch(digits):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0

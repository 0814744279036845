"""Money and hours: Decimal from end to end, rounded half up once, to the currency's own minor unit.

Amounts of different currencies are never added: `Amounts` keeps a sum of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from harvest_bridge.harvest.currencies import minor_units

MICROS = 1_000_000
# Wide enough for a product of two 64-bit numbers and every sum of such; the default of 28 digits is not.
EXACT = Context(prec=60)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Half up, away from zero at exactly one half, to the minor unit of `currency`."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP, context=EXACT)


def from_micros(value: int) -> Decimal:
    """Millionths, as the mirror keeps hours, rates and money."""
    return EXACT.scaleb(Decimal(value), -6)


def product(hours_micros: int, rate_micros: int) -> Decimal:
    """Hours × rate, exact to twelve digits; not rounded."""
    return EXACT.scaleb(Decimal(hours_micros * rate_micros), -12)


def plain(value: Decimal) -> str:
    """As it goes on the wire where it is not money: no exponent, no zeros at the end. `7.5`, `0`, `0.333333`."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def money(amount: Decimal, currency: str) -> str:
    """As it goes on the wire: rounded, with all digits of the currency's minor unit. `1250.00`, `1250` in JPY."""
    return format(rounded(amount, currency) + 0, "f")


class Amounts(dict[str, Decimal]):
    """One sum for each currency."""

    def add(self, amount: Decimal, currency: str) -> None:
        self[currency] = EXACT.add(self.get(currency, Decimal(0)), amount)

    @classmethod
    def of(cls, pairs: Iterable[tuple[Decimal, str]]) -> Amounts:
        found = cls()
        for amount, currency in pairs:
            found.add(amount, currency)
        return found


def serialize_amounts(amounts: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """`[{"currency": "EUR", "amount": "1250.00"}]`, by currency."""
    return [{"currency": code, "amount": money(amounts[code], code)} for code in sorted(amounts)]

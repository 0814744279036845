"""Where figures are rounded: once, half up, here (hours and shares) and in `money.rounded` (money)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from harvest_bridge.harvest.currencies import minor_units

TEN_THOUSANDTHS = 10_000
_MICROS = 1_000_000


def half_up(top: int, bottom: int) -> int:
    """`top ÷ bottom` as a whole number, away from zero at exactly one half; `bottom` is positive."""
    whole = (2 * abs(top) + bottom) // (2 * bottom)
    return whole if top >= 0 else -whole


class HoursText(dict[int, str]):
    """Millionths of an hour as they go on the wire, exact, as `money.plain` writes them. Remembers them."""

    def __missing__(self, micros: int) -> str:
        whole, rest = divmod(abs(micros), _MICROS)
        digits = f".{rest:06d}".rstrip("0").rstrip(".")
        text = self[micros] = f"{'-' if micros < 0 else ''}{whole}{digits}"
        return text


class _TenThousandths(dict[int, str]):
    def __missing__(self, found: int) -> str:
        text = self[found] = f"{'-' if found < 0 else ''}{abs(found) // 10_000}.{abs(found) % 10_000:04d}"
        return text


class ShareText:
    """A share of two whole numbers, to four digits, half up: `0.8750`; None where there is nothing to divide by."""

    def __init__(self) -> None:
        self._texts = _TenThousandths()

    def __getitem__(self, pair: tuple[int, int]) -> str | None:
        top, bottom = pair
        if bottom <= 0:
            return None
        if top < 0:
            return self._texts[half_up(top * TEN_THOUSANDTHS, bottom)]
        return self._texts[(2 * top * TEN_THOUSANDTHS + bottom) // (2 * bottom)]


def money_text(amount: Fraction | None, currency: str) -> str | None:
    """Half up to the currency's minor unit: the one place where amounts of profitability and budgets are rounded."""
    if amount is None:
        return None
    digits = minor_units(currency)
    units = half_up(amount.numerator * 10**digits, amount.denominator)
    return format(Decimal(units).scaleb(-digits), "f")

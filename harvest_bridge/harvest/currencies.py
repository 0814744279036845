"""Money in a currency's own units (ISO 4217): decimals, minor units, and amounts as text."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

import iso4217

_DEFAULT_MINOR_UNITS = 2
_LISTED = frozenset(currency.code for currency in iso4217.Currency)
# Withdrawn currencies that Harvest still lists (REFERENCE §12.2) and ISO 4217's current list no longer has, where two
# digits would be wrong.
_WITHDRAWN = {"BYR": 0}


@lru_cache(maxsize=512)
def minor_units(currency: str) -> int:
    """Digits behind the point: 2 for EUR, 0 for JPY, 3 for KWD. Unknown codes and metals count as two.

    Source: ISO 4217, list one, as the library `iso4217` carries it.
    """
    code = currency.upper()
    if code in _WITHDRAWN:
        return _WITHDRAWN[code]
    try:
        exponent = iso4217.Currency(code).exponent
    except ValueError:
        return _DEFAULT_MINOR_UNITS
    return _DEFAULT_MINOR_UNITS if exponent is None else exponent


def is_currency(code: str) -> bool:
    """Whether ISO 4217 lists it today, in capitals; withdrawn ones may still stand in Harvest."""
    return code in _LISTED


def from_minor(minor: int, currency: str) -> Decimal:
    """`from_minor(1250, "EUR")` is 12.50."""
    return Decimal(minor).scaleb(-minor_units(currency))


def to_minor(amount: Decimal, currency: str) -> int:
    """Errors: ValueError for an amount with more decimals than the currency has."""
    minor = amount.scaleb(minor_units(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} is no whole number of the minor units of {currency}")
    return int(minor)


def money_text(amount: Decimal, currency: str) -> str:
    """With the currency's decimals, and more only where the amount has more: `12.50`, `1250`, `12.505`."""
    exponent = amount.normalize().as_tuple().exponent
    needed = max(minor_units(currency), -exponent if isinstance(exponent, int) else 0)
    return f"{amount:.{needed}f}"

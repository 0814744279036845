"""Keeps numbers of payment cards out of what callers write."""

from __future__ import annotations

import re
import unicodedata

from .errors import CardDataRefused

# However it is written: in groups, with any one sign between two digits, in digits of any script.
_DIGITS = re.compile(r"(?<!\d)(?:\d[\W_]?){11,18}\d(?!\d)")
# Beginnings of card numbers of the great networks, with their lengths.
_CARD = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|5\d\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}"
)


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

"""JSON exactly as `JSON.stringify(JSON.parse(text))` writes it.

Verifiers of Truto's deliveries parse the body and hash what they write again (truto-wire §2.6), so a body must come
through both unchanged: compact, letters as they are, `1` for 1.0, keys that look like array indexes first.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

_EXACT = 2**53
_LAST_INDEX = 2**32 - 2


def dumps(value: Any) -> bytes:
    """Of what JSON can hold. Errors: ValueError for a number that is none."""
    return _text(value).encode(errors="replace")


def _text(value: Any) -> str:
    match value:
        case None | bool() | str():
            return json.dumps(value, ensure_ascii=False)
        case int() if abs(value) <= _EXACT:
            return str(value)
        case int() | float() | Decimal():
            return number(float(value))
        case dict():
            pairs = sorted(((str(name), inner) for name, inner in value.items()), key=_place)
            return "{" + ",".join(f"{_text(name)}:{_text(inner)}" for name, inner in pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_text, value)) + "]"
    raise ValueError(f"{type(value).__name__} is not of JSON")


def number(value: float) -> str:
    """As ECMAScript writes it (Number::toString): the shortest digits that read back, and `e` from 1e21 on."""
    if not math.isfinite(value):
        raise ValueError("not a number of JSON")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    text, point = "".join(map(str, digits)), len(digits) + int(exponent)
    return ("-" if sign else "") + _placed(text, point)


def _placed(digits: str, point: int) -> str:
    """`point` is how many digits stand before the decimal point."""
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    power = point - 1
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'+' if power > 0 else '-'}{abs(power)}"


def _place(pair: tuple[str, Any]) -> tuple[int, int]:
    """Array indexes in order of number come first, everything else stays in its order."""
    name = pair[0]
    is_index = name.isascii() and name.isdigit() and str(int(name[:12])) == name and int(name) <= _LAST_INDEX
    return (0, int(name)) if is_index else (1, 0)

"""Integers beyond 2^53, such as ids of 17 digits, through an engine whose numbers are doubles.

A double near it stands for each such integer of a record. Where that double, or its digits within a text, is found in
the result, the integer is put back: what is copied or joined comes out exactly. Arithmetic is that of doubles.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import orjson

_LARGEST_EXACT = 2**53
_64_BITS = range(-(2**63), 2**64)
_MANY_DIGITS = re.compile(r"\d{16,}")
_DIGITS_AS_ZEROS = bytes(ord("0") if chr(byte).isdecimal() else ord(" ") for byte in range(256))


def may_have_large(message: bytes | bytearray) -> bool:
    """Whether JSON could hold such an integer; a quick look that is true too often."""
    return b"0" * 16 in message.translate(_DIGITS_AS_ZEROS)


def as_json(value: Any) -> bytes:
    """With whole numbers beyond 64 bits as `1e20`, for want of a longer integer. Errors: ValueError, TypeError."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return orjson.dumps(_within_64_bits(value))


def _within_64_bits(value: Any) -> Any:
    if type(value) is int and value not in _64_BITS:
        return float(value)
    if type(value) is list:
        return [_within_64_bits(item) for item in value]
    if type(value) is dict:
        return {name: _within_64_bits(item) for name, item in value.items()}
    return value


class LargeIntegers:
    """Those of one record. Shape: by their absolute value, for a double and its opposite have the same digits."""

    def __init__(self, record: Any) -> None:
        self._by_double: dict[float, int] = {}
        self._by_digits: dict[str, str] = {}
        self._written = orjson.dumps(record).decode()
        self.record = self._without(record)

    def put_back(self, value: Any) -> Any:
        if not self._by_double:
            return value
        kind = type(value)
        if kind is str:
            return _MANY_DIGITS.sub(lambda found: self._by_digits.get(found[0], found[0]), value)
        if kind is int or kind is float:
            large = self._by_double.get(abs(float(value)))
            return value if large is None else int(math.copysign(1, value)) * large
        if kind is list:
            return [self.put_back(item) for item in value]
        if kind is dict:
            return {self.put_back(name): self.put_back(item) for name, item in value.items()}
        return value

    def _without(self, value: Any) -> Any:
        kind = type(value)
        if kind is int and abs(value) > _LARGEST_EXACT:
            return math.copysign(self._double_for(abs(value)), value)
        if kind is list:
            return [self._without(item) for item in value]
        if kind is dict:
            return {name: self._without(item) for name, item in value.items()}
        return value

    def _double_for(self, large: int) -> float:
        double = float(large)
        while not self._is_free(double, large):
            double = math.nextafter(double, math.inf)
        self._by_double[double] = large
        self._by_digits[_digits(double)] = str(large)
        return double

    def _is_free(self, double: float, large: int) -> bool:
        """Not if it stands for another, or if the record has its digits in some other place."""
        digits = _digits(double)
        return self._by_double.get(double, large) == large and (digits == str(large) or digits not in self._written)


def _digits(double: float) -> str:
    """As JSONata writes it: the fewest digits that are this double, then zeros."""
    return str(int(Decimal(repr(double))))

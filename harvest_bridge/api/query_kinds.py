"""The kinds of values that Harvest's query parameters take, and how each is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .errors import InvalidRequest
from .query_lists import values_of

_MOMENT = re.compile(
    r"(?:\d{4}-\d\d-\d\d|\d{8})(?:T\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{8}", re.ASCII)
_UNESCAPED = " A + in a query means a blank: write it as %2B, and a T between day and time."


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of value.

    Shape: `words` finish “must be …”; `schema` is JSON Schema; `read` gives what Harvest gets, or raises ValueError.
    """

    words: str
    schema: Mapping[str, Any]
    read: Callable[[str], str]
    is_text: bool = False


def _whole(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) > 0):
        raise ValueError
    return str(int(text))


def _flag(text: str) -> str:
    return {"true": "true", "1": "true", "false": "false", "0": "false"}[text.lower()]


def _day(text: str) -> str:
    if not _DAY.fullmatch(text):
        raise ValueError
    date.fromisoformat(text)
    return text


def _moment(text: str) -> str:
    if not _MOMENT.fullmatch(text):
        raise ValueError
    datetime.fromisoformat(text)
    return text


def one_of(*choices: str) -> Kind:
    listed = " or ".join([", ".join(choices[:-1]), choices[-1]])
    return Kind(listed, {"type": "string", "enum": list(choices)}, lambda text: choices[choices.index(text)])


WHOLE = Kind("a whole number", {"type": "integer", "minimum": 1}, _whole)
FLAG = Kind("true or false", {"type": "boolean"}, _flag)
DAY = Kind("a day such as 2026-11-24", {"type": "string", "format": "date"}, _day)
MOMENT = Kind("a moment such as 2026-11-24T06:00:00Z", {"type": "string", "format": "date-time"}, _moment)
TEXT = Kind("text", {"type": "string"}, lambda text: text, is_text=True)


def read_parameter(name: str, kind: Kind, value: Any) -> str | None:
    """The one value of a parameter as Harvest gets it; None for a blank one.

    Errors: InvalidRequest for several values or a wrong one, naming the parameter.
    """
    texts = values_of(value, splits_commas=not kind.is_text)
    if texts is None:
        raise InvalidRequest(f"{name}: must be {kind.words}, without names in brackets.")
    if len(texts) > 1:
        raise InvalidRequest(f"{name}: Harvest takes one value here, not {len(texts)}; ask once for each.")
    try:
        return kind.read(texts[0]) if texts else None
    except (ValueError, KeyError) as error:
        hint = _UNESCAPED if " " in texts[0] else ""
        raise InvalidRequest(f"{name}: must be {kind.words}, not {texts[0][:40]!r}.{hint}") from error

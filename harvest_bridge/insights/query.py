"""Parameters that questions share: ranges of days, lists of ids, choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.query_kinds import DAY, FLAG, TEXT, read_parameter
from harvest_bridge.api.query_lists import values_of

MOST_DAYS = 3660
_MOST_IDS = 1000


def text(given: Mapping[str, Any], name: str) -> str:
    """Errors: InvalidRequest."""
    return read_parameter(name, TEXT, given[name]) or "" if name in given else ""


def choice(given: Mapping[str, Any], name: str, choices: Sequence[str]) -> str:
    """One of these, or the empty text where it is not given. Errors: InvalidRequest."""
    found = text(given, name)
    if found and found not in choices:
        raise InvalidRequest(f"{name}: must be {', '.join(filter(None, choices))}, not {found[:40]!r}.")
    return found


def flag(given: Mapping[str, Any], name: str) -> bool | None:
    """Errors: InvalidRequest."""
    found = read_parameter(name, FLAG, given[name]) if name in given else None
    return None if found is None else found == "true"


def whole_numbers(given: Mapping[str, Any], name: str) -> tuple[int, ...]:
    """Several ids, comma-separated or repeated. Errors: InvalidRequest."""
    texts = values_of(given[name], splits_commas=True) if name in given else []
    if texts is None or len(texts) > _MOST_IDS:
        raise InvalidRequest(f"{name}: must be up to {_MOST_IDS} whole numbers, separated by commas.")
    for one in texts:
        if not (one.isascii() and one.isdigit() and len(one) <= 18):
            raise InvalidRequest(f"{name}: must be whole numbers, not {one[:40]!r}.")
    return tuple(sorted({int(one) for one in texts}))


def day(given: Mapping[str, Any], name: str) -> date | None:
    """Errors: InvalidRequest."""
    found = read_parameter(name, DAY, given[name]) if name in given else None
    return date.fromisoformat(found) if found else None


def day_range(given: Mapping[str, Any]) -> tuple[date, date]:
    """`from` and `to`, both included. Errors: InvalidRequest without them, backwards, or for more than ten years."""
    first, last = day(given, "from"), day(given, "to")
    if first is None or last is None:
        raise InvalidRequest(f"{'from' if first is None else 'to'}: name a day such as 2026-11-24; both are included.")
    if last < first:
        raise InvalidRequest(f"to: {last} lies before from, {first}.")
    if (last - first).days >= MOST_DAYS:
        raise InvalidRequest(f"to: a range may have {MOST_DAYS} days; ask for a shorter one.")
    if first.year < 1970 or last.year > 2200:
        raise InvalidRequest("from: must be from 1970 on, and to: up to 2200.")
    return first, last

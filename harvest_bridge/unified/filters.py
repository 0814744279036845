"""What a list of the directory is narrowed and sorted by: by Harvest where it can, else here."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.query_lists import values_of

from .schema import Record

Json = dict[str, Any]
_BEFORE_HARVEST = datetime(1970, 1, 1, tzinfo=UTC)
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


@dataclass(frozen=True)
class Filter:
    """One field that a list can be narrowed by.

    Shape: `of` gives the values that a record has there; `choices`, if any, are all that the field can be.
    """

    of: Callable[[Record], list[str]]
    is_moment: bool = False
    choices: tuple[str, ...] = ()

    @property
    def operators(self) -> tuple[str, ...]:
        return ("eq", *COMPARISONS) if self.is_moment else ("eq", "in")


@dataclass(frozen=True)
class Condition:
    """`values` are folded texts, or one moment."""

    name: str
    comparison: str
    values: tuple[Any, ...]

    def holds(self, record: Record, known: Filter) -> bool:
        found = known.of(record)
        if not known.is_moment:
            return any(_folded(text) in self.values for text in found)
        moments = [moment for moment in map(parsed_moment, found) if moment is not None]
        compare = COMPARISONS.get(self.comparison) or operator.eq
        return any(compare(moment, self.values[0]) for moment in moments)


@dataclass(frozen=True)
class Narrowing:
    """What Harvest is asked, and what is left to do here afterwards.

    Shape: `sort_by` is a field's name, with a minus for falling order; empty for Harvest's own order, newest first.
    `belonging` is what other lists of Harvest's tell, an id by parameter; `among` are the ids that they told.
    """

    harvest: Mapping[str, Any] = field(default_factory=dict)
    here: tuple[Condition, ...] = ()
    sort_by: str = ""
    belonging: Mapping[str, str] = field(default_factory=dict)
    among: frozenset[str] | None = None

    @property
    def needs_all(self) -> bool:
        return bool(self.here or self.sort_by or self.belonging)

    def applied(self, records: Iterable[Record], known: Mapping[str, Filter]) -> list[Record]:
        found = records if self.among is None else [record for record in records if record.id in self.among]
        kept = [record for record in found if all(c.holds(record, known[c.name]) for c in self.here)]
        if self.sort_by:
            by = known[self.sort_by.lstrip("-")]
            kept.sort(key=lambda record: _rank(next(iter(by.of(record)), "")), reverse=self.sort_by.startswith("-"))
        return kept


def text_of(name: str) -> Filter:
    return Filter(lambda record: [value] if (value := getattr(record, name)) else [])


def moment_of(name: str) -> Filter:
    return Filter(lambda record: [value] if (value := getattr(record, name)) else [], is_moment=True)


def choice_of(name: str, *choices: str) -> Filter:
    return Filter(lambda record: [getattr(record, name)], choices=choices)


def texts_of(name: str, inner: str) -> Filter:
    return Filter(lambda record: [value for item in getattr(record, name) if (value := getattr(item, inner))])


def narrowing(
    given: Mapping[str, Any], known: Mapping[str, Filter], *, pushes_status: bool, pushes_updated: bool
) -> Narrowing:
    """Read the filters among the parameters `given` (as `query_lists.parsed_query` gives them).

    `pushes_…` say what Harvest's list can do itself. Errors: InvalidRequest that names the parameter and the possible.
    """
    harvest: Json = {}
    here: list[Condition] = []
    for condition in _conditions(given, known):
        # Harvest takes each of its parameters once: a second condition on the same field is held here.
        name, is_since = condition.name, condition.comparison in ("gt", "gte")
        if pushes_status and name == "status" and len(condition.values) == 1 and "is_active" not in harvest:
            harvest["is_active"] = condition.values[0] == "active"
            continue
        if pushes_updated and name == "updated_at" and is_since and "updated_since" not in harvest:
            harvest["updated_since"] = _asked_of_harvest(condition)
            if harvest["updated_since"] == condition.values[0]:
                continue
        here.append(condition)
    return Narrowing(harvest, tuple(here), _sort_by(given, known))


def _conditions(given: Mapping[str, Any], known: Mapping[str, Filter]) -> Iterable[Condition]:
    for name, wanted in known.items():
        value = given.get(name)
        if value in (None, ""):
            continue
        is_bare = not isinstance(value, dict)
        by_operator = {"in" if len(values_of(value) or ()) > 1 else "eq": value} if is_bare else value
        for comparison, operand in by_operator.items():
            shown = name if is_bare else f"{name}[{str(comparison)[:20]}]"
            if comparison not in wanted.operators:
                raise InvalidRequest(f"{shown}: this field can be compared by {', '.join(wanted.operators)} only.")
            yield Condition(name, comparison, _operands(shown, wanted, operand))


def _operands(name: str, wanted: Filter, value: Any) -> tuple[Any, ...]:
    texts = values_of(value)
    if not texts:
        raise InvalidRequest(f"{name}: write one value, or several with commas between.")
    if wanted.is_moment:
        moment = parsed_moment(texts[0]) if len(texts) == 1 else None
        if moment is None:
            raise InvalidRequest(f"{name}: write a moment like 2026-11-24T06:00:00Z, not {texts[0][:40]!r}.")
        return (moment,)
    for text in texts:
        if wanted.choices and text not in wanted.choices:
            raise InvalidRequest(f"{name}: Harvest tells {' and '.join(wanted.choices)} apart, not {text[:40]!r}.")
    return tuple(map(_folded, texts if wanted.choices else _with_commas(value, texts)))


def _with_commas(value: Any, texts: list[str]) -> dict[str, None]:
    """Free text may have commas of its own: `roles=Design, UX` means that role as well as either of two."""
    return dict.fromkeys([*(values_of(value, splits_commas=False) or ()), *(text.strip() for text in texts)])


def _asked_of_harvest(condition: Condition) -> datetime:
    """Harvest's `updated_since` is exclusive and has whole seconds: within a second, ask from the one before.

    Nothing is older than `_BEFORE_HARVEST`; clients' “no date”, such as .NET's year 1, are no dates to Harvest.
    """
    moment: datetime = max(condition.values[0], _BEFORE_HARVEST)
    if condition.comparison == "gt" and not moment.microsecond:
        return moment
    return moment.replace(microsecond=0) - timedelta(seconds=1)


def _sort_by(given: Mapping[str, Any], known: Mapping[str, Filter]) -> str:
    texts = values_of(given.get("sort_by", "")) or []
    if not texts:
        return ""
    name, _, direction = texts[0].partition(":")
    is_falling = name.startswith("-") or direction.lower() == "desc"
    name = name.lstrip("-")
    if len(texts) > 1 or name not in known or direction.lower() not in ("", "asc", "desc"):
        raise InvalidRequest(f"sort_by: one of {', '.join(sorted(known))}, with a minus in front for falling order.")
    # Harvest's own order needs nothing of us.
    return "" if name == "created_at" and is_falling else f"-{name}" if is_falling else name


def parsed_moment(text: Any) -> datetime | None:
    """ISO 8601, in UTC where it names no zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _rank(text: str) -> tuple[bool, int, str]:
    """Numbers by their size, as ids are, before words."""
    is_number = text.isdecimal()
    return not is_number, int(text) if is_number else 0, _folded(text)


def _folded(text: str) -> str:
    return text.casefold()

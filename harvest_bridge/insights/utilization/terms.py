"""Which terms hold for a person on which days: their own, their role's, the account's, Harvest's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.records.days import day_number
from harvest_bridge.insights.records.people import Person

from .models import CapacityStep, UtilizationSettings, WorkTerms
from .patterns import USUAL

_EVER = -(10**9)
_FIELDS = ("weekly_seconds", "pattern", "country", "target")


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for one person for some days. Units: `target` in ten-thousandths of capacity."""

    weekly_seconds: int | None
    pattern: tuple[Decimal, ...]
    country: str
    subdivision: str
    target: int


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included, with the same terms."""

    first: int
    last: int
    terms: Terms


class TermsBook:
    """Every term of one account, read once."""

    def __init__(self, connection: Connection, settings: UtilizationSettings) -> None:
        self._target = int(settings.target * 10_000)
        self._of: dict[tuple[int | None, str], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
        self._seen: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
        for row in WorkTerms.objects.filter(connection=connection):
            self._of[row.harvest_user_id, row.role].append((_from(row.starts_on), _given(row)))
        for step in CapacityStep.objects.filter(connection=connection):
            self._seen[step.harvest_user_id].append((_from(step.starts_on), step.weekly_seconds))

    def spans(self, person: Person, first: int, last: int) -> list[Span]:
        """The range cut where anything changes for this person."""
        layers = self._layers(person)
        seen = self._seen.get(person.id) or [(_EVER, person.weekly_seconds)]
        starts = {at for layer in layers for at, _ in layer} | {at for at, _ in seen}
        cuts = [first, *sorted(at for at in starts if first < at <= last)]
        ends = [*(at - 1 for at in cuts[1:]), last]
        return [Span(at, end, self._at(at, layers, seen)) for at, end in zip(cuts, ends, strict=True)]

    def _layers(self, person: Person) -> list[list[tuple[int, dict[str, Any]]]]:
        keys: Iterable[tuple[int | None, str]] = [(person.id, ""), *((None, role) for role in person.roles), (None, "")]
        return [self._of[key] for key in keys if key in self._of]

    def _at(
        self,
        day: int,
        layers: Sequence[Sequence[tuple[int, dict[str, Any]]]],
        seen: Sequence[tuple[int, int | None]],
    ) -> Terms:
        found = {name: _first(name, day, layers) for name in _FIELDS}
        country = found["country"] or ("", "")
        return Terms(
            weekly_seconds=found["weekly_seconds"] or max(((at, s) for at, s in seen if at <= day), key=_start)[1],
            pattern=found["pattern"] or USUAL,
            country=country[0],
            subdivision=country[1],
            target=self._target if found["target"] is None else found["target"],
        )


def _start(step: tuple[int, int | None]) -> int:
    return step[0]


def _first(name: str, day: int, layers: Sequence[Sequence[tuple[int, dict[str, Any]]]]) -> Any:
    for layer in layers:
        holding = [(at, given[name]) for at, given in layer if at <= day and given[name] is not None]
        if holding:
            return max(holding, key=_start)[1]
    return None


def _from(day: Any) -> int:
    return _EVER if day is None else day_number(day)


def _given(row: WorkTerms) -> dict[str, Any]:
    return {
        "weekly_seconds": row.weekly_seconds,
        "pattern": tuple(Decimal(hours) for hours in row.pattern) if row.pattern else None,
        "country": None if row.country is None else (row.country, row.subdivision),
        "target": None if row.target is None else int(row.target * 10_000),
    }

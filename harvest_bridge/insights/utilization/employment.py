"""From when to when each person was there: as the host said, else from the first entry to the archiving."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.records.days import day_number
from harvest_bridge.insights.records.people import Person
from harvest_bridge.mirror.models import Mirror, TimeEntry
from harvest_bridge.mirror.queries import records_of

from .models import Employment

ALWAYS, NEVER = -(10**9), 10**9


@dataclass(frozen=True, slots=True)
class Presence:
    """Days by their numbers, both included; `ALWAYS` and `NEVER` where there is no end to it."""

    first: int
    last: int
    is_start_guessed: bool
    is_end_guessed: bool


def presences_of(connection: Connection, mirror: Mirror, people: Mapping[int, Person]) -> dict[int, Presence]:
    said = {row.harvest_user_id: row for row in Employment.objects.filter(connection=connection)}
    tracked = _first_and_last(mirror)
    return {one.id: _presence(one, said.get(one.id), *tracked.get(one.id, (None, None))) for one in people.values()}


def _presence(person: Person, said: Employment | None, first: int | None, last: int | None) -> Presence:
    starts = day_number(said.starts_on) if said and said.starts_on else None
    ends = day_number(said.ends_on) if said and said.ends_on else None
    archived = _archived(person, said)
    guessed_end = None if archived is None else max(archived, last if last is not None else archived)
    return Presence(
        first=starts if starts is not None else _guessed_start(person, first),
        last=ends if ends is not None else guessed_end if guessed_end is not None else NEVER,
        is_start_guessed=starts is None,
        is_end_guessed=ends is None and guessed_end is not None,
    )


def _archived(person: Person, said: Employment | None) -> int | None:
    if person.is_active:
        return None
    if said and said.archived_on:
        return day_number(said.archived_on)
    return day_number(person.day_at(person.updated_at)) if person.updated_at else None


def _guessed_start(person: Person, first: int | None) -> int:
    """Whoever has no entry yet is there since Harvest knows them."""
    if first is not None:
        return first
    return day_number(person.day_at(person.created_at)) if person.created_at else ALWAYS


def _first_and_last(mirror: Mirror) -> dict[int, tuple[int | None, int | None]]:
    """Of each person two looks into an index, however many entries there are."""
    own = TimeEntry.objects.filter(mirror=mirror, user_id=OuterRef("harvest_id")).values("day")
    rows = records_of(mirror, "users").filter(deleted_at=None).order_by()
    found = rows.values_list("harvest_id", Subquery(own.order_by("day")[:1]), Subquery(own.order_by("-day")[:1]))
    return {user: (first, last) for user, first, last in found}

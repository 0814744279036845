"""Harvest keeps a person's capacity as it is now: what it was is kept here, from the first time that we saw it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.records.people import Person

from .models import CapacityStep, Employment


def note_capacities(connection: Connection, people: Iterable[Person], *, now: datetime) -> int:
    """A step for everybody whose capacity is new or another than the last that was seen, and the day of archiving."""
    everybody = list(people)
    last: dict[int, CapacityStep] = {}
    for step in CapacityStep.objects.filter(connection=connection).order_by("id"):
        last[step.harvest_user_id] = step
    moved = [one for one in everybody if one.id not in last or last[one.id].weekly_seconds != one.weekly_seconds]
    for one in moved:
        _step(connection, one, now, is_first=one.id not in last)
    _note_archived(connection, everybody, now)
    return len(moved)


def _step(connection: Connection, person: Person, now: datetime, *, is_first: bool) -> None:
    """Two who look at once write the same step; several changes in one day leave the last."""
    try:
        with transaction.atomic():
            CapacityStep.objects.update_or_create(
                connection=connection,
                harvest_user_id=person.id,
                starts_on=None if is_first else person.day_at(now),
                defaults={"weekly_seconds": person.weekly_seconds, "seen_at": now},
            )
    except IntegrityError:
        return


def _note_archived(connection: Connection, people: Iterable[Person], now: datetime) -> None:
    known = dict(Employment.objects.filter(connection=connection).values_list("harvest_user_id", "archived_on"))
    for one in people:
        if one.is_active and known.get(one.id) is not None:
            Employment.objects.filter(connection=connection, harvest_user_id=one.id).update(archived_on=None)
        elif not one.is_active and known.get(one.id) is None:
            Employment.objects.update_or_create(
                connection=connection,
                harvest_user_id=one.id,
                defaults={"archived_on": one.day_at(one.updated_at or now)},
            )

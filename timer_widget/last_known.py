"""The running timer of a person, as Harvest told it last: what pages show while Harvest cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .models import Person, PersonState

_NOTED_EVERY = timedelta(seconds=30)


def note(person: Person, running: dict[str, Any] | None, *, now: datetime) -> None:
    """One read; and a write where something changed, or half a minute has passed."""
    row = PersonState.objects.filter(pk=person.pk).only("running", "read_at").first()
    if row is None:
        PersonState.objects.get_or_create(person=person, defaults={"running": running, "read_at": now})
    elif row.running != running or row.read_at is None or now - row.read_at > _NOTED_EVERY:
        PersonState.objects.filter(pk=person.pk).update(running=running, read_at=now)


def of(person: Person) -> tuple[dict[str, Any] | None, datetime | None]:
    """Nothing and None where nothing has been read yet."""
    row = PersonState.objects.filter(pk=person.pk).only("running", "read_at").first()
    return (row.running, row.read_at) if row else (None, None)

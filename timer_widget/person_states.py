"""The running timer of a person as Harvest last reported it, which is what all their pages show (`PersonState`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from harvest_bridge.api import plain_sql

from .models import Person, PersonState

_NOTED_EVERY = timedelta(seconds=30)


class KnownTimer(NamedTuple):
    """Shape: `read_at` is a moment at which this was true; `version` is that of the state published last."""

    running: dict[str, Any] | None = None
    read_at: datetime | None = None
    version: int = 0

    def is_newer_than(self, moment: datetime) -> bool:
        return self.read_at is not None and self.read_at > moment


def of(person: Person) -> KnownTimer:
    """Empty before the first read."""
    found = plain_sql.select(PersonState, ("running", "read_at", "version"), "person_id = %s", [person.pk])
    return KnownTimer(*found[0]) if found else KnownTimer()


def save(person: Person, running: dict[str, Any] | None, *, moment: datetime, before: KnownTimer) -> bool:
    """Save what Harvest said at `moment`, unless something newer is saved. Returns whether it is a change.

    Writes only if something changed, or half a minute has passed.
    """
    if before.read_at is None:
        _saved(person, running, moment, **_guarded(running))
        return False
    is_change = before.running != running
    if not is_change and moment - before.read_at < _NOTED_EVERY:
        return False
    is_same_run = _run_of(before.running) == _run_of(running)
    version = _saved(person, running, moment, **({} if is_same_run else _guarded(running)))
    return version is not None and is_change


def save_after_click(person: Person, running: dict[str, Any] | None, *, moment: datetime) -> int:
    """The same for the outcome of a click, which polls before it cannot know. Returns the version published last."""
    version = _saved(person, running, moment, **_guarded(running))
    if version is not None:
        return version
    ((version,),) = plain_sql.select(PersonState, ("version",), "person_id = %s", [person.pk])
    return int(version)


def _guarded(running: dict[str, Any] | None) -> dict[str, Any]:
    """A new run is checked by the guard at once, in case it was forgotten."""
    return {"guard_at": timezone.now() if running else None}


def _run_of(running: dict[str, Any] | None) -> tuple[Any, Any] | None:
    return (running["entry_id"], running["started_at"]) if running else None


def _saved(person: Person, running: dict[str, Any] | None, moment: datetime, **guarded: Any) -> int | None:
    """The version published last; None where something newer is saved."""
    older = "person_id = %s AND (read_at IS NULL OR read_at < %s)"
    known = {"running": running, "read_at": moment, **guarded}
    versions = plain_sql.update_returning(
        PersonState, known, older, [person.pk, plain_sql.moment(moment)], returned="version"
    )
    if versions:
        return int(versions[0])
    row, is_new = PersonState.objects.get_or_create(person=person, defaults=known)
    return row.version if is_new else None

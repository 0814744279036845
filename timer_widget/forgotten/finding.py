"""Looks at one person's running timer: whether it is due to be asked about, and whether it still runs.

Harvest is asked only about a timer that is due by what is known of it; where a company's connection acts for the
person, by the one look that all its people share.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.records import TimeEntry
from harvest_bridge.harvest.timezones import zone_named
from timer_widget import events, person_states, running_timers
from timer_widget.access import access_of
from timer_widget.clicks import timeline
from timer_widget.clicks.runs import run_said
from timer_widget.forgotten_timers import is_run
from timer_widget.live import publishing
from timer_widget.models import ForgottenStatus, ForgottenTimer, Person, PersonState
from timer_widget.queries import state_from_poll

from . import automatic_stops
from .activity import last_signs
from .rules import Due, Rules, due, followed, likely_stop
from .settings import rules_of

_AT_LEAST_EVERY = timedelta(minutes=5)
_OPEN_EVERY = timedelta(seconds=20)
_AFTER_TROUBLE = timedelta(seconds=20)
_TIMEOUT_SECONDS = 8.0


def look_at(row: PersonState, *, now: datetime) -> datetime | None:
    """When to look next; None where nothing runs."""
    person, running = row.person, row.running
    _end_those_that_are_over(person, running, now)
    if running is None or running["started_at"] is None:
        return None
    rules, began_at = rules_of(person), _began_at(person, running)
    waiting = ForgottenTimer.objects.filter(person=person, status=ForgottenStatus.OPEN).first()
    if waiting is not None:
        return _look_at_open(waiting, rules, now)
    zone = _zone(row)
    if not rules.is_on or zone is None:
        return now + _AT_LEAST_EVERY
    found = due(rules, _counted_from(person, running, began_at), zone)
    if found is None or found.at > now:
        return min(found.at, now + _AT_LEAST_EVERY) if found else now + _AT_LEAST_EVERY
    return _ask(person, running, began_at, found, now)


def _look_at_open(waiting: ForgottenTimer, rules: Rules, now: datetime) -> datetime:
    """The proposal follows its person for as long as they stay. Without a sign for long enough the timer is stopped, if
    it may be: at the last sign, as nobody but its person gives up time in which they were seen."""
    sign = likely_stop(waiting.began_at, now, [*last_signs(waiting.person), waiting.likely_stop_at])
    _propose(waiting, followed(waiting.likely_stop_at, sign))
    if rules.stops_after is not None and now >= max(waiting.found_at, sign) + rules.stops_after:
        _propose(waiting, sign)
        automatic_stops.ask_for(waiting, now=now)
    return now + _OPEN_EVERY


def _propose(waiting: ForgottenTimer, end: datetime) -> None:
    if end != waiting.likely_stop_at:
        waiting.likely_stop_at = end
        ForgottenTimer.objects.filter(pk=waiting.pk).update(likely_stop_at=end)


def _ask(person: Person, running: dict[str, Any], began_at: datetime, found: Due, now: datetime) -> datetime | None:
    """Whether it still runs is asked of Harvest first; while that cannot be told, nothing is said."""
    access = access_of(person)
    if access.connection is None or access.status != Status.ACTIVE:
        return now + _AT_LEAST_EVERY
    harvest = replace(access.harvest(), lane=Lane.API, timeout=_TIMEOUT_SECONDS)
    try:
        timers = running_timers.get_or_read(harvest, newer_than=_since_their_click(person))
    except BridgeError as error:
        return now + max(_AFTER_TROUBLE, timedelta(seconds=error.retry_after or 0))
    if person_states.of(person).is_newer_than(timers.moment):
        return now + _AFTER_TROUBLE  # they have clicked meanwhile
    entry, shown = timers.entries.get(access.user_id), state_from_poll(person, access, timers)["running"]
    if entry is not None and shown is not None and _is_same_run(shown, running):
        _note(person, entry, shown, access.connection, began_at, found, now)
    best_effort(lambda: publishing.publish_state(person, state_from_poll(person, access, timers)))
    return now + _OPEN_EVERY if entry is not None else None


def _since_their_click(person: Person) -> datetime:
    recently, known = timezone.now() - running_timers.FRESH_FOR, person_states.of(person)
    return max(recently, known.read_at) if known.read_at else recently


def _note(
    person: Person,
    entry: TimeEntry,
    shown: dict[str, Any],
    connection: Connection,
    began_at: datetime,
    found: Due,
    now: datetime,
) -> None:
    """Once for each due moment of a run, with the event in the same transaction."""
    # What clicks here have changed last may have come hours after the person left.
    is_ours = bool(timeline.entries_made_here(person, [entry.id]))
    signs = [*last_signs(person), None if is_ours else entry.updated_at]
    fields: dict[str, Any] = {
        "run_started_at": datetime.fromisoformat(shown["started_at"]),
        "began_at": began_at,
        "reason": found.reason,
        "found_at": now,
        "likely_stop_at": likely_stop(began_at, now, signs),
        "running": shown,
        "status": ForgottenStatus.OPEN,
    }
    with transaction.atomic():
        row, is_new = ForgottenTimer.objects.get_or_create(
            person=person, entry_id=entry.id, due_at=found.at, defaults=fields
        )
        if is_new:
            events.publish_forgotten(row, entry, connection)
        else:
            ForgottenTimer.objects.filter(pk=row.pk, status=ForgottenStatus.OVER).update(**fields)


def _end_those_that_are_over(person: Person, running: dict[str, Any] | None, now: datetime) -> None:
    for row in ForgottenTimer.objects.filter(person=person, status=ForgottenStatus.OPEN):
        if not is_run(row, running):
            rows = ForgottenTimer.objects.filter(pk=row.pk, status=ForgottenStatus.OPEN)
            rows.update(status=ForgottenStatus.OVER, answered_at=now)


def _began_at(person: Person, running: dict[str, Any]) -> datetime:
    """By the click that began the run, where that was here: Harvest moves the start of a run that was dated back."""
    started_at = datetime.fromisoformat(running["started_at"])
    said = run_said(person.pk, running["entry_id"], started_at)
    return said.began_at if said else started_at


def _counted_from(person: Person, running: dict[str, Any], began_at: datetime) -> datetime:
    """After an answer that kept the run it counts from then on."""
    kept = ForgottenTimer.objects.filter(
        person=person, entry_id=running["entry_id"], status=ForgottenStatus.ANSWERED, began_at__gte=began_at
    )
    return max([began_at, *(row.answered_at for row in kept if row.answered_at is not None)])


def _is_same_run(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one["entry_id"], one["started_at"]) == (other["entry_id"], other["started_at"])


def _zone(row: PersonState) -> tzinfo | None:
    """Of their Harvest profile: asked for where nobody knows it, None while it cannot be had."""
    access = access_of(row.person)
    if access.connection is None or access.status != Status.ACTIVE:
        return zone_named(row.time_zone) if row.time_zone else None
    harvest = replace(access.harvest(), lane=Lane.API, timeout=_TIMEOUT_SECONDS)
    zone = best_effort(harvest.zone)
    if zone is None:
        return zone_named(row.time_zone) if row.time_zone else None
    if str(zone) != row.time_zone:
        PersonState.objects.filter(pk=row.pk).update(time_zone=str(zone))
    return zone

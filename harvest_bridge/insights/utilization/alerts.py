"""Looks for people whose week left its target since the last look, and tells of each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.insights.coverage import Coverage, coverage_of
from harvest_bridge.insights.records.days import date_of, day_number, week_number
from harvest_bridge.insights.rounding import HoursText, ShareText
from harvest_bridge.mirror.models import Mirror, Record
from harvest_bridge.webhooks.outbox import NewEvent, emit_all

from .bands import Band, Limits
from .calculation import Facts, Sheet
from .definitions import METHODS, OURS
from .events import OVER, UNDER
from .models import LoadState, UtilizationSettings
from .query_parameters import By, Question
from .report import facts_of
from .weeks import Load, load_of

WEEKS = 4  # before this one
_LOOK_ANYWAY = timedelta(hours=1)


def look_at_all(*, now: datetime) -> int:
    """Every mirror with something new; answers how many events were told."""
    rows = Mirror.objects.filter(is_on=True, is_paused=False, connection__disconnected_at=None)
    return sum(look(mirror.connection, now=now) for mirror in rows.select_related("connection").iterator())


def look(connection: Connection, *, now: datetime) -> int:
    """Nothing is looked at where nothing changed: no position moved, no timer runs, no day went by."""
    try:
        coverage = coverage_of(connection, needs=("users", "time_entries"))
    except BridgeError:
        return 0
    mirror = coverage.mirror
    settings, _ = UtilizationSettings.objects.get_or_create(connection=connection)
    position = Mirror.objects.values_list("last_position", flat=True).get(pk=mirror.pk)
    if not _is_due(settings, mirror, position, now):
        return 0
    sheet, facts = _sheet(connection, mirror, settings, now)
    with transaction.atomic():
        settings = UtilizationSettings.objects.select_for_update().get(pk=settings.pk)
        told = _tell(connection, settings, list(_loads(sheet, facts, Limits.of(settings), now)), coverage, facts, now)
        settings.watched_position, settings.watched_at = position, now
        settings.save(update_fields=["watched_position", "watched_at"])
    return told


def _is_due(settings: UtilizationSettings, mirror: Mirror, position: int, now: datetime) -> bool:
    if settings.watched_position != position or settings.watched_at is None:
        return True
    if now - settings.watched_at >= _LOOK_ANYWAY:
        return True
    rows = Record.objects.filter(mirror=mirror, stream__resource="time_entries", is_running=True, deleted_at=None)
    return rows.exists()


def _sheet(connection: Connection, mirror: Mirror, settings: UtilizationSettings, now: datetime) -> tuple[Sheet, Facts]:
    """These weeks of everybody. A day more to both sides, as it is another day elsewhere."""
    today = day_number(now.date())
    first, last = week_number(today - 1) - WEEKS, week_number(today + 1)
    question = Question(
        first=date_of(first * 7 - 3), last=date_of(last * 7 + 3), by=By.PERSON, interval="week", method=METHODS[OURS]
    )
    facts = facts_of(connection, mirror, settings)
    return Sheet(question, facts), facts


def _loads(sheet: Sheet, facts: Facts, limits: Limits, now: datetime) -> Iterator[Load]:
    for line in sheet.lines:
        [one] = line.people
        person = facts.people.get(one)
        if person is None:
            continue
        today = day_number(person.day_at(now))
        for stretch, cell in zip(sheet.stretches, line.cells, strict=True):
            if stretch.key <= week_number(today):
                yield load_of(sheet, limits, one, cell, week=stretch.key, today=today)


def _tell(
    connection: Connection,
    settings: UtilizationSettings,
    loads: list[Load],
    coverage: Coverage,
    facts: Facts,
    now: datetime,
) -> int:
    known = {
        (row.harvest_user_id, row.week): row
        for row in LoadState.objects.filter(
            connection=connection, week__gte=min((one.week for one in loads), default=0)
        )
    }
    moved = [one for one in loads if one.band is not None and _band(known.get((one.user_id, one.week))) != one.band]
    LoadState.objects.bulk_create(
        [
            LoadState(connection=connection, harvest_user_id=one.user_id, week=one.week, band=one.band or "")
            for one in moved
        ],
        update_conflicts=True,
        unique_fields=["connection", "week", "harvest_user_id"],
        update_fields=["band"],
    )
    is_first = settings.watched_position is None
    told = [one for one in moved if one.band is not Band.ON_TARGET and not (is_first and _is_old(one, facts, now))]
    emit_all(_event(connection, coverage, one, _band(known.get((one.user_id, one.week)))) for one in told)
    return len(told)


def _is_old(load: Load, facts: Facts, now: datetime) -> bool:
    """Of the first look only what is over its target this week is news."""
    today = facts.people[load.user_id].day_at(now)
    return load.band is Band.UNDER or load.week < week_number(day_number(today))


def _band(state: LoadState | None) -> str | None:
    return state.band if state else None


def _event(connection: Connection, coverage: Coverage, load: Load, before: str | None) -> NewEvent:
    hours, shares = HoursText(), ShareText()
    return NewEvent(
        type=UNDER if load.band is Band.UNDER else OVER,
        host_app_id=connection.host_app_id,
        tenant_id=connection.tenant_id,
        connection_id=connection.pk,
        object_id=load.user_id,
        data={
            "user_id": load.user_id,
            "week_from": date_of(load.week * 7 - 3).isoformat(),
            "week_to": date_of(load.week * 7 + 3).isoformat(),
            "band": load.band,
            "previous_band": before or None,
            "utilization": shares[load.worked, load.capacity],
            "target": shares[load.goal, load.gross * 10_000],
            "worked_hours": hours[load.worked],
            "capacity_hours": hours[load.capacity],
            "as_of": coverage.as_of.isoformat() if coverage.as_of else None,
        },
    )

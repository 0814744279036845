"""Keeps the totals of months: ended with the write that changes an entry, made anew by the worker once it is quiet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import connection as database
from django.utils import timezone

from .columns import Row, day_of
from .models import Mirror, MonthState, PersonMonth, ProjectMonth, TimeEntry
from .numbering import numbering
from .tables import moment
from .typed_rows import TABLES, TypedTable

QUIET = timedelta(minutes=2)
# Months with fewer entries are read entry by entry, which is as fast.
LEAST_ENTRIES = 1000
_MOST_AT_ONCE = 500
_ENTRIES = TABLES["time_entries"].name
_MONTH = 1 + TABLES["time_entries"].columns.index("month")  # behind the record's id

_CHANGED = """
    INSERT INTO mirror_monthstate (mirror_id, month, is_current, version, due_at) VALUES (%s, %s, %s, 1, %s)
    ON CONFLICT (mirror_id, month) DO UPDATE
    SET is_current = excluded.is_current, version = mirror_monthstate.version + 1, due_at = excluded.due_at"""
_PEOPLE = """
    INSERT INTO mirror_personmonth (mirror_id, month, user_id, week, hours_micros, rounded_hours_micros,
        billable_hours_micros, billable_rounded_hours_micros)
    SELECT mirror_id, month, user_id, week, SUM(hours_micros), SUM(rounded_hours_micros),
        SUM(CASE WHEN is_billable THEN hours_micros ELSE 0 END),
        SUM(CASE WHEN is_billable THEN rounded_hours_micros ELSE 0 END)
    FROM mirror_timeentry WHERE mirror_id = %s AND day BETWEEN %s AND %s
    GROUP BY mirror_id, month, user_id, week"""
_PROJECTS = """
    INSERT INTO mirror_projectmonth (mirror_id, month, project_id, is_billable, is_billed, is_budgeted,
        rounded_hours_micros, value_units, cost_units, unrated_count, uncosted_count, fine_count)
    SELECT mirror_id, month, project_id, is_billable, is_billed, is_budgeted, SUM(rounded_hours_micros),
        COALESCE(SUM(rounded_hours_micros / 10000 * (billable_rate_micros / 100)), 0),
        COALESCE(SUM(hours_micros / 10000 * (cost_rate_micros / 100)), 0),
        SUM(CASE WHEN billable_rate_micros IS NULL THEN 1 ELSE 0 END),
        SUM(CASE WHEN cost_rate_micros IS NULL THEN 1 ELSE 0 END),
        SUM(CASE WHEN hours_micros %% 10000 <> 0 OR rounded_hours_micros %% 10000 <> 0
            OR billable_rate_micros %% 100 <> 0 OR cost_rate_micros %% 100 <> 0 THEN 1 ELSE 0 END)
    FROM mirror_timeentry WHERE mirror_id = %s AND day BETWEEN %s AND %s
    GROUP BY mirror_id, month, project_id, is_billable, is_billed, is_budgeted"""


def mark_written(mirror_id: int, table: TypedTable, rows: Sequence[Row], known: Collection[int]) -> None:
    """Ends the totals of the months that these rows are in now, and of those in which the known ones were before.

    Shape: rows as `tables.insert_typed` takes them. Within their transaction, before they are written.
    """
    if table.name == _ENTRIES:
        months = {row[_MONTH] for row in rows} | _months_of(mirror_id, known)
        _mark_changed(mirror_id, months)


def mark_deleted(mirror_id: int, table: TypedTable, harvest_ids: Collection[int]) -> None:
    """The same before rows are deleted."""
    if table.name == _ENTRIES:
        _mark_changed(mirror_id, _months_of(mirror_id, harvest_ids))


def _months_of(mirror_id: int, harvest_ids: Collection[int]) -> set[int]:
    rows = TimeEntry.objects.filter(mirror_id=mirror_id, harvest_id__in=list(harvest_ids)).order_by()
    return set(rows.values_list("month", flat=True).distinct())


def _mark_changed(mirror_id: int, months: Iterable[int]) -> None:
    due = moment(timezone.now() + QUIET)
    rows = [(mirror_id, month, False, due) for month in sorted(months)]
    if rows:
        with database.cursor() as cursor:
            cursor.executemany(_CHANGED, rows)


def total_due(*, now: datetime, least_entries: int = LEAST_ENTRIES) -> int:
    """Make totals of months that nobody changed for a while. Returns of how many."""
    due = MonthState.objects.filter(due_at__lte=now, mirror__is_on=True).order_by("due_at", "id")
    rows = list(due.values_list("mirror_id", "month")[:_MOST_AT_ONCE])
    return sum(_total(mirror_id, month, now, least_entries) for mirror_id, month in rows)


def _total(mirror_id: int, month: int, now: datetime, least_entries: int) -> bool:
    """Whoever writes entries of the mirror meanwhile waits, and ends it again."""
    try:
        with numbering(mirror_id):
            state = MonthState.objects.filter(mirror=mirror_id, month=month, due_at__lte=now).first()
            if state is None:
                return False
            state.is_current = _replace(mirror_id, month, least_entries)
            state.version, state.due_at = state.version + 1, None
            state.save()
            return state.is_current
    except Mirror.DoesNotExist:  # erased meanwhile
        return False


def _replace(mirror_id: int, month: int, least_entries: int) -> bool:
    for model in (PersonMonth, ProjectMonth):
        model.objects.filter(mirror=mirror_id, month=month).delete()
    span = (mirror_id, *_days_of(month))
    if not TimeEntry.objects.filter(mirror=mirror_id, day__range=span[1:]).order_by()[least_entries - 1 :].exists():
        return False
    with database.cursor() as cursor:
        cursor.execute(_PEOPLE, span)
        cursor.execute(_PROJECTS, span)
    return True


def _days_of(month: int) -> tuple[int, int]:
    """Its first and last day, as they are stored."""
    first, after = (date(each // 12, each % 12 + 1, 1) for each in (month, month + 1))
    return day_of(first) or 0, (day_of(after) or 0) - 1

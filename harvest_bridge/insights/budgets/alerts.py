"""Looks for thresholds that budgets crossed, and compares them once a day with Harvest's own report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec
from django.db import transaction

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.insights.records.raw_rows import decoded
from harvest_bridge.insights.rounding import half_up
from harvest_bridge.mirror.models import Mirror, Record, Stream
from harvest_bridge.webhooks.outbox import NewEvent, emit_all

from .events import CROSSED
from .models import BudgetCheck, BudgetSettings, Crossing
from .report import Budget, Budgets, rounded_amount

_REPORT = "reports_project_budget"
_LOOK_ANYWAY = timedelta(hours=1)
_MICROS = 10**6


class _Row(msgspec.Struct):
    budget_spent: Decimal | None = None


def look_at_all(*, now: datetime) -> int:
    """Every mirror with something new; answers how many events were told."""
    rows = Mirror.objects.filter(is_on=True, is_paused=False, connection__disconnected_at=None)
    return sum(look(mirror.connection, now=now) for mirror in rows.select_related("connection").iterator())


def look(connection: Connection, *, now: datetime) -> int:
    """Nothing is looked at where no position moved, no timer runs, and no hour went by."""
    settings, _ = BudgetSettings.objects.get_or_create(connection=connection)
    mirror = Mirror.objects.get(connection=connection)
    report = Stream.objects.filter(mirror=mirror, resource=_REPORT).values_list("as_of", flat=True).first()
    is_new_report = report is not None and report != settings.checked_as_of
    if not is_new_report and not _is_due(settings, mirror, now):
        return 0
    try:
        budgets = Budgets(connection, now=now)
    except BridgeError:
        return 0
    found = budgets.all()
    with transaction.atomic():
        settings = BudgetSettings.objects.select_for_update().get(pk=settings.pk)
        told = _tell(connection, settings, found, budgets, now)
        if is_new_report:
            _check(connection, mirror, found, now)
            settings.checked_as_of = report
        settings.watched_position, settings.watched_at = mirror.last_position, now
        settings.save(update_fields=["watched_position", "watched_at", "checked_as_of"])
    return told


def _is_due(settings: BudgetSettings, mirror: Mirror, now: datetime) -> bool:
    if settings.watched_position != mirror.last_position or settings.watched_at is None:
        return True
    if now - settings.watched_at >= _LOOK_ANYWAY:
        return True
    rows = Record.objects.filter(mirror=mirror, stream__resource="time_entries", is_running=True, deleted_at=None)
    return rows.exists()


def crossed(one: Budget, thresholds: Iterable[int]) -> list[int]:
    """Those that what is spent has reached; all of them where the budget is zero and anything is spent."""
    if one.budget is None or one.spent is None or one.spent <= 0:
        return []
    return sorted(percent for percent in thresholds if one.spent * 100 >= one.budget * percent)


def _tell(
    connection: Connection, settings: BudgetSettings, found: Iterable[Budget], budgets: Budgets, now: datetime
) -> int:
    """Of a project that is looked at for the first time the highest threshold alone is told; of archived ones none."""
    known = set(Crossing.objects.filter(connection=connection).values_list("project_id", "period", "percent"))
    is_first = settings.watched_position is None
    rows: list[Crossing] = []
    events: list[NewEvent] = []
    for one in found:
        new = [p for p in crossed(one, settings.thresholds) if (one.project.id, one.period, p) not in known]
        rows += [
            Crossing(
                connection=connection, project_id=one.project.id, period=one.period, percent=percent, crossed_at=now
            )
            for percent in new
        ]
        if one.project.is_active:
            events += [_event(connection, budgets, one, percent) for percent in (new[-1:] if is_first else new)]
    Crossing.objects.bulk_create(rows)
    emit_all(events)
    return len(events)


def _event(connection: Connection, budgets: Budgets, one: Budget, percent: int) -> NewEvent:
    shown = budgets.serialize(one)
    as_of = budgets.coverage.as_of
    return NewEvent(
        type=CROSSED,
        host_app_id=connection.host_app_id,
        tenant_id=connection.tenant_id,
        connection_id=connection.pk,
        object_id=one.project.id,
        data={
            "project_id": one.project.id,
            "percent": percent,
            **{name: shown[name] for name in ("period", "unit", "currency", "budget", "spent")},
            "as_of": as_of.isoformat() if as_of else None,
        },
    )


def _check(connection: Connection, mirror: Mirror, found: Iterable[Budget], now: datetime) -> None:
    """Both sides as they are, whether they agree or not; what Harvest's report does not list has no row."""
    harvests = {project_id: row.budget_spent for project_id, row in decoded(mirror, _REPORT, _Row)}
    rows = [
        BudgetCheck(
            connection=connection,
            project_id=one.project.id,
            checked_at=now,
            ours=None if one.spent is None else _decimal(rounded_amount(one.project, one.spent)),
            harvests=harvests[one.project.id],
        )
        for one in found
        if one.project.id in harvests
    ]
    BudgetCheck.objects.filter(connection=connection).exclude(project_id__in=[row.project_id for row in rows]).delete()
    BudgetCheck.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "project_id"],
        update_fields=["checked_at", "ours", "harvests"],
    )


def _decimal(amount: Fraction) -> Decimal:
    """To millionths."""
    return Decimal(half_up(amount.numerator * _MICROS, amount.denominator)).scaleb(-6)


def differences(connection: Connection) -> Iterator[BudgetCheck]:
    """Those whose sides differ by half a hundredth or more."""
    for row in BudgetCheck.objects.filter(connection=connection, ours__isnull=False, harvests__isnull=False):
        if row.ours is not None and row.harvests is not None and abs(row.ours - row.harvests) >= Decimal("0.005"):
            yield row

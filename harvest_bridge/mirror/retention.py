"""Forgetting: tombstones after 90 days, runs after a week, the copy of an ended connection when its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from harvest_bridge.api import audit_events

from .models import ChildDue, Expense, Invoice, Mirror, Record, Run, RunPage, Stream, TimeEntry, Touch

KEPT_TOMBSTONES = timedelta(days=90)
KEPT_RUNS = timedelta(days=7)
KEPT_IDLE_RUNS = timedelta(hours=1)
_BATCH = 2000


def forget_old(*, now: datetime) -> int:
    """Returns how many tombstones went."""
    finished = Run.objects.filter(finished_at__lt=now - KEPT_RUNS)
    idle = Run.objects.filter(finished_at__lt=now - KEPT_IDLE_RUNS, changed=0, deleted=0, error=None)
    for rows in (finished, idle):
        RunPage.objects.filter(run__in=rows).delete()
        rows.delete()
    gone = 0
    while count := _forget_tombstones(now - KEPT_TOMBSTONES):
        gone += count
    return gone


@transaction.atomic
def _forget_tombstones(before: datetime) -> int:
    """Whoever has not read them must begin anew, which `forgotten_through` says."""
    old = Record.objects.filter(deleted_at__lt=before).order_by("id")
    ids = list(old.values_list("pk", flat=True)[:_BATCH])
    rows = Record.objects.filter(pk__in=ids)
    for mirror_id, last in list(rows.order_by().values_list("mirror").annotate(Max("position"))):
        Mirror.objects.filter(pk=mirror_id, forgotten_through__lt=last).update(forgotten_through=last)
    rows.delete()
    return len(ids)


def erase_due(*, now: datetime) -> int:
    """Returns how many copies went."""
    due = list(Mirror.objects.select_related("connection").filter(erase_at__lte=now)[:100])
    for mirror in due:
        erase(mirror)
    return len(due)


def erase(mirror: Mirror) -> None:
    """The copy and everything about it, a few thousand rows at a time so that nobody waits for it long."""
    Mirror.objects.filter(pk=mirror.pk).update(is_on=False, worker="")
    for model in (Record, TimeEntry, Expense, Invoice, ChildDue, Touch):
        while ids := list(model.objects.filter(mirror=mirror).values_list("pk", flat=True)[:_BATCH]):
            model.objects.filter(pk__in=ids).delete()
    RunPage.objects.filter(run__mirror=mirror).delete()
    Run.objects.filter(mirror=mirror).delete()
    with transaction.atomic():  # whoever writes records holds this row, so that nobody adds one meanwhile
        Mirror.objects.select_for_update().filter(pk=mirror.pk).first()
        Stream.objects.filter(mirror=mirror).delete()
        Mirror.objects.filter(pk=mirror.pk).delete()
    audit_events.record(
        "erased a mirror",
        actor="mirror retention",
        object_type="mirror.Mirror",
        object_id=str(mirror.pk),
        host_app_id=mirror.connection.host_app_id,
        tenant_id=mirror.connection.tenant_id,
        connection_id=mirror.connection_id,
    )

"""Turns records into tombstones, with what belonged to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from . import change_listeners, month_totals, record_events, tables
from .models import Cause, ChildDue, Record, Stream
from .numbering import Numbers
from .resources import CHILDREN
from .typed_rows import TABLES
from .writing import StreamTarget

# What goes with a project, by Harvest's own doing (REFERENCE §8.8).
OF_PROJECT = ("time_entries", "expenses", "user_assignments", "task_assignments")


def bury(target: StreamTarget, records: Sequence[Record], numbers: Numbers, *, cause: Cause, read_at: datetime) -> int:
    """Each takes the next number; what was read after `read_at` stays. Within `numbering`. Returns how many."""
    now = tables.moment(timezone.now())
    gone = [row for row in records if row.deleted_at is None and row.read_at <= read_at]
    tables.bury_records([(numbers.take(), now, tables.moment(read_at), now, str(cause), row.pk) for row in gone])
    ids = [row.harvest_id for row in gone]
    if table := TABLES.get(target.resource.name):
        month_totals.mark_deleted(target.mirror.pk, table, ids)
        tables.delete_typed(table, target.mirror.pk, ids)
    record_events.publish_deleted(target, gone, cause)
    change_listeners.notify_buried(target, gone, cause)
    _bury_children(target, ids, numbers, read_at)
    return len(gone)


def _bury_children(target: StreamTarget, parent_ids: Sequence[int], numbers: Numbers, read_at: datetime) -> None:
    for resource in CHILDREN[target.resource.name]:
        ChildDue.objects.filter(mirror=target.mirror, resource=resource.name, parent_id__in=parent_ids).delete()
        stream = Stream.objects.filter(mirror=target.mirror, resource=resource.name).first()
        if stream is not None and parent_ids:
            rows = Record.objects.filter(stream=stream, deleted_at=None, parent_id__in=parent_ids)
            inner = StreamTarget(target.mirror, stream, resource)
            bury(inner, list(rows.order_by("id")), numbers, cause=Cause.PARENT_DELETED, read_at=read_at)


def by_project(records: Iterable[Record]) -> dict[int, list[Record]]:
    """Those that belong to one, by its id."""
    found: dict[int, list[Record]] = {}
    for row in records:
        if row.project_id is not None:
            found.setdefault(row.project_id, []).append(row)
    return found

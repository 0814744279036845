"""What may be asked of a mirror beside reading it: to begin, to be refreshed, to begin anew, to be erased."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.connections.models import Connection

from . import child_refresh, pausing, preconditions, retention, streams
from .claims import OPEN
from .errors import MirrorNotFresh
from .models import ChildDue, Kind, Mirror, Run, Stream, StreamState
from .queries import resource_named, stream_of
from .resources import BY_NAME
from .schedule import policy_of, resources_of

_LOOK_EVERY_SECONDS = 0.1
SCHEDULE = ("is_on", "is_paused", "resources", "hot_seconds", "window_seconds", "sweep_seconds", "history_days")


@transaction.atomic
def begin(connection: Connection, **schedule: Any) -> Mirror:
    """The connection's mirror, begun now if there was none; `schedule` are fields of SCHEDULE that are to change.

    Errors: UnknownMirrorResource.
    """
    for name in schedule.get("resources") or ():
        resource_named(name)
    mirror, _ = Mirror.objects.get_or_create(connection=connection)
    mirror = Mirror.objects.select_for_update().select_related("connection").get(pk=mirror.pk)
    for name, value in schedule.items():
        setattr(mirror, name, value)
    mirror.due_at = timezone.now()
    mirror.save(update_fields=[*schedule, "due_at"])
    if mirror.is_paused or not mirror.is_on:
        pausing.end_work(mirror)
    streams.keep(mirror, [row.name for row in resources_of(mirror, policy_of(mirror.connection))])
    return mirror


def sync(
    connection: Connection,
    *,
    resources: Sequence[str] = (),
    kind: Kind = Kind.HOT,
    wait: float = 0.0,
    requested_by: str = "host",
    sleep: Callable[[float], None] = time.sleep,
) -> Run:
    """Read these resources now, all where none is named, and wait for the end of it for so many seconds.

    A resource that was never read whole is swept, whatever `kind` says. Of children, such as payments, their parents
    are read, and those of the parents that changed; a sweep that names children reads all of them. The run that is
    returned is done once its children are read too. What stops the whole mirror ends the wait.
    Errors: UnknownMirrorResource.
    """
    mirror = begin(connection, is_on=True)
    names = list(resources) or [row.name for row in resources_of(mirror, policy_of(connection))]
    read = {BY_NAME[stream_of(mirror, name).resource].parent or name for name in names}
    children = [name for name in resources if BY_NAME[name].parent]
    run = _queued(mirror, [name for name in BY_NAME if name in read], kind, requested_by, children)
    deadline = time.monotonic() + wait
    while _is_under_way(run, children) and time.monotonic() < deadline and preconditions.stopped(mirror) is None:
        let_go_of_database()
        sleep(_LOOK_EVERY_SECONDS)
        run.refresh_from_db()
    return run


def _is_under_way(run: Run, children: Sequence[str]) -> bool:
    """Its parents, or the children of theirs that are to be read; the run says so, as it is shown."""
    if run.status in OPEN or not children:
        return run.status in OPEN
    due = ChildDue.objects.filter(mirror=run.mirror_id, resource__in=children, is_routine=False).order_by()
    waiting = set(due.values_list("resource", flat=True).distinct())
    if waiting:
        run.status, run.resources = Run.Status.RUNNING, [name for name in children if name in waiting]
        run.finished_at = None
    return bool(waiting)


@transaction.atomic
def _queued(mirror: Mirror, names: list[str], kind: Kind, requested_by: str, children: Sequence[str]) -> Run:
    Mirror.objects.select_for_update().get(pk=mirror.pk)
    is_new = Stream.objects.filter(mirror=mirror, resource__in=names, swept_at=None).exists()
    Stream.objects.filter(mirror=mirror, resource__in=names).update(next_try_at=None)
    run = _waiting(mirror, names, kind) or Run.objects.create(
        mirror=mirror,
        kind=Kind.SWEEP if is_new else kind,
        resources=names,
        requested_by=requested_by,
        worker=Mirror.objects.values_list("worker", flat=True).get(pk=mirror.pk),
    )
    for child in children if kind == Kind.SWEEP else ():
        child_refresh.note_all(mirror, BY_NAME[child])
    Mirror.objects.filter(pk=mirror.pk).update(due_at=timezone.now())
    return run


def _waiting(mirror: Mirror, names: list[str], kind: Kind) -> Run | None:
    """One that waits to read just these, of such a kind or a sweep; it tries again now."""
    waiting = Run.objects.filter(mirror=mirror, status__in=OPEN, waits_until__isnull=False)
    for run in waiting.filter(kind__in=(kind, Kind.SWEEP)):
        if run.resources == names and Run.objects.filter(pk=run.pk, status__in=OPEN).update(waits_until=None):
            run.waits_until = None
            return run
    return None


def refresh(
    connection: Connection,
    resource: str,
    *,
    max_age: timedelta,
    wait: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Stream:
    """The stream, read again first where it is older than `max_age`.

    Units: `wait` in seconds, the longest that the caller waits. Where asking Harvest cannot help, nobody asks or waits.
    Errors: MirrorNotFresh; NotMirrored; UnknownMirrorResource.
    """
    mirror = begin(connection)
    stream = stream_of(mirror, resource)
    wanted, deadline = timezone.now() - max_age, time.monotonic() + wait
    if _is_fresh(stream, wanted):
        return stream
    _require_readable(stream)
    sync(connection, resources=[resource], wait=wait, requested_by="max_age", sleep=sleep)
    while not _is_fresh(stream := stream_of(mirror, resource), wanted):
        _require_readable(stream)
        if time.monotonic() >= deadline or stream.state == StreamState.FAILING:
            raise _not_fresh(stream, wait)
        let_go_of_database()
        sleep(_LOOK_EVERY_SECONDS)
    return stream


def _is_fresh(stream: Stream, wanted: datetime) -> bool:
    return stream.as_of is not None and stream.as_of >= wanted


def _require_readable(stream: Stream) -> None:
    """Errors: MirrorNotFresh, with the remedy, where no call to Harvest could make it fresh."""
    found = preconditions.why_not(stream, now=timezone.now())
    if found is not None:
        why, seconds = found
        raise MirrorNotFresh(
            f"{stream.resource}: cannot be read anew. {why} Without max_age the copy is shown as it is.",
            retry_after=seconds,
        )


def _not_fresh(stream: Stream, wait: float) -> MirrorNotFresh:
    return MirrorNotFresh(
        f"{stream.resource}: could not be read anew within {wait:g} s ({stream.detail or 'it is being read'}); ask "
        "again, or with a larger max_age.",
        retry_after=5,
    )


@transaction.atomic
def begin_anew(mirror: Mirror) -> None:
    """Read everything again as if for the first time, and let every reader of the feed begin anew too.

    It takes a number itself, so that who has read everything stands before it as well.
    """
    row = Mirror.objects.select_for_update().get(pk=mirror.pk)
    Run.objects.filter(mirror=row, status__in=OPEN).update(status=Run.Status.CANCELLED, finished_at=timezone.now())
    Stream.objects.filter(mirror=row).update(
        as_of=None,
        swept_at=None,
        windowed_at=None,
        since=None,
        held_deletes=0,
        held_since=None,
        next_try_at=None,
        state="partial",
        reason="loading",
    )
    number = row.last_position + 1
    Mirror.objects.filter(pk=row.pk).update(
        last_position=number, forgotten_through=number, worker="", heartbeat_at=None, due_at=timezone.now()
    )


def approve_deletes(stream: Stream) -> None:
    """A person says that what is missing may be looked up and concluded: the next sweep does so."""
    Stream.objects.filter(pk=stream.pk, held_since__isnull=False).update(held_since=stream.mirror.created_at)
    Mirror.objects.filter(pk=stream.mirror_id).update(due_at=timezone.now())


def erase(mirror: Mirror) -> None:
    """The copy goes at once."""
    retention.erase(mirror)

"""Concludes what is deleted: from a complete listing that lacks it, and from Harvest's own 404s, twice, while the
linker's rights stay what they were. In doubt a record stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from msgspec import Raw

from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position, walk_pages

from . import invoice_polling, listings, rights, streams
from .claimed_run import RUNNING, ClaimedRun
from .columns import day_of, seen
from .ids import IdSet, batches
from .models import Cause, Kind, Record, Stream
from .numbering import numbering
from .record_lookup import has_address, look_up
from .resources import BY_NAME
from .tombstones import OF_PROJECT, bury, by_project
from .writing import StreamTarget, write

_AT_ONCE = 10
_BATCH = 500


def note_missing(work: ClaimedRun, listed: IdSet) -> None:
    """Mark what the listing should have shown and did not; what came after it began is not among that."""
    rows = _in_scope(work).order_by("harvest_id").values_list("harvest_id", flat=True)
    missing = list(listed.lacking(rows.iterator(chunk_size=5000)))
    now = timezone.now()
    for batch in batches(missing, _BATCH):
        with numbering(work.mirror.pk, worker=work.mirror.worker):
            found = Record.objects.filter(stream=work.stream, harvest_id__in=batch, missing_since=None)
            found.update(missing_since=now)
    if not missing and work.kind == Kind.SWEEP:
        _hold(work.stream, 0, None)


def _in_scope(work: ClaimedRun) -> QuerySet[Record]:
    walk = work.walk
    rows = Record.objects.filter(stream=work.stream, deleted_at=None, read_at__lt=walk.began_at)
    if work.run.stage == RUNNING:
        return rows.filter(is_running=True)
    if work.kind == Kind.OPEN:
        return invoice_polling.rows_in(work.stream, walk.state["filters"]).filter(read_at__lt=walk.began_at)
    first = day_of(listings.first_day(walk.state["filters"]))
    return rows if first is None else rows.filter(day__gte=first)


def settle_some(work: ClaimedRun) -> bool:
    """Look up the next few that are missing. Returns whether there may be more. Errors: those of the calls."""
    missing = Record.objects.filter(stream=work.stream, missing_since__isnull=False, deleted_at=None)
    count = missing.count()
    if count == 0:
        _hold(work.stream, 0, None)
        return False
    if _is_braked(work, missing, count):
        return False
    before = rights_now(work)
    if before != (work.walk.state["rights"] or work.mirror.access_roles or before):
        return _give_up(work, missing, before)
    if not of_whom_it_is_certain(work, missing, before):
        return False
    chunk = list(missing.order_by("id")[:_BATCH])
    explained = [row for row in chunk if _went_with_project(work, row)]
    if explained:
        conclude(work, work.target, explained, before, cause=Cause.PROJECT_DELETED)
    elif not _settle_projects_of(work, chunk[:_AT_ONCE], before):
        gone = _twice_not_found(work, work.target, chunk[:_AT_ONCE] if work.resource.one else chunk)
        concluded = conclude(work, work.target, gone, before, cause=Cause.DELETED)
        if work.resource.name == "projects" and concluded:
            for row in gone:
                _settle_project(work, row)
    return True


def _settle_projects_of(work: ClaimedRun, chunk: Sequence[Record], before: list[str]) -> bool:
    """Look whether the projects of what is missing are there; returns whether some are gone, which explains it.

    Nobody looks for a linker who is not shown all projects: to them a hidden one is a 404, too.
    """
    stream, projects = Stream.objects.filter(mirror=work.mirror, resource="projects").first(), BY_NAME["projects"]
    if stream is None or work.resource.name not in OF_PROJECT:
        return False
    if rights.extent(work.mirror.connection, projects, before) is not Extent.ALL:
        return False
    target = StreamTarget(work.mirror, stream, projects, work.mirror.worker, lambda: rights_now(work))
    known = Record.objects.filter(stream=stream, deleted_at=None, harvest_id__in=list(by_project(chunk)))
    gone = _twice_not_found(work, target, list(known.order_by("id")))
    if not gone or not conclude(work, target, gone, before, cause=Cause.DELETED):
        return False
    for project in gone:
        _settle_project(work, project)
    work.gone_projects.clear()
    return True


def rights_now(work: ClaimedRun) -> list[str]:
    return rights.roles_now(work.harvest)


def _is_braked(work: ClaimedRun, missing: QuerySet[Record], count: int) -> bool:
    """Many at once wait for a second complete sweep."""
    if count <= settings.MIRROR_DELETES_AT_ONCE or work.walk.state.get("confirmed"):
        return False
    unexplained = sum(not _went_with_project(work, row) for row in missing.only("project_id", "stream").iterator())
    if unexplained <= settings.MIRROR_DELETES_AT_ONCE:
        return False
    held_since = work.stream.held_since
    if work.kind == Kind.SWEEP and held_since is not None and held_since < work.walk.began_at:
        work.run.walk["confirmed"] = True
        return False
    _hold(work.stream, unexplained, held_since or timezone.now())
    return True


def _hold(stream: Stream, count: int, since: datetime | None) -> None:
    if (stream.held_deletes, stream.held_since) != (count, since):
        stream.held_deletes, stream.held_since = count, since
        stream.save(update_fields=["held_deletes", "held_since"])


def _give_up(work: ClaimedRun, missing: QuerySet[Record], now_held: list[str]) -> bool:
    """The linker's rights are not what they were when the list was read: it says nothing about deletes."""
    missing.update(missing_since=None)
    work.remember_rights(now_held)
    streams.incomplete(work.stream, now=work.now)
    work.next_resource("rights changed")
    return True


def of_whom_it_is_certain(work: ClaimedRun, missing: QuerySet[Record], held: list[str]) -> bool:
    """Of a linker who is shown a part, only their own records are surely gone. Returns whether some are left."""
    connection = work.mirror.connection
    if rights.extent(connection, work.resource, held) is not Extent.ALL:
        missing.exclude(user_id=connection.harvest_user_id).update(missing_since=None)
        missing.filter(user_id=None).update(missing_since=None)
    return missing.exists()


def _went_with_project(work: ClaimedRun, row: Record) -> bool:
    """Its project's own deletion was concluded before."""
    if work.resource.name not in OF_PROJECT or row.project_id is None:
        return False
    gone = Record.objects.filter(stream__mirror=work.mirror, stream__resource="projects", harvest_id=row.project_id)
    if row.project_id not in work.gone_projects:
        work.gone_projects[row.project_id] = gone.filter(deleted_at__isnull=False).exists()
    return work.gone_projects[row.project_id]


def _twice_not_found(work: ClaimedRun, target: StreamTarget, rows: Sequence[Record]) -> list[Record]:
    """Those that two looks in a row do not find; those that are found are written as they are."""
    return _not_found(work, target, _not_found(work, target, rows))


def _not_found(work: ClaimedRun, target: StreamTarget, rows: Sequence[Record]) -> list[Record]:
    """One look: at the address of each, and in one list for all that have none."""
    is_list_needed = not all(has_address(target.resource, row) for row in rows)
    listed = _listed_anew(work) if is_list_needed else set()
    return [row for row in rows if not is_found(work, target, row, listed)]


def is_found(work: ClaimedRun, target: StreamTarget, row: Record, listed: Collection[int] = ()) -> bool:
    """`listed`: the ids that a new list has, for what has no address."""
    is_found = _is_there(work, target, row) if has_address(target.resource, row) else row.harvest_id in listed
    if is_found:
        Record.objects.filter(pk=row.pk).update(missing_since=None)
    return is_found


def _is_there(work: ClaimedRun, target: StreamTarget, row: Record) -> bool:
    read = look_up(work.harvest, target.resource, row)
    if read is None:
        return False
    written = write(target, [read.value], read_at=read.asked_at)
    if work.kind == Kind.OPEN:
        invoice_polling.note_payments(work.stream, written, read_at=read.asked_at)
    return True


def _listed_anew(work: ClaimedRun) -> set[int]:
    """The ids of the whole list. Errors: HarvestMalformed for pages that lead round in a circle."""

    def list_at(position: Position | None) -> Operation[Page[Raw]]:
        filters = work.walk.state["filters"]
        return listings.page_at(work.resource, filters, position, per_page=work.per_page)

    pages = walk_pages(lambda operation: work.harvest.send(operation).value, list_at)
    return {seen(work.resource, raw).harvest_id for page in pages for raw in page.items}


def conclude(
    work: ClaimedRun, target: StreamTarget, gone: Sequence[Record], before: list[str], *, cause: Cause
) -> bool:
    """Only while the same rights hold as before the look-ups. Returns whether they do."""
    if not gone:
        return True
    asked_at, ids = timezone.now(), [row.pk for row in gone]
    if rights_now(work) != before:
        Record.objects.filter(pk__in=ids).update(missing_since=None)
        return False
    with numbering(work.mirror.pk, worker=work.mirror.worker) as numbers:
        rows = Record.objects.filter(pk__in=ids, deleted_at=None)
        work.run.deleted += bury(target, list(rows.order_by("id")), numbers, cause=cause, read_at=asked_at)
        rows.update(missing_since=None)  # written anew meanwhile, so alive
    return True


def _settle_project(work: ClaimedRun, project: Record) -> None:
    """What Harvest deletes with a project goes at once, where Harvest lists nothing of it any more."""
    for name in ("time_entries", "expenses"):
        stream = Stream.objects.filter(mirror=work.mirror, resource=name).first()
        rows = Record.objects.filter(stream=stream, project_id=project.harvest_id, deleted_at=None)
        if stream is None or not rows.exists():
            continue
        resource = BY_NAME[name]
        read = work.harvest.send(
            listings.page_at(resource, {"project_id": project.harvest_id}, None, per_page=listings.PER_PAGE)
        )
        if not read.value.items and not read.value.total:
            target = StreamTarget(work.mirror, stream, resource, work.mirror.worker)
            _bury_all(target, rows, read.asked_at)


def _bury_all(target: StreamTarget, rows: Iterable[Record], read_at: datetime) -> None:
    for batch in batches(list(rows), _BATCH):
        with numbering(target.mirror.pk, worker=target.worker) as numbers:
            bury(target, batch, numbers, cause=Cause.PROJECT_DELETED, read_at=read_at)

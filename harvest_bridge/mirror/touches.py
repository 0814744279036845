"""Writes that went through us: what they touched is read again at once, so that it shows within two seconds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db.models import QuerySet
from django.utils import timezone

from harvest_bridge.api import plain_sql
from harvest_bridge.connections.errors import RightNotGranted
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestForbidden
from harvest_bridge.hosts.models import HostApp

from . import children
from .harvest_calls import HarvestCalls
from .models import Cause, Kind, Mirror, Record, Run, Stream, Touch
from .numbering import numbering
from .record_lookup import has_address, look_up
from .resources import BY_NAME, CHILDREN, Resource
from .rights import roles_now
from .tombstones import bury
from .writing import StreamTarget, write

log = structlog.get_logger(__name__)

_GIVEN_UP_AFTER = timedelta(minutes=5)
_ROOT = re.compile(r"/(?:api/)?v2/")
# What else Harvest changes with one of these: an invoice bills time and expenses.
_ALSO = {
    "invoices": ("time_entries", "expenses"),
    "projects": ("user_assignments", "task_assignments"),
    "users": ("user_assignments",),
}
_OF_ACCOUNT = f"SELECT id FROM {Connection._meta.db_table} WHERE host_app_id = %s AND harvest_account_id = %s"  # noqa: S608
_OF_CHILD = {
    ("invoices", "payments"): "invoice_payments",
    ("invoices", "messages"): "invoice_messages",
    ("estimates", "messages"): "estimate_messages",
    ("users", "billable_rates"): "billable_rates",
    ("users", "cost_rates"): "cost_rates",
    ("users", "teammates"): "teammates",
    ("projects", "user_assignments"): "user_assignments",
    ("projects", "task_assignments"): "task_assignments",
}


def note_write(writer: Connection, verb: str, path: str) -> None:
    """A listener of `connections.write_listeners`: a row for each mirror of that account, and the worker's turn."""
    mirror_ids = _ids_of_mirrors(writer)
    touch = touch_of(verb, path) if mirror_ids else None
    if touch is None:
        return
    for mirror_id in mirror_ids:
        touch.pk, touch.mirror_id = None, mirror_id
        touch.save(force_insert=True)
        Mirror.objects.filter(pk=mirror_id).update(due_at=timezone.now())


def mirrors_of_account(writer: Connection) -> QuerySet[Mirror]:
    """The host app's mirrors of its Harvest account: what one connection writes, another one sees."""
    return Mirror.objects.filter(
        connection__host_app=writer.host_app_id, connection__harvest_account_id=writer.harvest_account_id, is_on=True
    )


def _ids_of_mirrors(writer: Connection) -> list[int]:
    """Of the same, in plain SQL, as it is asked with every write."""
    values = [plain_sql.key(HostApp, writer.host_app_id), writer.harvest_account_id]
    found = plain_sql.select(Mirror, ("id",), f"is_on AND connection_id IN ({_OF_ACCOUNT})", values)
    return [mirror_id for (mirror_id,) in found]


def touch_of(verb: str, path: str) -> Touch | None:
    """What a write to this path changes; None for what is not mirrored. Shape: the path is Harvest's own."""
    root = _ROOT.match(path)
    parts = path[root.end() :].rstrip("/").removesuffix(".json").split("/") if root else [""]
    name, first = parts[0], _id(parts, 1)
    child = _OF_CHILD.get((name, parts[2])) if len(parts) > 2 and first is not None else None
    if child is not None:
        return Touch(resource=child, parent_id=first, harvest_id=_id(parts, 3), is_delete=_deletes(verb, parts, 4))
    if name not in BY_NAME:
        return None
    return Touch(resource=name, harvest_id=first, is_delete=_deletes(verb, parts, 2))


def _deletes(verb: str, parts: list[str], length: int) -> bool:
    return verb == "DELETE" and len(parts) == length


def _id(parts: list[str], at: int) -> int | None:
    text = parts[at] if len(parts) > at else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def take(mirror: Mirror, harvest: HarvestCalls) -> None:
    """Turn what was touched into work: deletes are looked up here, anything else becomes a run or children due.

    Errors: BridgeError of the look-ups; then the rest waits as it is.
    """
    rows = list(Touch.objects.filter(mirror=mirror, was_not_found=None)[:500])
    if not rows:
        return
    for touch in (row for row in rows if row.is_delete):
        with given_up_after(touch):
            _look_up(mirror, touch, harvest)
    with numbering(mirror.pk, worker=mirror.worker):
        _queue(mirror, rows)
        Touch.objects.filter(pk__in=[row.pk for row in rows]).delete()


@contextmanager
def given_up_after(touch: Touch) -> Iterator[None]:
    """A record that Harvest fails to show does not hold up the whole mirror for ever: a pass settles it then.

    Errors: BridgeError, within `_GIVEN_UP_AFTER` of the touch.
    """
    try:
        yield
    except BridgeError as error:
        if timezone.now() - touch.at < _GIVEN_UP_AFTER:
            raise
        log.warning("a look-up was given up", mirror=touch.mirror_id, resource=touch.resource, code=error.code)


def _queue(mirror: Mirror, rows: Iterable[Touch]) -> None:
    names: set[str] = set()
    for touch in rows:
        resource = BY_NAME[touch.resource]
        if resource.parent and touch.parent_id is not None:
            children.add(mirror.pk, resource.name, [touch.parent_id])
            names.add(resource.parent)
        else:
            names |= {resource.name, *_ALSO.get(resource.name, ())}
    there = Stream.objects.filter(mirror=mirror, resource__in=names, swept_at__isnull=False)
    listed = [name for name in BY_NAME if name in set(there.values_list("resource", flat=True))]
    now = timezone.now()
    if listed:
        Run.objects.create(
            mirror=mirror,
            kind=Kind.HOT,
            resources=listed,
            requested_by="a write",
            worker=mirror.worker,
            created_at=now,
        )


def _look_up(mirror: Mirror, touch: Touch, harvest: HarvestCalls) -> None:
    """Harvest carried out a DELETE of ours, so that a 404 needs no further proof."""
    stream = Stream.objects.filter(mirror=mirror, resource=touch.resource).first()
    row = Record.objects.filter(stream=stream, harvest_id=touch.harvest_id or 0, deleted_at=None).first()
    if stream is None or row is None:
        return
    target = StreamTarget(mirror, stream, BY_NAME[touch.resource], mirror.worker, lambda: roles_now(harvest))
    if not has_address(target.resource, row):
        return  # its parent's list is read, which settles it
    asked_at = timezone.now()
    try:
        read = look_up(harvest, target.resource, row)
    except (HarvestForbidden, RightNotGranted):
        return  # the next pass says so of the stream
    if read is not None:
        write(target, [read.value], read_at=read.asked_at)
        return
    with numbering(mirror.pk, worker=mirror.worker) as numbers:
        bury(target, [row], numbers, cause=Cause.DELETED, read_at=asked_at)
        queue_for_parts(mirror, target.resource)


def queue_for_parts(mirror: Mirror, resource: Resource) -> None:
    """What goes with it by Harvest's own doing is listed whole."""
    if resource.name == "projects":
        now = timezone.now()
        wanted = ("user_assignments", "task_assignments", "time_entries", "expenses")
        swept = Stream.objects.filter(mirror=mirror, resource__in=wanted, swept_at__isnull=False)
        names = [name for name in wanted if name in set(swept.values_list("resource", flat=True))]
        if names and not CHILDREN[resource.name]:
            Run.objects.create(
                mirror=mirror,
                kind=Kind.SWEEP,
                resources=names,
                requested_by="a write",
                worker=mirror.worker,
                created_at=now,
            )

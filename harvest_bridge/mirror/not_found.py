"""Records that Harvest answered 404 for when somebody asked through us: whether they are gone is looked up soon.

A record that is hidden answers 404 too, so the rule is that of `deletions`: two looks, under the same rights as before,
of a linker who would be shown the record if it was there.
"""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from harvest_bridge.connections.errors import RightNotGranted
from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestForbidden, HarvestMalformed

from . import rights
from .harvest_calls import HarvestCalls
from .models import Cause, Mirror, Record, Stream, Touch
from .numbering import numbering
from .record_lookup import has_address, look_up
from .resources import BY_NAME
from .tombstones import bury
from .touches import given_up_after, mirrors_of_account, queue_for_parts, touch_of
from .writing import StreamTarget, write


def note(asker: Connection, path: str) -> None:
    """A listener of `connections.not_found_listeners`: the worker is to look, in each mirror that has the record."""
    touch = touch_of("GET", path)
    if touch is None:
        return
    resource = BY_NAME[touch.resource]
    for mirror in mirrors_of_account(asker):
        if touch.parent_id is not None and resource.parent:
            note_record(mirror, resource.parent, touch.parent_id)
        if touch.harvest_id is not None:
            note_record(mirror, resource.name, touch.harvest_id)


def note_record(mirror: Mirror, resource: str, harvest_id: int) -> None:
    """Unless it is known to be gone, or waits to be looked up already."""
    rows = Record.objects.filter(stream__mirror=mirror, stream__resource=resource, harvest_id=harvest_id)
    waiting = Touch.objects.filter(mirror=mirror, resource=resource, harvest_id=harvest_id, was_not_found=True)
    if rows.filter(deleted_at=None).exists() and not waiting.exists():
        Touch.objects.create(mirror=mirror, resource=resource, harvest_id=harvest_id, was_not_found=True)
        Mirror.objects.filter(pk=mirror.pk).update(due_at=timezone.now())


def take(mirror: Mirror, harvest: HarvestCalls) -> None:
    """Look up what waits for that; many at once are left to a sweep. Errors: those of the calls."""
    rows = Touch.objects.filter(mirror=mirror, was_not_found=True)
    if rows.count() > settings.MIRROR_DELETES_AT_ONCE:
        rows.delete()
    for touch in rows:
        with given_up_after(touch):
            _look_up(mirror, touch, harvest)
        touch.delete()


def _look_up(mirror: Mirror, touch: Touch, harvest: HarvestCalls) -> None:
    stream = Stream.objects.filter(mirror=mirror, resource=touch.resource).first()
    row = Record.objects.filter(stream=stream, harvest_id=touch.harvest_id or 0, deleted_at=None).first()
    if stream is None or row is None:
        return
    target = StreamTarget(mirror, stream, BY_NAME[touch.resource], mirror.worker, lambda: rights.roles_now(harvest))
    before = rights.roles_now(harvest)
    if before != (mirror.access_roles or before) or not _would_be_shown(target, row, before):
        return
    asked_at = timezone.now()
    if _is_found(target, row, harvest) or _is_found(target, row, harvest) or rights.roles_now(harvest) != before:
        return
    with numbering(mirror.pk, worker=mirror.worker) as numbers:
        bury(target, [row], numbers, cause=Cause.DELETED, read_at=asked_at)
        queue_for_parts(mirror, target.resource)


def _would_be_shown(target: StreamTarget, row: Record, held: list[str]) -> bool:
    connection = target.mirror.connection
    is_own = row.user_id is not None and row.user_id == connection.harvest_user_id
    return is_own or rights.extent(connection, target.resource, held) is Extent.ALL


def _is_found(target: StreamTarget, row: Record, harvest: HarvestCalls) -> bool:
    """In doubt it is."""
    if not has_address(target.resource, row):
        return True
    try:
        read = look_up(harvest, target.resource, row)
    except (HarvestForbidden, HarvestMalformed, RightNotGranted):
        return True
    if read is not None:
        write(target, [read.value], read_at=read.asked_at)
    return read is not None

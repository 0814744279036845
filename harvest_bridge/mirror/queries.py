"""What readers may ask of a mirror. Rows, never Harvest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from harvest_bridge.connections.models import Connection

from .errors import NotMirrored, UnknownMirrorResource
from .models import Mirror, Record, Stream
from .resources import BY_NAME, Resource


def mirror_of(connection: Connection) -> Mirror:
    """Errors: NotMirrored."""
    found = Mirror.objects.select_related("connection").filter(connection=connection, is_on=True).first()
    if found is None:
        raise NotMirrored("This account is not mirrored; begin with POST /mirror/sync.")
    return found


def mirror_of_any(connection: Connection) -> Mirror:
    """The same where it is off, or its account disconnected. Errors: NotMirrored."""
    found = Mirror.objects.select_related("connection").filter(connection=connection).first()
    if found is None:
        raise NotMirrored("This account has no mirror; begin with PATCH /mirror/settings and `is_on`.")
    return found


def resource_named(name: str) -> Resource:
    """Errors: UnknownMirrorResource."""
    if name not in BY_NAME:
        raise UnknownMirrorResource(f"Harvest has no {name[:60]!r}; what is mirrored: {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def streams_of(mirror: Mirror) -> QuerySet[Stream]:
    """With what `streams.serialize` tells of them."""
    return Stream.objects.select_related("mirror__connection").filter(mirror=mirror)


def stream_of(mirror: Mirror, resource: str) -> Stream:
    """Errors: UnknownMirrorResource; NotMirrored where the host app left this resource out."""
    resource_named(resource)
    found = streams_of(mirror).filter(resource=resource).exclude(reason="resource_off").first()
    if found is None:
        raise NotMirrored(f"{resource}: is not among the resources that are mirrored of this account.")
    return found


def records(stream: Stream, *, with_deleted: bool = False) -> QuerySet[Record]:
    """The live records of a stream; tombstones too where asked for. Unordered."""
    rows = Record.objects.filter(stream=stream)
    return rows if with_deleted else rows.filter(deleted_at=None)


def records_of(mirror: Mirror, resource: str) -> QuerySet[Record]:
    """The records of a resource, tombstones too; none where there is no such stream. Unordered.

    The stream's id stands in the query as a number, not as a join: only so does PostgreSQL know that this stream has a
    hundred rows, and does not read a million of another one's to find them.
    """
    stream_id = Stream.objects.filter(mirror=mirror, resource=resource).values_list("pk", flat=True).first()
    return Record.objects.none() if stream_id is None else Record.objects.filter(stream=stream_id)


def changes(mirror: Mirror, *, after: int, streams: Iterable[Stream] = ()) -> QuerySet[Record]:
    """What changed beyond that position, in the order of positions: each record once, at its newest, tombstones too."""
    rows = Record.objects.filter(mirror=mirror, position__gt=after).order_by("position")
    wanted = [stream.pk for stream in streams]
    return rows.filter(stream__in=wanted) if wanted else rows


def as_of(stream: Stream) -> datetime | None:
    """When the last pass began that read every change; None while the first is under way."""
    return stream.as_of

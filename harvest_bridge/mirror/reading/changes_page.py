"""Pages of the feed (`/mirror/changes`) and of the snapshot that leads up to it (`/mirror/snapshot`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.mirror import queries
from harvest_bridge.mirror.models import Mirror, Stream
from harvest_bridge.mirror.streams import serialize_stream
from harvest_bridge.webhooks.stream_page import Page

from .access import admitted
from .feed import change_texts, stretch
from .feed_parameters import FeedQuestion, streams_of
from .positions import Position, position_from, require_kept
from .presentation import moment

Json = dict[str, Any]
CHANGES = "/mirror/changes"


def read_changes(question: FeedQuestion) -> Page:
    """Changes after a position, in their order: each record once, at its newest; deleted ones as tombstones.

    Authenticates anew each time, so that a key that was revoked while its holder waited gets nothing more.
    Errors: those of `admitted`, NotMirrored, InvalidRequest, PositionExpired.
    """
    try:
        caller, connection = admitted(question.token, question.named)
        mirror = queries.mirror_of(connection)
        position = position_from(question.position)
        require_kept(position, mirror)
        streams = streams_of(mirror, question.resources)
        found = stretch(
            mirror,
            after=position.through,
            through=mirror.last_position,
            limit=question.limit,
            streams=list(streams) if question.resources else None,
        )
        besides = _besides(mirror, streams.values(), question.limit, len(found.changes)) | {
            "next_cursor": str(position.at(found.end, mirror)),
            "has_more": found.is_cut,
        }
        body = joined(change_texts(found.changes, streams), besides)
        return Page(body, not found.changes, caller, connection.pk, mirror.last_position)
    finally:
        let_go_of_database()


def snapshot_page(mirror: Mirror, resources: Collection[str], *, cursor: str, limit: int) -> bytes:
    """A page of everything that is alive, and the position to go on with once the last page is read.

    Whatever changes during the walk moves beyond that position, and comes with the changes after it.
    Errors: NotMirrored; InvalidRequest for the cursor of another list.
    """
    list_id = f"mirror snapshot {mirror.pk} {sorted(resources)}"
    streams = streams_of(mirror, resources)
    after, text = decode_cursor(cursor, list_id=list_id) or (0, str(Position().at(mirror.last_position, mirror)))
    position = position_from(text)
    found = stretch(
        mirror,
        after=after,
        through=position.through,
        limit=limit,
        streams=list(streams) if resources else None,
        is_live=True,
    )
    following = encode_cursor([found.end, text], list_id=list_id) if found.is_cut else None
    besides = _besides(mirror, streams.values(), limit, len(found.changes)) | {
        "next_cursor": following,
        "position": text,
        "changes": _address(CHANGES, mirror, resources, after=text),
    }
    return joined(change_texts(found.changes, streams), besides)


def newest_positions(connection_ids: list[UUID]) -> dict[UUID, int]:
    """For whoever waits."""
    try:
        rows = Mirror.objects.filter(connection__in=connection_ids)
        return dict(rows.values_list("connection_id", "last_position"))
    finally:
        let_go_of_database()


def joined(texts: Iterable[str], besides: Json, *, name: str = "result") -> bytes:
    """One object, without parsing what stands in it."""
    return f'{{"{name}":[{",".join(texts)}],'.encode() + msgspec.json.encode(besides)[1:]


def _besides(mirror: Mirror, streams: Iterable[Stream], limit: int, count: int) -> Json:
    listed = list(streams)
    read = [stream.as_of for stream in listed if stream.as_of is not None]
    return {
        "next_cursor": None,
        "prev_cursor": None,
        "result_count": count,
        "limit": limit,
        "newest_position": mirror.last_position,
        "as_of": moment(min(read, default=None)),
        "streams": [serialize_stream(stream) for stream in listed],
    }


def _address(path: str, mirror: Mirror, resources: Collection[str], **more: str) -> str:
    given = {"integrated_account_id": str(mirror.connection_id), **more}
    return f"{path}?{urlencode(given | ({'resources': ','.join(resources)} if resources else {}))}"

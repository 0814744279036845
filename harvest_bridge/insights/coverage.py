"""What an answer stands on: which streams of the mirror, how whole and how fresh each is.

A stream that an answer *needs* is complete, or the answer is a 409 that names it. One that it *uses* may lack
something: then the answer says `is_complete: false` and names it. So it does of one that was read whole and cannot be
read further at the moment: the answer is whole as of then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import schedule
from harvest_bridge.mirror.models import Mirror, Stream, StreamState

from .errors import MirrorRequired, RangeNotMirrored, StreamNotComplete

LEFT_OUT = "resource_off"  # the host app's own choice; `off` alone is the account's, which then has no such records
LOADING = "loading"
MISCOUNTED = "counts"  # Harvest tells of more records than it lists
_REMEDIES = {
    LOADING: "it is being read for the first time; GET /mirror/runs tells how far it is",
    LEFT_OUT: "it is left out of this mirror; add it to `resources` with PATCH /mirror/settings",
    "held_deletes": "deletes are held; approve them on the mirror's page in the admin, or wait for the next sweep",
}


@dataclass(frozen=True)
class Coverage:
    """Shape: `streams` are those the answer is made of, by resource; none of them is absent."""

    mirror: Mirror
    streams: dict[str, Stream]

    @property
    def is_complete(self) -> bool:
        return all(is_whole(stream) for stream in self.streams.values())

    @property
    def as_of(self) -> datetime | None:
        """The moment up to which every change of every stream is in; None while one was never read whole."""
        moments = [stream.as_of for stream in self.streams.values() if not _is_off(stream)]
        return min((one for one in moments if one is not None), default=None) if None not in moments else None

    def serialize(self) -> dict[str, Any]:
        streams = {name: serialize_stream(stream) for name, stream in self.streams.items()}
        return {"is_complete": self.is_complete, "streams": streams}


def coverage_of(
    connection: Connection, *, needs: Sequence[str], uses: Sequence[str] = (), first_day: date | None = None
) -> Coverage:
    """What an answer over these resources stands on, from `first_day` on.

    Errors: MirrorRequired, StreamNotComplete, RangeNotMirrored.
    """
    mirror = Mirror.objects.select_related("connection").filter(connection=connection, is_on=True).first()
    if mirror is None:
        raise MirrorRequired(
            "This account is not mirrored yet, and answers come from the mirror; begin with POST /mirror/sync."
        )
    rows = {row.resource: row for row in Stream.objects.filter(mirror=mirror, resource__in=[*needs, *uses])}
    streams = {name: rows.get(name) or _absent(mirror, name) for name in (*needs, *uses)}
    refuse_incomplete(streams[name] for name in needs)
    if first_day is not None:
        _refuse_range(mirror, first_day)
    return Coverage(mirror, streams)


def is_whole(stream: Stream) -> bool:
    return stream.state == StreamState.COMPLETE or _is_off(stream)


def refuse_incomplete(streams: Iterable[Stream]) -> None:
    """Errors: StreamNotComplete, which names each one that lacks something, and the right it takes."""
    lacking = [stream for stream in streams if not is_whole(stream) and not _was_whole(stream)]
    if lacking:
        raise StreamNotComplete(
            f"{'; '.join(_why(stream) for stream in lacking)}.",
            streams={stream.resource: serialize_stream(stream) for stream in lacking},
        )


def serialize_stream(stream: Stream) -> dict[str, Any]:
    return {
        "state": str(stream.state),
        "reason": stream.reason or None,
        "needs": stream.needs or None,
        "as_of": stream.as_of,
    }


def _was_whole(stream: Stream) -> bool:
    """Harvest does not answer just now; the copy stands as of its last pass."""
    is_unread = stream.state == StreamState.FAILING and stream.reason != MISCOUNTED
    return is_unread and stream.as_of is not None and stream.swept_at is not None


def _is_off(stream: Stream) -> bool:
    """Switched off in Harvest: there is nothing of it, which is known for certain."""
    return stream.state == StreamState.OFF and stream.reason != LEFT_OUT


def _absent(mirror: Mirror, name: str) -> Stream:
    """Not asked for by the mirror, or not begun: the same to a reader as one that is left out, or loading."""
    has_begun = Stream.objects.filter(mirror=mirror).exists()
    if has_begun:
        return Stream(mirror=mirror, resource=name, state=StreamState.OFF, reason=LEFT_OUT)
    return Stream(mirror=mirror, resource=name, state=StreamState.PARTIAL, reason=LOADING)


def _why(stream: Stream) -> str:
    """`time_entries: is forbidden; it takes the right …`."""
    remedy = _REMEDIES.get(stream.reason) or stream.detail or stream.reason
    takes = f"; it takes {stream.needs}" if stream.needs else ""
    return f"{stream.resource}: is {stream.state}: {remedy.rstrip('.')}{takes}"


def _refuse_range(mirror: Mirror, first_day: date) -> None:
    """Errors: RangeNotMirrored."""
    days = mirror.history_days or schedule.policy_of(mirror.connection).history_days
    if not days:
        return
    earliest = timezone.now().date() - timedelta(days=days)
    if first_day < earliest:
        raise RangeNotMirrored(
            f"from: the mirror holds {days} days, back to {earliest}; ask from there, or raise `history_days` with "
            "PATCH /mirror/settings.",
            mirrored_from=earliest.isoformat(),
        )

"""What keeps a mirror from being read at all, known without asking Harvest, and the remedy."""

from __future__ import annotations

from datetime import datetime

from harvest_bridge.connections.errors import NeedsReauth
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.connections.token_rows import needs_reauth

from .errors import MirrorPaused
from .models import Mirror, Stream, StreamState

PAUSED = "paused"
_PAUSED_SAYS = 'The mirror is paused and reads nothing; resume it: PATCH /mirror/settings with {"is_paused": false}.'
_UNREADABLE = (StreamState.FORBIDDEN, StreamState.OFF)
_MINUTE = 60.0


def stopped(mirror: Mirror) -> MirrorPaused | NeedsReauth | None:
    """As the rows say now; `mirror` may be older."""
    now = Mirror.objects.select_related("connection").filter(pk=mirror.pk).first()
    return _stopped(now) if now is not None else None


def require_reading(connection: Connection) -> None:
    """An account without a mirror stands in nobody's way. Errors: MirrorPaused; NeedsReauth."""
    mirror = Mirror.objects.select_related("connection").filter(connection=connection).first()
    error = _stopped(mirror) if mirror is not None else None
    if error is not None:
        raise error


def _stopped(mirror: Mirror) -> MirrorPaused | NeedsReauth | None:
    if mirror.is_paused:
        return MirrorPaused(_PAUSED_SAYS)
    return needs_reauth() if mirror.connection.status == Status.NEEDS_REAUTH else None


def said(stream: Stream) -> dict[str, object]:
    """What of a stream's own words holds no more: `state`, `reason`, `detail`, `next_try_at`."""
    error = _stopped(stream.mirror)
    if error is None:
        return {}
    if stream.state in _UNREADABLE:
        return {"next_try_at": None}
    state = stream.state if stream.mirror.is_paused else StreamState.FAILING
    reason = PAUSED if stream.mirror.is_paused else error.code
    return {"state": str(state), "reason": reason, "detail": error.message, "next_try_at": None}


def why_not(stream: Stream, *, now: datetime) -> tuple[str, float] | None:
    """Why asking Harvest for this stream now cannot help, and what can; and in how many seconds that may be over.

    None where it may well help.
    """
    if (error := stopped(stream.mirror)) is not None:
        return error.message, _MINUTE
    if stream.state not in _UNREADABLE:
        return None
    seconds = (stream.next_try_at - now).total_seconds() if stream.next_try_at else 0.0
    return f"{stream.detail} POST /mirror/sync looks whether that has changed.", max(_MINUTE, seconds)

"""What a stream says of itself: each pass that ends, or fails, leaves it honest."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.connections import harvest_permissions
from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.connections.models import Connection

from . import preconditions, rights
from .models import Kind, Mirror, Stream, StreamState
from .resources import Resource

RESOURCE_OFF = "resource_off"
_FIRST_RETRY = timedelta(seconds=15)
_LONGEST_RETRY = timedelta(minutes=30)
# When it is asked again whether a right was given, or a feature switched on.
_LOOK_AGAIN = timedelta(hours=1)


def keep(mirror: Mirror, wanted: list[str]) -> None:
    """One stream for each resource that is wanted; what is left out keeps its rows and says so."""
    rows = Stream.objects.filter(mirror=mirror)
    missing = set(wanted) - set(rows.values_list("resource", flat=True))
    Stream.objects.bulk_create(
        [Stream(mirror=mirror, resource=name) for name in wanted if name in missing], ignore_conflicts=True
    )
    left_out = rows.exclude(resource__in=wanted).exclude(reason=RESOURCE_OFF)
    left_out.update(state=StreamState.OFF, reason=RESOURCE_OFF, detail="It is left out of this mirror.")
    back = rows.filter(resource__in=wanted, reason=RESOURCE_OFF)
    back.update(state=StreamState.PARTIAL, reason="loading", detail="", swept_at=None, as_of=None, since=None)


def passed(mirror: Mirror, stream: Stream, resource: Resource, kind: Kind, *, began_at: datetime) -> None:
    """A pass read everything that it set out to."""
    stream.as_of = began_at
    if kind == Kind.HOT and stream.reason == "counts":
        stream.save()  # that a whole listing did not fit is mended by none but another
        return
    if kind == Kind.SWEEP or not resource.has_updated_since:
        stream.swept_at = began_at
    if kind != Kind.HOT:
        stream.windowed_at = began_at
    stream.failures, stream.next_try_at = 0, None
    _say(stream, mirror.connection, resource, mirror.access_roles)
    stream.save()


def _say(stream: Stream, connection: Connection, resource: Resource, held: list[str]) -> None:
    """`complete`, or what of it the linker's rights hide."""
    stream.state, stream.reason, stream.detail, stream.needs = StreamState.COMPLETE, "", "", ""
    if stream.swept_at is None:
        stream.state, stream.reason = StreamState.PARTIAL, "loading"
        stream.detail = "It is being read for the first time."
    elif held and rights.extent(connection, resource, held) is not Extent.ALL:
        stream.state, stream.reason = StreamState.PARTIAL, "rights"
        stream.detail = harvest_permissions.limits(connection)
        stream.needs = harvest_permissions.ADMINISTRATOR
    elif stream.held_deletes:
        stream.state, stream.reason = StreamState.PARTIAL, "held_deletes"
        stream.detail = f"{stream.held_deletes} rows are missing in Harvest at once; a second sweep is to confirm that."


def as_fresh_as(mirror: Mirror, stream: Stream, parent: Stream, resource: Resource, *, is_whole: bool) -> None:
    """Of children, all of which were read whose parents changed; where those cannot be read, neither can they.

    `is_whole`: none waits whose turn it is to be read without a change.
    """
    if stream.reason == RESOURCE_OFF:
        return
    before = (stream.as_of, stream.swept_at, stream.state, stream.reason)
    if parent.state in (StreamState.FORBIDDEN, StreamState.OFF):
        stream.state, stream.reason, stream.detail = parent.state, parent.reason, parent.detail
        stream.needs, stream.next_try_at = parent.needs, parent.next_try_at
    elif parent.swept_at is not None:
        stream.as_of = parent.as_of
        stream.swept_at = parent.swept_at if is_whole or stream.swept_at is None else stream.swept_at
        stream.failures, stream.next_try_at = 0, None
        _say(stream, mirror.connection, resource, mirror.access_roles)
    if before != (stream.as_of, stream.swept_at, stream.state, stream.reason):
        stream.save()


def incomplete(stream: Stream, *, now: datetime) -> None:
    """Harvest's own counts contradict what it sent: nothing is concluded, and it is listed anew."""
    _fail(stream, now, "counts", "Harvest's lists did not fit its own counts; they are read again.")


def forbidden(mirror: Mirror, stream: Stream, resource: Resource, *, now: datetime) -> None:
    connection, path = mirror.connection, resource.path.format(parent_id=1)
    stream.state, stream.reason = StreamState.FORBIDDEN, "rights"
    stream.needs = harvest_permissions.needed_for(path) or harvest_permissions.ADMINISTRATOR
    stream.detail = harvest_permissions.refusal(connection, path)[:500]
    stream.failures, stream.next_try_at = 0, now + _LOOK_AGAIN
    stream.save()


def not_granted(stream: Stream, error: str, *, now: datetime) -> None:
    """The account was linked without the right of ours that reading takes."""
    stream.state, stream.reason, stream.detail = StreamState.FORBIDDEN, "right_not_granted", error[:500]
    stream.needs, stream.next_try_at = "read", now + _LOOK_AGAIN
    stream.save()


def off(stream: Stream, resource: Resource, *, now: datetime) -> None:
    stream.state, stream.reason, stream.needs = StreamState.OFF, "feature_off", ""
    what = resource.feature.removesuffix("_feature") or resource.name
    stream.detail = f"{what.capitalize()} tracking is switched off in this Harvest account."
    stream.failures, stream.next_try_at = 0, now + _LOOK_AGAIN
    stream.save()


def failing(stream: Stream, code: str, message: str, *, now: datetime, retry_after: float | None = None) -> None:
    _fail(stream, now, code, message, retry_after)


def later(stream: Stream, code: str, *, until: datetime) -> None:
    """Its budget is used up: what was read stays as good as it was, and no older failure is told of any more."""
    stream.next_try_at = until
    if stream.state == StreamState.FAILING:
        stream.reason, stream.detail = code, "Harvest's limit for reports is used up; it is read when there is room."
    stream.save(update_fields=["next_try_at", "reason", "detail"])


def unlinked(stream: Stream, message: str) -> None:
    """Harvest takes the connection's tokens no more: it is tried again as soon as somebody linked it again."""
    stream.state, stream.reason, stream.detail = StreamState.FAILING, "needs_reauth", message[:500]
    stream.save(update_fields=["state", "reason", "detail"])


def _fail(stream: Stream, now: datetime, reason: str, detail: str, retry_after: float | None = None) -> None:
    stream.failures += 1
    wait = min(_FIRST_RETRY * 2 ** min(stream.failures - 1, 10), _LONGEST_RETRY)
    stream.state, stream.reason, stream.detail = StreamState.FAILING, reason[:60], detail[:500]
    stream.next_try_at = now + max(wait, timedelta(seconds=retry_after or 0))
    stream.save()


def next_try_at(stream: Stream, *, now: datetime) -> datetime | None:
    """None once it is over: then it is tried as soon as the worker comes to it."""
    return stream.next_try_at if stream.next_try_at is not None and stream.next_try_at > now else None


def serialize_stream(stream: Stream) -> dict[str, Any]:
    """As the API tells it. What stops the whole mirror is said of each, before a pass has met it."""
    return {
        "resource": stream.resource,
        "state": str(stream.state),
        "reason": stream.reason or None,
        "detail": stream.detail or None,
        "needs": stream.needs or None,
        "as_of": stream.as_of,
        "swept_at": stream.swept_at,
        "held_deletes": stream.held_deletes,
        "failures": stream.failures,
        "next_try_at": next_try_at(stream, now=timezone.now()),
        **preconditions.said(stream),
    }

"""When which part of an account is read again. Pure but for the rows that it is given."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.budgets import Budget

from . import invoice_polling
from .models import HostPolicy, Kind, Mirror, Stream, StreamState
from .resources import BY_NAME, RESOURCES, Resource

# A second sweep is to confirm, or not, what the first one found missing in great number.
SECOND_LOOK = timedelta(minutes=10)


@dataclass(frozen=True)
class Intervals:
    """`watches_invoices`: somebody uses them, so that they are looked at each minute (`invoice_polling`)."""

    hot: timedelta
    window: timedelta
    sweep: timedelta
    watches_invoices: bool = False


def policy_of(connection: Connection) -> HostPolicy:
    """The host app's, or what holds where nobody set one."""
    found = HostPolicy.objects.filter(host_app=connection.host_app_id).first()
    return found or HostPolicy(host_app_id=connection.host_app_id)


def intervals_of(mirror: Mirror, policy: HostPolicy, *, watches_invoices: bool = False) -> Intervals:
    return Intervals(
        timedelta(seconds=mirror.hot_seconds or policy.hot_seconds),
        timedelta(seconds=mirror.window_seconds or policy.window_seconds),
        timedelta(seconds=mirror.sweep_seconds or policy.sweep_seconds),
        watches_invoices,
    )


def resources_of(mirror: Mirror, policy: HostPolicy) -> list[Resource]:
    """Those that are mirrored, in the order of the register, parents of wanted children included."""
    named = mirror.resources if mirror.resources is not None else policy.resources
    wanted = set(named) or set(BY_NAME)
    wanted |= {BY_NAME[name].parent for name in wanted if name in BY_NAME and BY_NAME[name].parent}
    return [row for row in RESOURCES if row.name in wanted]


def due_at(stream: Stream, kind: Kind, intervals: Intervals) -> datetime | None:
    """When this stream is to be read in this way; None for one that is not read so."""
    resource = BY_NAME[stream.resource]
    if resource.parent:
        return None
    at = _at(stream, resource, kind, intervals)
    if kind == Kind.SWEEP and stream.state == StreamState.FAILING and not resource.has_updated_since:
        at = stream.mirror.created_at  # no other pass would mend it before the next sweep
    if at is None or stream.next_try_at is None:
        return at
    return max(at, stream.next_try_at)


def _at(stream: Stream, resource: Resource, kind: Kind, intervals: Intervals) -> datetime | None:
    if kind == Kind.SWEEP:
        usual = stream.mirror.created_at if stream.swept_at is None else stream.swept_at + intervals.sweep
        return usual if stream.held_since is None else min(usual, stream.held_since + SECOND_LOOK)
    if stream.swept_at is None:
        return None
    if kind == Kind.OPEN:
        is_there = resource.name == invoice_polling.RESOURCE and intervals.watches_invoices
        return (stream.opened_at or stream.swept_at) + invoice_polling.looked_every(stream) if is_there else None
    if kind == Kind.WINDOW:
        is_listed = resource.day_field == "spent_date" or not resource.has_updated_since
        is_report = resource.budget is Budget.REPORTS
        return (stream.windowed_at or stream.swept_at) + intervals.window if is_listed and not is_report else None
    if not resource.has_updated_since:
        return None
    is_watched = resource.name == invoice_polling.RESOURCE and intervals.watches_invoices
    return (stream.as_of or stream.swept_at) + (_of_invoices(stream, intervals.hot) if is_watched else intervals.hot)


def _of_invoices(stream: Stream, hot: timedelta) -> timedelta:
    """Each minute, whatever the account's interval is, unless that is shorter and calls are left for it."""
    every = invoice_polling.since_every(stream)
    return every if every > invoice_polling.MINUTE else min(hot, every)


UnderWay = Collection[tuple[str, str]]


def due(
    streams: Iterable[Stream], kind: Kind, intervals: Intervals, *, now: datetime, under_way: UnderWay = ()
) -> list[str]:
    """Names in the order of the register, without those of which such a pass, or a sweep, is `under_way`."""
    names = {stream.resource for stream in streams if _is_due(due_at(stream, kind, intervals), now)}
    return [row.name for row in RESOURCES if row.name in names and not _is_read(row.name, kind, under_way)]


def next_due_at(streams: Iterable[Stream], intervals: Intervals, *, under_way: UnderWay = ()) -> datetime | None:
    """Of what is not `under_way`."""
    found = [
        at
        for stream in streams
        for kind in Kind
        if not _is_read(stream.resource, kind, under_way) and (at := due_at(stream, kind, intervals)) is not None
    ]
    return min(found, default=None)


def _is_read(name: str, kind: Kind, under_way: UnderWay) -> bool:
    return (kind, name) in under_way or (Kind.SWEEP, name) in under_way


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now

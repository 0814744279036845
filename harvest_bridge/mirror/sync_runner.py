"""Works on one claimed mirror: the most urgent step first, each a page or a few look-ups, until nothing is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.errors import BridgeError

from . import claims, events, failures, features, list_sync, not_found, open_invoices, schedule, streams, touches
from .child_sync import ChildSync
from .claimed_run import ClaimedRun
from .failures import Wait
from .harvest_calls import HarvestCalls
from .models import ChildDue, Kind, Mirror, Run, Stream
from .numbering import ClaimLost
from .resources import BY_NAME, CHILDREN

log = structlog.get_logger(__name__)

_URGENCY = {Kind.HOT: 0, Kind.OPEN: 1, Kind.WINDOW: 2, Kind.SWEEP: 4}
_CHILDREN_URGENCY = 3
_TOO_OLD = timedelta(hours=6)
_IDLE = timedelta(minutes=1)

Clock = Callable[[], datetime]


class SyncRunner:
    """One claim, from its first step to its release."""

    def __init__(self, mirror: Mirror, harvest: HarvestCalls, *, clock: Clock, is_over: Callable[[], bool]) -> None:
        self.mirror, self.harvest, self._clock, self._is_over = mirror, harvest, clock, is_over
        self._policy = schedule.policy_of(mirror.connection)
        watches = open_invoices.are_used(mirror, now=clock())
        self._intervals = schedule.intervals_of(mirror, self._policy, watches_invoices=watches)
        self._is_turn_of_children = False
        mirror.history_days = mirror.history_days or self._policy.history_days

    def run(self) -> None:
        """Errors: none but bugs; what is in the way is noted where it is to be seen, and waited for."""
        try:
            due_at = self._work()
            settle_children(self.mirror)
            events.publish_changed(self.mirror)
            claims.release(self.mirror, due_at=due_at, now=self._clock())
        except ClaimLost:
            log.warning("another worker has taken a mirror over", mirror=self.mirror.pk)
        except Exception:
            claims.release(self.mirror, due_at=self._clock() + _IDLE, now=self._clock())
            raise
        finally:
            self.harvest.close()

    def _work(self) -> datetime:
        """Returns when there is work next. Errors: ClaimLost."""
        try:
            if self.mirror.connection.disconnected_at is None:
                self._make_streams()
                while not self._is_over() and self._step():
                    self._beat()
            return self._next_due_at()
        except Wait as wait:
            return wait.until
        except outages() as error:
            if outage_of(error) is None:
                raise
            return self._clock() + timedelta(seconds=2)

    def _beat(self) -> None:
        if not claims.beat(self.mirror, now=self._clock()):
            raise ClaimLost

    def _make_streams(self) -> None:
        streams.keep(self.mirror, [row.name for row in schedule.resources_of(self.mirror, self._policy)])

    def _streams(self) -> list[Stream]:
        found = list(Stream.objects.filter(mirror=self.mirror).exclude(reason=streams.RESOURCE_OFF))
        for stream in found:
            stream.mirror = self.mirror
        return found

    def _step(self) -> bool:
        """Returns whether there was something to do. Errors: Wait; ClaimLost."""
        now = self._clock()
        self._take_touches(now)
        self._queue_due(now)
        run, child = self._most_urgent(now)
        if run is not None:
            self._carry_on(run, now)
            if not run.resources:
                settle_children(self.mirror)
        elif child is not None:
            self._read_children(child, now)
            if not _is_waited_for(self.mirror, child.resource):
                settle_children(self.mirror)
        return run is not None or child is not None

    def _take_touches(self, now: datetime) -> None:
        try:
            touches.take(self.mirror, self.harvest)
            not_found.take(self.mirror, self.harvest)
        except BridgeError as error:
            failures.meet_general(self.mirror, error, now=now)
            raise Wait(now + timedelta(seconds=max(2.0, error.retry_after or 0))) from error

    def _most_urgent(self, now: datetime) -> tuple[Run | None, ChildDue | None]:
        open_runs = [run for run in self._open_runs() if run.waits_until is None or run.waits_until <= now]
        open_runs.sort(key=lambda run: (_URGENCY[Kind(run.kind)], not run.requested_by, run.created_at))
        first = open_runs[0] if open_runs else None
        if first is not None and _URGENCY[Kind(first.kind)] < _CHILDREN_URGENCY:
            return first, None
        child = (
            ChildDue.objects.filter(mirror=self.mirror, due_at__lte=now).order_by("is_routine", "due_at", "id").first()
        )
        # In turn with the sweep's pages: neither waits for the end of the other.
        self._is_turn_of_children = not self._is_turn_of_children
        if child is None or (first is not None and not self._is_turn_of_children):
            return first, None
        return None, child

    def _open_runs(self) -> list[Run]:
        return list(Run.objects.filter(mirror=self.mirror, status__in=claims.OPEN))

    def _queue_due(self, now: datetime) -> None:
        under_way = _under_way(self._open_runs())
        rows = self._streams()
        for kind in Kind:
            names = schedule.due(rows, kind, self._intervals, now=now, under_way=under_way)
            if names:
                claimed = self.mirror.worker
                Run.objects.create(mirror=self.mirror, kind=kind, resources=names, worker=claimed, created_at=now)

    def _next_due_at(self) -> datetime:
        now = self._clock()
        children = ChildDue.objects.filter(mirror=self.mirror).order_by("due_at").values_list("due_at", flat=True)
        open_runs = self._open_runs()
        waiting = [run.waits_until or now for run in open_runs]
        streams_due_at = schedule.next_due_at(self._streams(), self._intervals, under_way=_under_way(open_runs))
        found = [streams_due_at, children.first(), *waiting]
        return max(now, min((at for at in found if at is not None), default=now + _IDLE))

    def _carry_on(self, run: Run, now: datetime) -> None:
        if run.status == Run.Status.QUEUED:
            run.status, run.started_at = Run.Status.RUNNING, now
        run.waits_until = None
        work = ClaimedRun.of(run, self.mirror, self.harvest)
        if run.walk and now - work.walk.began_at > _TOO_OLD:
            work.begin_again()
        if features.is_off(self.mirror, work.resource):
            streams.off(work.stream, work.resource, now=now)
            work.next_resource("off")
            return
        try:
            list_sync.step(work, now)
        except BridgeError as error:
            failures.meet(work, error, now=now)

    def _read_children(self, due: ChildDue, now: datetime) -> None:
        resource = BY_NAME[due.resource]
        stream = Stream.objects.get(mirror=self.mirror, resource=due.resource)
        due.mirror = self.mirror
        if features.is_off(self.mirror, resource):
            streams.off(stream, resource, now=now)
            ChildDue.objects.filter(mirror=self.mirror, resource=due.resource).delete()
            return
        try:
            ChildSync(due, self.mirror, self.harvest).step()
        except BridgeError as error:
            failures.meet_for_children(due, stream, error, now=now)


def _under_way(runs: Iterable[Run]) -> set[tuple[str, str]]:
    """What is being read, or waits to be: kind and resource."""
    return {(run.kind, name) for run in runs for name in run.resources}


def _is_waited_for(mirror: Mirror, resource: str) -> bool:
    return ChildDue.objects.filter(mirror=mirror, resource=resource, is_routine=False).exists()


def settle_children(mirror: Mirror) -> None:
    """Children are as fresh as their parents, once none of them waits to be read; those whose turn it is merely keep
    the last complete reading where it is."""
    due = ChildDue.objects.filter(mirror=mirror).order_by()
    waiting = set(due.filter(is_routine=False).values_list("resource", flat=True).distinct())
    in_turn = set(due.filter(is_routine=True).values_list("resource", flat=True).distinct())
    found = {stream.resource: stream for stream in Stream.objects.filter(mirror=mirror)}
    for parent, resources in CHILDREN.items():
        for resource in resources:
            stream, source = found.get(resource.name), found.get(parent)
            if stream is not None and source is not None and resource.name not in waiting:
                streams.as_fresh_as(mirror, stream, source, resource, is_whole=resource.name not in in_turn)

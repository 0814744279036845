"""What becomes of a step that something was in the way of: the stream says so, and it is tried again, here or later."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from harvest_bridge.connections.errors import NeedsReauth, RightNotGranted
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.harvest.errors import (
    HarvestAnswerTooLong,
    HarvestForbidden,
    HarvestNotFound,
    HarvestRateLimited,
    HarvestRejected,
)

from . import streams
from .claimed_run import ClaimedRun
from .models import ChildDue, Mirror, Stream
from .resources import BY_NAME

log = structlog.get_logger(__name__)

_MOST_FAILURES = 4
_REAUTH_RETRY = timedelta(minutes=1)
# The other lists of a run wait so long for one that failed; what waits longer goes on in a run of its own.
_WAITED_FOR = timedelta(seconds=15)
_SMALLER = {2000: 100, 100: 10}


class Wait(Exception):
    """Nothing more can be done for this mirror before that moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until}")
        self.until = until


def meet(work: ClaimedRun, error: BridgeError, *, now: datetime) -> None:
    """Of a pass: it goes on with its next resource, or waits where it stands. No row is concluded gone.

    Errors: Wait, for what concerns the whole connection.
    """
    log.warning("a step of a mirror failed", mirror=work.mirror.pk, resource=work.resource.name, code=error.code)
    match error:
        case RightNotGranted():
            streams.not_granted(work.stream, error.message, now=now)
        case HarvestForbidden():
            streams.forbidden(work.mirror, work.stream, work.resource, now=now)
        case HarvestNotFound() if work.resource.feature:
            streams.off(work.stream, work.resource, now=now)  # a module that is off (REFERENCE §13 D)
        case HarvestNotFound():
            streams.failing(work.stream, error.code, error.message, now=now)
        case HarvestRateLimited() if work.resource.budget is Budget.REPORTS:
            until = now + timedelta(seconds=max(1.0, error.retry_after or 60))
            streams.later(work.stream, error.code, until=until)
            work.put_off_alone(until)
            return
        case HarvestRejected() | HarvestAnswerTooLong() if work.per_page in _SMALLER:
            work.begin_again(per_page=_SMALLER[work.per_page])
            return
        case _:
            meet_general(work.mirror, error, now=now)
            _retry(work, error, now)
            return
    work.next_resource(error.code)


def meet_general(mirror: Mirror, error: BridgeError, *, now: datetime) -> None:
    """What concerns the whole connection. Errors: Wait, for that."""
    if isinstance(error, NeedsReauth):
        for stream in Stream.objects.filter(mirror=mirror).exclude(state__in=("forbidden", "off")):
            streams.unlinked(stream, error.message)
        raise Wait(now + _REAUTH_RETRY) from error
    if isinstance(error, HarvestRateLimited):
        raise Wait(now + timedelta(seconds=max(1.0, error.retry_after or 0))) from error


def _retry(work: ClaimedRun, error: BridgeError, now: datetime) -> None:
    """A few times where it stands, then with the stream's next pass. Other passes go on meanwhile."""
    streams.failing(work.stream, error.code, error.message, now=now, retry_after=error.retry_after)
    work.run.results["failures"] = failures = work.run.results.get("failures", 0) + 1
    wait = timedelta(seconds=max(2.0**failures / 2, error.retry_after or 0))
    if failures % _MOST_FAILURES == 0:
        work.next_resource(error.code)
    elif wait > _WAITED_FOR:
        work.put_off_alone(now + wait)
    else:
        work.put_off(now + wait)


def meet_for_children(due: ChildDue, stream: Stream, error: BridgeError, *, now: datetime) -> None:
    """Errors: Wait, for what concerns the whole connection."""
    if isinstance(error, HarvestForbidden | RightNotGranted):
        streams.forbidden(due.mirror, stream, BY_NAME[due.resource], now=now)
        rows = ChildDue.objects.filter(mirror=due.mirror, resource=due.resource)
        rows.update(due_at=stream.next_try_at or now)
        return
    meet_general(due.mirror, error, now=now)
    failures = due.failures + 1
    wait = timedelta(seconds=max(error.retry_after or 0, min(2.0**failures, 900)))
    ChildDue.objects.filter(pk=due.pk).update(failures=failures, due_at=now + wait)
    streams.failing(stream, error.code, error.message, now=now)

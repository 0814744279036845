"""What runs, and what has changed, in a Harvest account: read once for everybody whose clicks wait on its connection.

After an outage the clicks of hundreds wait on the allowance of one administrator's connection. What each start asks
before it is made, that is what runs, what began in Harvest itself meanwhile, and the person's time zone, is asked
together then. Only starts that are over use it: one that goes on looks for itself, right before it is made.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import caches
from django.db.models import Min
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.harvest.errors import HarvestForbidden, HarvestUnavailable, TooManyPages
from harvest_bridge.harvest.operations import list_time_entries, list_users
from harvest_bridge.harvest.pages import walk_pages
from harvest_bridge.harvest.records import TimeEntry
from timer_widget.models import IntentKind, IntentStatus

from . import claims
from .attempt import Attempt

_GOOD_FOR = timedelta(seconds=5)
# Deletions show only where all is read anew.
_WHOLE_FOR = timedelta(minutes=1)
_OVERLAP = timedelta(seconds=30)
_LONGEST_TURN_SECONDS = 15.0
_ZONES_SECONDS = 3600
_PAGE, _MOST_PAGES = 2000, 10
_FEWEST_PEOPLE = 3


@dataclass(frozen=True)
class Reading:
    """Shape: `running` by person; `changed` since `since`, by person and entry."""

    read_at: datetime
    whole_at: datetime
    since: datetime
    running: dict[int, TimeEntry]
    changed: dict[int, dict[int, TimeEntry]]

    def of(self, user_id: int) -> list[TimeEntry]:
        """What changed of this person's."""
        return list(self.changed.get(user_id, {}).values())


_locks: defaultdict[UUID, threading.Lock] = defaultdict(threading.Lock)
_readings: dict[UUID, Reading] = {}
_refused_until: dict[UUID, datetime] = {}


def reading_for(attempt: Attempt) -> Reading | None:
    """At most a few seconds old, never older than the person's last click that was done, and back to this one.

    None where everybody looks for themselves. Errors: the HarvestError tree.
    """
    pk, now = attempt.harvest.connection.pk, timezone.now()
    if not attempt.shares_reads or _refused_until.get(pk, now) > now:
        return None
    lock = _locks[pk]
    if not lock.acquire(timeout=_LONGEST_TURN_SECONDS):
        raise HarvestUnavailable("Harvest takes long to say what runs.", retry_after=1)
    try:
        reading = _up_to_date(attempt, _readings.pop(pk, None))
        if reading is not None:
            _readings[pk] = reading
        return reading
    except (TooManyPages, HarvestForbidden, _Unreadable):
        _refused_until[pk] = timezone.now() + _WHOLE_FOR
        return None
    finally:
        lock.release()


def _do_many_wait() -> bool:
    people = claims.pending(kind=IntentKind.START).order_by().values("person_id").distinct()
    return len(people[:_FEWEST_PEOPLE]) == _FEWEST_PEOPLE


def _up_to_date(attempt: Attempt, known: Reading | None) -> Reading | None:
    now = timezone.now()
    is_whole = known is not None and known.since <= attempt.moment and timedelta() <= now - known.whole_at < _WHOLE_FOR
    if known is not None and is_whole and _is_good(attempt, known, now):
        return known
    if not _do_many_wait():
        return None
    if known is not None and is_whole:
        return _read(attempt, since=known.read_at - _OVERLAP, known=known)
    _learn_zones(attempt)
    return _read(attempt, since=_oldest_start(attempt))


class _Unreadable(Exception):
    """An entry of somebody's that may be the one that matters."""


def _read(attempt: Attempt, *, since: datetime, known: Reading | None = None) -> Reading:
    read_at = timezone.now()
    running = _all(attempt, is_running=True)
    changed = defaultdict(dict, {user: dict(entries) for user, entries in known.changed.items()} if known else {})
    for entry in _all(attempt, updated_since=since):
        changed[entry.user.id if entry.user else 0][entry.id] = entry
    return Reading(
        read_at=read_at,
        whole_at=known.whole_at if known else read_at,
        since=known.since if known else since,
        running={entry.user.id: entry for entry in running if entry.user},
        changed=dict(changed),
    )


def _all(
    attempt: Attempt, *, is_running: bool | None = None, updated_since: datetime | None = None
) -> Iterable[TimeEntry]:
    pages = walk_pages(
        attempt.harvest.call,
        lambda at: list_time_entries(at, is_running=is_running, updated_since=updated_since, per_page=_PAGE),
        max_pages=_MOST_PAGES,
    )
    for page in pages:
        if page.unreadable:
            raise _Unreadable
        yield from page.items


def _oldest_start(attempt: Attempt) -> datetime:
    waiting = claims.pending(kind=IntentKind.START, expires_at__gt=timezone.now())
    oldest = waiting.aggregate(oldest=Min("clicked_at"))["oldest"]
    return min(oldest or attempt.moment, attempt.moment) - _OVERLAP


def _is_good(attempt: Attempt, known: Reading, now: datetime) -> bool:
    done = attempt.person.intents.filter(status=IntentStatus.DONE, settled_at__gte=known.read_at)
    return now - known.read_at < _GOOD_FOR and not done.exists()


def _learn_zones(attempt: Attempt) -> None:
    """Of everybody at once and once an hour, where `Harvest.zone` looks for them."""
    harvest, answers = attempt.harvest, caches["answers"]
    learnt = f"harvest-time-zones-{harvest.connection.pk}"
    if best_effort(lambda: answers.get(learnt)):
        return
    page = harvest.call(list_users(per_page=_PAGE))
    names = {harvest.remembered("time-zone", user_id=user.id): user.timezone for user in page.items}
    best_effort(lambda: answers.set_many(names | {learnt: True}, _ZONES_SECONDS))

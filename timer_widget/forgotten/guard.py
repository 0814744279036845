"""The worker's guard: looks for forgotten timers in a thread of its own, whether or not a page is open.

Of several workers one checks a person: whoever moves `guard_at` forward.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.outages import log_and_continue
from timer_widget.models import PersonState

from .finding import look_at

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 5.0
_AT_ONCE = 200
_PEOPLE_AT_ONCE = 8
_CLAIMED_FOR = timedelta(minutes=1)
_LONGEST_END_SECONDS = 5.0
Check = Callable[[PersonState], bool]


class Guard:
    """One per process."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="timer guard", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        if self._thread is not None:
            self._thread.join(_LONGEST_END_SECONDS)

    def _run(self) -> None:
        pool = ThreadPoolExecutor(_PEOPLE_AT_ONCE, thread_name_prefix="timer-guard")
        while not self._is_over.is_set():
            with log_and_continue(log, "forgotten timers were not looked for"):
                check_due(now=timezone.now(), run=partial(_each_in, pool))
            close_old_connections()
            self._is_over.wait(_LOOK_EVERY_SECONDS)
        pool.shutdown(wait=False, cancel_futures=True)


def _each_in(pool: ThreadPoolExecutor, check: Check, rows: list[PersonState]) -> Iterable[bool]:
    """At the end of a work day many are due at once, and each may take as long as Harvest."""

    def looked(row: PersonState) -> bool:
        try:
            return check(row)
        finally:
            close_old_connections()

    return pool.map(looked, rows)


def check_due(*, now: datetime, run: Callable[[Check, list[PersonState]], Iterable[bool]] = map) -> int:
    """Everybody who is due; returns how many. One that cannot be looked at keeps nobody else waiting."""
    due = PersonState.objects.filter(guard_at__lte=now).select_related("person__host_app")
    rows = list(due.order_by("guard_at")[:_AT_ONCE])
    return sum(run(partial(_look_at, now=now), rows))


def _look_at(row: PersonState, now: datetime) -> bool:
    claimed = now + _CLAIMED_FOR
    if not PersonState.objects.filter(pk=row.pk, guard_at=row.guard_at).update(guard_at=claimed):
        return False
    row.refresh_from_db(fields=["running"])
    with log_and_continue(log, "a timer was not looked at", person=row.pk):
        next_at = look_at(row, now=now)
        PersonState.objects.filter(pk=row.pk, guard_at=claimed).update(guard_at=next_at)
        return True
    return False


guard = Guard()

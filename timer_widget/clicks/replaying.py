"""Carries out clicks that wait: in a thread of each worker, people beside each other, each one's clicks in order.

Claims keep several workers apart. Nothing is remembered here, so a kill costs no more than the time of a claim.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import structlog
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.outages import best_effort, log_and_continue
from timer_widget.access import harvest_for
from timer_widget.live import publishing
from timer_widget.models import Intent, IntentStatus
from timer_widget.queries import state_after_click, state_with_running, stored_state

from . import claims, traces
from .attempt import Done
from .execution import Executed, execute, met_a_bug
from .retry_after_reconnect import retry_after_reconnect

log = structlog.get_logger(__name__)

_PEOPLE_AT_ONCE = 16
_LOOK_EVERY_SECONDS = 0.4
_MEND_EVERY_SECONDS = 3.0
_LONGEST_END_SECONDS = 5.0
# A claim is renewed before every call that may outlast it.
_CLAIM_SECONDS = 20.0


class Replayer:
    """One per process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()
        self._busy: set[int] = set()

    def start(self) -> None:
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="timer clicks", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """What is under way may end, for a few seconds; what does not is looked for by whoever comes next."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join(_LONGEST_END_SECONDS)

    def _run(self) -> None:
        pool = ThreadPoolExecutor(_PEOPLE_AT_ONCE, thread_name_prefix="timer-click")
        last_mend = 0.0
        while not self._is_over.is_set():
            with log_and_continue(log, "clicks were not looked for"):
                self._hand_out(pool)
                last_mend += _LOOK_EVERY_SECONDS
                if last_mend >= _MEND_EVERY_SECONDS:
                    last_mend = 0.0
                    retry_after_reconnect(now=timezone.now())
            close_old_connections()
            self._is_over.wait(_LOOK_EVERY_SECONDS)
        pool.shutdown(wait=False, cancel_futures=True)

    def _hand_out(self, pool: ThreadPoolExecutor) -> None:
        with self._guard:
            free = _PEOPLE_AT_ONCE - len(self._busy)
            busy = set(self._busy)
        if free <= 0:
            return
        due = claims.first_of_each(timezone.now()).exclude(person_id__in=busy)
        for person_id in list(due.values_list("person_id", flat=True)[:free]):
            with self._guard:
                self._busy.add(person_id)
            pool.submit(self._carry_out_all, person_id)

    def _carry_out_all(self, person_id: int) -> None:
        with log_and_continue(log, "a click was interrupted", person=person_id):
            replay_due(person_id, is_over=self._is_over.is_set)
        close_old_connections()
        with self._guard:
            self._busy.discard(person_id)


def replay_due(person_id: int, *, is_over: Callable[[], bool] = lambda: False) -> None:
    """One person's clicks in order, until one has to wait."""
    while not is_over():
        intent = _first_due(person_id)
        if intent is None or not claims.claim(intent, seconds=_CLAIM_SECONDS):
            return
        before = (intent.status, (intent.outcome or {}).get("code"))
        outcome = _carry_out(intent)
        if before != (intent.status, (intent.outcome or {}).get("code")):
            best_effort(partial(_tell, intent, outcome))
        if intent.status == IntentStatus.PENDING:
            return


def _first_due(person_id: int) -> Intent | None:
    due = claims.first_of_each(timezone.now()).filter(person_id=person_id)
    return due.select_related("person__host_app").first()


def _carry_out(intent: Intent) -> Executed:
    try:
        with traces.execution_span(intent, is_replay=True):
            return execute(intent)
    except Exception:
        log.exception("a click met an error of ours", click=str(intent.pk))
        met_a_bug(intent)
        return Executed()


def _state_with(intent: Intent, done: Done) -> dict[str, Any]:
    harvest = done.harvest or harvest_for(intent.person)
    return state_with_running(intent.person, harvest, done.running, entry_id=intent.harvest_entry_id)


def _tell(intent: Intent, outcome: Executed) -> None:
    """Open pages hear what came of it; Harvest is asked what runs only where the click itself does not tell."""
    person, done = intent.person, outcome.done
    if done is not None and done.is_running_known:
        state = _state_with(intent, done)
    elif done is None or done.changes_nothing:
        state = stored_state(person)
    else:
        state = state_after_click(person) or stored_state(person)
    publishing.publish_state(person, state)


replayer = Replayer()

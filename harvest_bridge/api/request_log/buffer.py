"""The bounded in-memory buffer of the request log, flushed about once a second by a thread of its own.

What is in here when a process is killed is lost, a second's worth; a stop in good order writes it first.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

import structlog
from django.db import DatabaseError, DataError, IntegrityError

from harvest_bridge import metrics
from harvest_bridge.api import audit_events
from harvest_bridge.request_context import RequestContext

from . import rows, table

log = structlog.get_logger(__name__)

MOST_NOTED = 10_000
MOST_WAITING = 20_000
_BATCH = 1_000
_PAUSE_SECONDS = 1.0
_CLOSING_SECONDS = 10.0

Write = Callable[[Sequence[rows.Row]], None]


class RequestLog:
    """One per process. `note` costs the request an append; what there is no room for is counted and forgotten."""

    def __init__(self, write: Write = table.write, *, keeps_rows: bool = True) -> None:
        self._write = write
        self._keeps_rows = keeps_rows
        self._noted: deque[RequestContext] = deque()
        self._waiting: deque[rows.Row] = deque()
        self._answers: deque[audit_events.AuditEvent] = deque(maxlen=MOST_WAITING)
        self._wake, self._closing = threading.Event(), threading.Event()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_failing = False

    def note(self, context: RequestContext) -> None:
        if len(self._noted) >= MOST_NOTED:
            metrics.LOG_DROPPED.inc()
            return
        self._noted.append(context)
        if not self._wake.is_set():
            self._wake.set()

    @property
    def waiting(self) -> int:
        """How many rows are not written yet."""
        return len(self._noted) + len(self._waiting)

    def start(self) -> None:
        """Write from now on. The thread sleeps for as long as nothing is asked of us."""
        self._closing.clear()
        self._thread = threading.Thread(target=self._run, name="request-log", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what there is, for at most ten seconds, and stop."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._closing.set()
            self._wake.set()
            thread.join(_CLOSING_SECONDS)

    def flush(self) -> None:
        """Count what was noted and write it. While the database is away, rows wait, up to a bound."""
        with self._turn:
            self._take_in()
            if not self._waiting and not self._answers:
                return
            try:
                self._tell_answers()
                self._write_out()
            except DatabaseError as error:
                self._note_failure(error)
            else:
                self._is_failing = False
            finally:
                table.close()

    def count(self) -> None:
        """Bring the metrics up to this moment."""
        with self._turn:
            self._take_in()
        if self._waiting or self._answers:
            self._wake.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._closing.wait(_PAUSE_SECONDS)
            self._wake.clear()
            self.flush()
            if self._waiting or self._answers:
                self._wake.set()

    def _take_in(self) -> None:
        for _ in range(len(self._noted)):
            context = self._noted.popleft()
            row = rows.row_of(context)
            rows.count(row)
            if context.is_audited:
                self._answers.append(audit_events.response_event(context, row.status, row.code))
            if not self._keeps_rows:
                continue
            if len(self._waiting) >= MOST_WAITING:
                metrics.LOG_DROPPED.inc()
                self._waiting.popleft()
            self._waiting.append(row)

    def _tell_answers(self) -> None:
        """To the audit, which has what was asked since before it was done."""
        while self._answers:
            batch = [self._answers[place] for place in range(min(_BATCH, len(self._answers)))]
            try:
                audit_events.record_all(batch)
            except (DataError, IntegrityError) as error:  # would fail for ever
                log.error("answers could not be audited", count=len(batch), reason=type(error).__name__)
            for _ in batch:
                self._answers.popleft()

    def _write_out(self) -> None:
        while self._waiting:
            batch = [self._waiting[place] for place in range(min(_BATCH, len(self._waiting)))]
            try:
                self._write(batch)
            except (DataError, IntegrityError) as error:  # would fail for ever
                log.error("requests could not be logged", count=len(batch), reason=type(error).__name__)
                metrics.LOG_DROPPED.inc(len(batch))
            else:
                metrics.LOG_ROWS.inc(len(batch))
            for _ in batch:
                self._waiting.popleft()

    def _note_failure(self, error: DatabaseError) -> None:
        if not self._is_failing:
            log.warning("the request log waits for the database", reason=type(error).__name__)
        self._is_failing = True

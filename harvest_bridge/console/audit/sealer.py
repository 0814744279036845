"""The thread that seals audit rows soon after they were written, in web processes and workers."""

from __future__ import annotations

import threading

import structlog
from django.db import connection

from harvest_bridge.api.outages import log_and_continue

from .sealing import seal

log = structlog.get_logger(__name__)

_PAUSE_SECONDS = 1.0
_CLOSING_SECONDS = 10.0


class Sealer:
    """One per process. `wake` costs the writer nothing; rows of other processes are found by whoever looks at times."""

    def __init__(self) -> None:
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        if not self._wake.is_set():
            self._wake.set()

    def start(self, *, looks_every_seconds: float | None = None) -> None:
        """Without an interval the thread sleeps for as long as nothing is written here."""
        if self._thread is None:
            self._closing.clear()
            self._thread = threading.Thread(
                target=self._run, args=(looks_every_seconds,), name="audit-sealer", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Seal what there is, and stop."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._closing.set()
            self._wake.set()
            thread.join(_CLOSING_SECONDS)

    def _run(self, looks_every_seconds: float | None) -> None:
        while not self._closing.is_set():
            self._wake.wait(looks_every_seconds)
            self._closing.wait(_PAUSE_SECONDS)
            self._wake.clear()
            with log_and_continue(log, "the audit could not be sealed"):
                try:
                    seal()
                finally:
                    connection.close()


sealer = Sealer()

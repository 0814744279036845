"""The dispatcher beside a worker's jobs: in a thread of its own, in one worker at a time.

The lock dies with its process, so after a kill the next worker, or the same one started anew, goes on at once. Where
another worker has it after a restart of the database, this one stops.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge import file_descriptors
from harvest_bridge.api import locks
from harvest_bridge.api.outages import log_and_continue

from .dispatcher import Dispatcher
from .sending import Sender

log = structlog.get_logger(__name__)

_LOCK = "webhook deliveries"
_TRY_EVERY_SECONDS = 1.0
_NAME_THREADS = 64  # a name that nobody answers for holds one for long
_LONGEST_END_SECONDS = 5.0


class DeliveryThread:
    """One per process. `clock` says what time it is for schedules."""

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now) -> None:
        self.clock = clock
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_over = threading.Event()
        self._running: tuple[asyncio.AbstractEventLoop, Dispatcher] | None = None

    def start(self) -> None:
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """What is under way may end, for a few seconds; what does not is sent again by whoever comes next."""
        self._is_over.set()
        if running := self._running:
            loop, dispatcher = running
            loop.call_soon_threadsafe(dispatcher.stop)
        if self._thread is not None:
            self._thread.join(_LONGEST_END_SECONDS)

    def _run(self) -> None:
        file_descriptors.raise_limit()
        while not self._is_over.is_set():
            with log_and_continue(log, "deliveries were interrupted"):
                if locks.acquire(_LOCK):
                    self._deliver()
            self._is_over.wait(_TRY_EVERY_SECONDS)

    def _deliver(self) -> None:
        try:
            asyncio.run(self._dispatch())
        finally:
            self._running = None
            locks.release(_LOCK)
            close_old_connections()

    async def _dispatch(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(_NAME_THREADS, thread_name_prefix="webhook-names"))
        sender = Sender()
        dispatcher = Dispatcher(sender, clock=self.clock, may_deliver=lambda: locks.is_held(_LOCK))
        self._running = (loop, dispatcher)
        log.info("delivering webhooks")
        try:
            if not self._is_over.is_set():
                await dispatcher.run()
        finally:
            await sender.aclose()


delivery_thread = DeliveryThread()

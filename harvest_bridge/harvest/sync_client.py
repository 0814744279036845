"""The client for synchronous callers: views, workers, commands.

A call runs on the process's I/O loop: the ASGI server's own where there is one (`adopt`), else a loop in a daemon
thread that starts with the first call. So a process has one connection pool and one pacer, and its callers only wait.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from harvest_bridge.harvest.budgets import BudgetMeter, Lane
from harvest_bridge.harvest.callers_thread import wait_and_serve
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import TokenSource
from harvest_bridge.harvest.errors import HarvestTimeout
from harvest_bridge.harvest.gateway import DEFAULT_DEADLINE_SECONDS, Gateway
from harvest_bridge.harvest.operations.operation import Auth, Operation
from harvest_bridge.harvest.retries import as_seen_by

T = TypeVar("T")

_CLOSING_SECONDS = 10.0
_GRACE_SECONDS = 5.0


class SyncClient:
    """One per process; the module's functions are the methods of the only one."""

    def __init__(self) -> None:
        self._config: HarvestConfig | None = None
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._gateway: Gateway | None = None
        self._left_behind: list[object] = []
        os.register_at_fork(after_in_child=self._start_afresh)

    def configure(self, config: HarvestConfig) -> None:
        """Say once where Harvest is and who we are. Does no I/O. Calling it again drops what was built before."""
        if self._config is not None and config != self._config:
            self.close()
        self._config = config

    def wait_for(
        self,
        operation: Operation[T],
        *,
        source: TokenSource | None = None,
        lane: Lane = Lane.API,
        timeout: float = DEFAULT_DEADLINE_SECONDS,
        meter: BudgetMeter | None = None,
        max_wait: float | None = None,
    ) -> T:
        """`Gateway.perform` from a thread: wait for the answer, or for the error that ends the call.

        Units: `timeout` is seconds for everything, the wait for budget included; `max_wait` bounds that wait alone.
        Errors: as `Gateway.perform`; RuntimeError from the loop's own thread, which would wait for itself for ever.
        """
        loop, gateway = self._running()
        call = gateway.perform(operation, source=source, lane=lane, deadline=timeout, meter=meter, max_wait=max_wait)
        try:
            return wait_and_serve(call, loop, seconds=timeout + self._max_wait(operation))
        except TimeoutError as error:  # the loop is stuck or was stopped without `release`
            silence = HarvestTimeout("The I/O loop of the bridge does not answer.", retry_after=1)
            raise as_seen_by(silence, is_repeatable=operation.is_repeatable, has_left=True) from error

    def run(self, work: Callable[[], Coroutine[Any, Any, T]], *, seconds: float) -> T:
        """Await `work()` on the I/O loop from another thread, which serves its jobs meanwhile (`callers_thread`).

        Errors: those of `work`; TimeoutError when nothing comes from the loop for `seconds`; RuntimeError as above.
        """
        loop, _ = self._running()
        return wait_and_serve(work(), loop, seconds=seconds)

    def _max_wait(self, operation: Operation[Any]) -> float:
        """Seconds beyond the deadline in which the loop must have answered; a token grant may take long."""
        if operation.auth is not Auth.CLIENT:
            return _GRACE_SECONDS
        return _GRACE_SECONDS + self._require_config().timeouts.grant

    def gateway(self) -> Gateway:
        """The process's gateway, for code that runs on the I/O loop. Errors: RuntimeError elsewhere."""
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("not the loop that the client adopted; use sync_client.wait_for from other threads")
        with self._lock:
            gateway = self._gateway = self._gateway or Gateway.from_config(self._require_config())
        return gateway

    def adopt(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on calls run on this loop; the server's start-up hook says so, and its shutdown `release`s it."""
        self.close()
        with self._lock:
            self._loop, self._gateway = loop, None

    async def release(self) -> None:
        """Close everything on the adopted loop, before the server stops it."""
        with self._lock:
            gateway, self._gateway, self._loop = self._gateway, None, None
        if gateway is not None:
            await gateway.aclose()

    def close(self) -> None:
        """Close our own loop's connections and end its thread; without one, do nothing. The next call starts anew."""
        with self._lock:
            loop, thread, gateway = self._loop, self._thread, self._gateway
            if thread is None or loop is None:
                return
            self._loop = self._thread = self._gateway = None
        if gateway is not None:
            with contextlib.suppress(TimeoutError):
                asyncio.run_coroutine_threadsafe(gateway.aclose(), loop).result(_CLOSING_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_CLOSING_SECONDS)

    def _running(self) -> tuple[asyncio.AbstractEventLoop, Gateway]:
        config = self._require_config()
        with self._lock:
            loop = self._loop
            if loop is None or loop.is_closed():
                loop = self._start_thread()
            gateway = self._gateway = self._gateway or Gateway.from_config(config)
        if loop is _current_loop():
            raise RuntimeError(
                "sync_client.wait_for would wait for its own thread; await sync_client.gateway().perform(…) there"
            )
        return loop, gateway

    def _start_thread(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        self._gateway = None
        self._loop = loop
        self._thread = threading.Thread(target=_run, args=(loop,), name="harvest-io", daemon=True)
        self._thread.start()
        return loop

    def _require_config(self) -> HarvestConfig:
        if self._config is None:
            raise RuntimeError("sync_client.configure(HarvestConfig(…)) has not been called")
        return self._config

    def _start_afresh(self) -> None:
        """In the child after a fork: neither lock nor thread nor sockets of the parent are of use there.

        They are kept, not dropped, since dropping would close what is the parent's to close.
        """
        self._left_behind += [self._loop, self._gateway]
        self._lock = threading.Lock()
        self._loop = self._thread = self._gateway = None


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        _cancel_all(loop)
    finally:
        loop.close()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


def _current_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


_client = SyncClient()
configure = _client.configure
wait_for = _client.wait_for
run = _client.run
gateway = _client.gateway
adopt = _client.adopt
release = _client.release
close = _client.close
atexit.register(close)

"""Work that must happen in the thread of the synchronous caller, not on the I/O loop.

A token source over a database has to use the caller's own database connection, and its open transaction. The caller's
thread is idle anyhow while it waits for Harvest, so it serves such work until its call is done.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import os
import threading
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from queue import Empty, SimpleQueue
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_WORKERS = 8
_waiting: ContextVar[_WaitingThread] = ContextVar("the caller's thread")


async def in_callers_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in the thread that waits (`sync_client.wait_for`); asynchronous callers have none: in a worker thread.

    Errors: those of `work`; asyncio.CancelledError when the thread no longer waits.
    """
    thread = _waiting.get(None)
    if thread is None:
        return await _in_worker_thread(functools.partial(work, *args, **kwargs))
    job = _Job(functools.partial(work, *args, **kwargs))
    thread.hand_over(job)
    return await asyncio.wrap_future(job.outcome)


async def in_callers_thread_or_another(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for work that must be done also when the caller has given up: then in a worker thread.

    Work that was not begun in the caller's thread is begun once, elsewhere.
    """
    try:
        return await in_callers_thread(work, *args, **kwargs)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
    return await _in_worker_thread(functools.partial(work, *args, **kwargs))


def wait_and_serve(call: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop, *, seconds: float) -> T:
    """Wait for `call` on `loop`, serving its jobs here. Whatever ends our wait, such as Ctrl-C, ends the call.

    A job that has begun is finished even when the call's time is up, so a token renewal is always stored.
    Errors: TimeoutError when nothing comes from the loop for `seconds`; otherwise the call's own.
    """
    thread = _WaitingThread()

    async def call_with_jobs() -> T:
        _waiting.set(thread)
        return await call

    future = asyncio.run_coroutine_threadsafe(call_with_jobs(), loop)
    future.add_done_callback(lambda _: thread.leave_when_idle())
    try:
        thread.serve(seconds)
        return future.result()
    finally:
        future.cancel()
        thread.leave()


class _Workers:
    """Threads for work that is short, apart from the loop's own few, on which requests depend."""

    def __init__(self) -> None:
        self._pool: concurrent.futures.ThreadPoolExecutor | None = None
        os.register_at_fork(after_in_child=self._start_afresh)

    async def run(self, work: Callable[[], T]) -> T:
        self._pool = self._pool or concurrent.futures.ThreadPoolExecutor(_WORKERS, thread_name_prefix="harvest-work")
        return await asyncio.get_running_loop().run_in_executor(self._pool, copy_context().run, work)

    def _start_afresh(self) -> None:
        self._pool = None


_in_worker_thread = _Workers().run


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self.outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._work = work

    def run(self) -> None:
        if not self.outcome.set_running_or_notify_cancel():
            return
        try:
            self.outcome.set_result(self._work())
        except BaseException as error:
            # Ctrl-C is for this thread; raised on the loop it would end that.
            is_ours = not isinstance(error, Exception)
            self.outcome.set_exception(concurrent.futures.CancelledError() if is_ours else error)
            if is_ours:
                raise


class _WaitingThread:
    """A thread that waits, and the jobs for it. A job that comes too late, or is not reached, is cancelled."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._has_left = False

    def hand_over(self, job: _Job[Any]) -> None:
        with self._lock:
            if self._has_left:
                job.outcome.cancel()
            else:
                self._jobs.put(job)

    def serve(self, seconds: float) -> None:
        """Errors: TimeoutError after `seconds` without a job or the end."""
        try:
            while (job := self._jobs.get(timeout=seconds)) is not None:
                job.run()
        except Empty as error:
            raise TimeoutError from error

    def leave_when_idle(self) -> None:
        self._jobs.put(None)

    def leave(self) -> None:
        with self._lock:
            self._has_left = True
        while not self._jobs.empty():
            if (job := self._jobs.get()) is not None:
                job.outcome.cancel()

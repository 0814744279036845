"""Work that must happen in the thread of the synchronous caller, not on the I/O loop.

A token source over a database has to use the caller's own database connection, and its open transaction. The caller's
thread is idle anyhow while it waits for Harvest, so it serves such work until its call is done.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
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
    loop.call_soon_threadsafe(thread.begin, call)
    try:
        thread.serve(seconds)
        outcome: T = thread.outcome()
        return outcome
    finally:
        thread.leave(loop)


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
        self._task: asyncio.Task[Any] | None = None

    def begin(self, call: Coroutine[Any, Any, Any]) -> None:
        """On the loop, with the context of the caller."""
        if self._has_left:
            call.close()
            return
        _waiting.set(self)
        self._task = asyncio.get_running_loop().create_task(call)
        self._task.add_done_callback(self._end)

    def hand_over(self, job: _Job[Any]) -> None:
        with self._lock:
            if self._has_left:
                job.outcome.cancel()
            else:
                self._jobs.put(job)

    def serve(self, seconds: float) -> None:
        """Until the call is done. Errors: TimeoutError after `seconds` without a job or the end."""
        try:
            while (job := self._jobs.get(timeout=seconds)) is not None:
                job.run()
        except Empty as error:
            raise TimeoutError from error

    def outcome(self) -> Any:
        """What the call gave, once it is done. Errors: the call's own; concurrent.futures.CancelledError."""
        if self._task is None or self._task.cancelled():
            raise concurrent.futures.CancelledError
        return self._task.result()

    def leave(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the call, where that is not done yet, and let go of its answer.

        The call's contexts hold us, and the loop holds those of its timers, cancelled ones too, until their time comes.
        """
        with self._lock:
            self._has_left = True
        if self._task is not None and self._task.done():
            self._task = None
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and its calls with it
                loop.call_soon_threadsafe(self._cancel)
        while not self._jobs.empty():
            if (job := self._jobs.get()) is not None:
                job.outcome.cancel()

    def _end(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled():
            task.exception()  # seen, so that asyncio does not complain where the thread has left
        self._jobs.put(None)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

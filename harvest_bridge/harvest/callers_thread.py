"""Work that must happen in the thread of the synchronous caller, not on the I/O loop.

A token source over a database has to use the caller's own database connection, and its open transaction. The caller's thread is idle
anyhow while it waits for Harvest, so it serves such work until its call is done.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Job = Callable[[], None]

_jobs: ContextVar[SimpleQueue[Job | None]] = ContextVar("jobs of the caller's thread")


async def in_callers_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in the thread that waits in `door.send`; for asynchronous callers, who have none, in a worker thread."""
    jobs = _jobs.get(None)
    if jobs is None:
        return await asyncio.to_thread(work, *args, **kwargs)
    done: concurrent.futures.Future[T] = concurrent.futures.Future()

    def job() -> None:
        try:
            done.set_result(work(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 (handed to whoever awaits it, which raises it)
            done.set_exception(error)

    jobs.put(job)
    return await asyncio.wrap_future(done)


def wait_and_serve(call: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop, *, seconds: float) -> T:
    """Wait for `call` on `loop`, serving its jobs here. Whatever ends our wait, such as Ctrl-C, ends the call.

    A job that has begun is finished even when the call's time is up, so a token renewal is always stored.
    Errors: TimeoutError when nothing comes from the loop for `seconds`; otherwise the call's own.
    """
    jobs: SimpleQueue[Job | None] = SimpleQueue()

    async def call_with_jobs() -> T:
        _jobs.set(jobs)
        return await call

    future = asyncio.run_coroutine_threadsafe(call_with_jobs(), loop)
    future.add_done_callback(lambda _: jobs.put(None))
    try:
        while (job := jobs.get(timeout=seconds)) is not None:
            job()
        return future.result()
    except Empty as error:
        raise TimeoutError from error
    finally:
        future.cancel()

"""Writes rows beside a request: at once, or by and by while the database is busy or away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection as database

from .database_connections import lock_timeout
from .outages import best_effort

_LONGEST_WAIT_MILLISECONDS = 1_000
_TRY_EVERY_SECONDS = 1.0


def write_eventually(work: Callable[[], None], *, tries: int, thread_name: str) -> None:
    """Never fails for an outage: `work` is then tried once a second, up to `tries` times, in a thread of its own."""
    if not _is_done(work):
        threading.Thread(target=_try_again, args=(work, tries), name=thread_name, daemon=True).start()


def _is_done(work: Callable[[], None]) -> bool:
    def soon() -> bool:
        with lock_timeout(milliseconds=_LONGEST_WAIT_MILLISECONDS):
            work()
        return True

    return best_effort(soon) is not None


def _try_again(work: Callable[[], None], tries: int) -> None:
    for _ in range(tries):
        time.sleep(_TRY_EVERY_SECONDS)
        try:
            if _is_done(work):
                return
        finally:
            database.close()

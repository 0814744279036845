"""Results that could not be stored because the database was away: kept in memory and written when it is back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .database_connections import lock_timeout
from .outages import best_effort

_MOST_KEPT = 1_000
_LONGEST_WAIT_MILLISECONDS = 2_000


class DeferredWrites:
    """One per process; the oldest make room. A write that has nothing to say any more is an update of no row."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: dict[str, Callable[[], object]] = {}

    def write(self, name: str, work: Callable[[], object]) -> None:
        """Do it, or keep it. Never fails for an outage: whoever writes has a deed's outcome to tell."""

        def soon() -> tuple[object]:
            with lock_timeout(milliseconds=_LONGEST_WAIT_MILLISECONDS):
                return (work(),)

        if best_effort(soon) is not None:
            return
        with self._guard:
            if len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[name] = work

    def catch_up(self, name: str) -> None:
        """Do what was kept under this name. Errors: those of an outage that goes on."""
        with self._guard:
            work = self._kept.get(name)
        if work is not None:
            work()
            with self._guard:
                self._kept.pop(name, None)


kept_writes = DeferredWrites()

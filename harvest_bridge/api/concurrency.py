"""Limits the requests that one customer may have under way in a process, so that threads are left for others."""

from __future__ import annotations

import threading
from collections import Counter

from harvest_bridge.errors import BridgeError
from harvest_bridge.file_descriptors import shares

# Of the threads that answer (`console/django_app.py`). Of 500 it is more than Harvest's allowance serves in
# HARVEST_TIMEOUT_SECONDS.
_SHARE_OF_THREADS = 4


def most_at_once(threads: int) -> int:
    """A quarter of the threads, so that one customer never has them all."""
    return max(1, threads // _SHARE_OF_THREADS)


class TooManyAtOnce(BridgeError):
    """Nothing was done. Who sends fewer at a time loses nothing: more than these could only wait."""

    status = 429
    code = "too_many_at_once"


class Concurrency:
    """Requests under way, by whose they are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._guard = threading.Lock()
        self._under_way: Counter[str] = Counter()

    def enter(self, key: str) -> None:
        """Errors: TooManyAtOnce."""
        with self._guard:
            if self._under_way[key] >= self._most:
                raise TooManyAtOnce(f"More than {self._most} requests of this customer at once.", retry_after=1)
            self._under_way[key] += 1

    def leave(self, key: str) -> None:
        with self._guard:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]


concurrency = Concurrency(most_at_once(shares().threads))

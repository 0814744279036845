"""Limits the requests that one customer may have under way in a process, so that threads are left for others."""

from __future__ import annotations

import threading
from collections import Counter

from harvest_bridge.errors import BridgeError

# A quarter of the threads that answer (`console/django_app.py`), and more than Harvest's allowance serves in
# HARVEST_TIMEOUT_SECONDS.
MOST_AT_ONCE = 125


class TooManyAtOnce(BridgeError):
    """Nothing was done. Who sends fewer at a time loses nothing: more than these could only wait."""

    status = 429
    code = "too_many_at_once"


class Concurrency:
    """Requests under way, by whose they are."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._under_way: Counter[str] = Counter()

    def enter(self, key: str) -> None:
        """Errors: TooManyAtOnce."""
        with self._guard:
            if self._under_way[key] >= MOST_AT_ONCE:
                raise TooManyAtOnce(f"More than {MOST_AT_ONCE} requests of this customer at once.", retry_after=1)
            self._under_way[key] += 1

    def leave(self, key: str) -> None:
        with self._guard:
            self._under_way[key] -= 1
            if not self._under_way[key]:
                del self._under_way[key]


concurrency = Concurrency()

"""An in-process cache whose entries are never evicted early: attempt counters and spent states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache

_SMALLEST_SWEEP = 1000
# By the cache's name, as its entries are: every thread has an object of its own over the same entries.
_next_sweeps: dict[str, int] = {}


class LastingMemoryCache(LocMemCache):
    """Django's own, but full it forgets only what has expired.

    Entries can be many, never unbounded: each is made under a rate limit by address, and lives for minutes. Sweeping
    reads all of them, so the next sweep waits until they have doubled.
    """

    _cache: dict[str, Any]
    _has_expired: Callable[[str], bool]
    _delete: Callable[[str], bool]

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(name, params)
        self._name = name
        self._max_entries = 0  # so that every write asks `_cull`

    def _cull(self) -> None:
        if len(self._cache) < _next_sweeps.get(self._name, _SMALLEST_SWEEP):
            return
        for key in [key for key in self._cache if self._has_expired(key)]:
            self._delete(key)
        _next_sweeps[self._name] = max(_SMALLEST_SWEEP, 2 * len(self._cache))

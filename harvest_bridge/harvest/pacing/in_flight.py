"""Calls in flight per bucket in this process, capped so that one cannot take all connections to Harvest."""

from __future__ import annotations

from collections import Counter

from harvest_bridge.harvest.budgets import Lane


class InFlight:
    """A call is under way from its slot until the whole of its answer is here."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way: Counter[str] = Counter()

    def has_room(self, bucket: str, lane: Lane) -> bool:
        """Clicks are few, and wait for nobody's downloads."""
        return lane is Lane.TIMER or self._under_way[bucket] < self._most

    def begin(self, bucket: str) -> None:
        self._under_way[bucket] += 1

    def end(self, bucket: str) -> None:
        self._under_way[bucket] -= 1
        if not self._under_way[bucket]:
            del self._under_way[bucket]

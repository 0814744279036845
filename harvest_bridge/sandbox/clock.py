"""The sandbox's own idea of now: the machine's clock, moved by an offset that tests and developers choose."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class Clock:
    """Shape: `now()` is aware UTC with microseconds; `stamp()` is the same cut to whole seconds, as Harvest keeps it.

    Units: `offset` is seconds added to the machine's clock; it may be negative.
    """

    def __init__(self, source: Callable[[], float] = time.time, *, offset: float = 0.0) -> None:
        self._source = source
        self.offset = offset

    def timestamp(self) -> float:
        return self._source() + self.offset

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def stamp(self) -> datetime:
        return self.now().replace(microsecond=0)

    def today(self, zone: ZoneInfo) -> date:
        return self.now().astimezone(zone).date()

    def advance(self, seconds: float) -> None:
        self.offset += seconds

"""Time and trouble: the clock, faults, and what was received."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.faults import Fault
from harvest_bridge.sandbox.interruptions import Interruption
from harvest_bridge.sandbox.journal import Journal, Received
from harvest_bridge.sandbox.testing.handle import Handle


class Trouble(Handle):
    @property
    def clock(self) -> Clock:
        return self.world.clock

    def now(self) -> datetime:
        return self.world.clock.now()

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock on: timers run, tokens expire, budgets refill, the Date header moves."""
        self.world.clock.advance(seconds)

    def fault(self, kind: str, **details: Any) -> Fault:
        """Order a fault (see faults.py), as in `fault("lost_answer", method="POST", path="/v2/time_entries")`.

        Once, unless `times=` says otherwise (None: until `clear_faults()`).
        """
        fault = msgspec.convert({"kind": kind, **details}, Fault)
        with self.world.lock:
            return self.world.faults.add(fault)

    def meanwhile(self, change: Callable[[], object], path: str = "*", *, after: int = 1) -> None:
        """Run `change` once, right before the request to `path` that comes after `after` others: as between two pages.

        It runs in the sandbox's own thread and holds the world's lock; it must not ask the sandbox over HTTP.
        """
        with self.world.lock:
            self.world.interruptions.append(Interruption(path=path, after=after, change=change))

    def clear_faults(self) -> None:
        with self.world.lock:
            self.world.faults.clear()

    @property
    def journal(self) -> Journal:
        return self.world.journal

    def requests(self, method: str | None = None, path: str | None = None) -> list[Received]:
        """Received requests, oldest first; a `path` ending in `*` matches by its beginning."""
        return self.world.journal.requests(method, path)

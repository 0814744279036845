"""Sliding windows: 100 requests in 15 s, and apart from them 100 reports in 15 min (REFERENCE §3).

Counted per access token or, by switch, per user or account.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.switches import Switches


@dataclass(frozen=True, slots=True)
class Budget:
    """Units: `limit` requests in any `seconds`; `used` of them are spent now."""

    name: str
    limit: int
    seconds: float
    used: int


class Limits:
    """Counts admitted requests only; a refused one neither costs nor prolongs anything."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._admitted: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def admit(self, purse: str, *, is_report: bool) -> int | None:
        """Take one request from a budget: None if there was room, else whole seconds until there is."""
        name = "reports" if is_report else "general"
        limit, seconds = self._allowance(name)
        window = self._window(purse, name, seconds)
        now = self._clock.timestamp()
        if len(window) < limit:
            window.append(now)
            return None
        return max(1, math.ceil(window[len(window) - limit] + seconds - now))

    def budgets(self, purse: str) -> list[Budget]:
        return [
            Budget(name, *self._allowance(name), used=len(self._window(purse, name, self._allowance(name)[1])))
            for name in ("general", "reports")
        ]

    def purses(self) -> list[str]:
        """Whose requests were counted since the last reset."""
        return list(dict.fromkeys(purse for purse, _ in self._admitted))

    def forget(self) -> None:
        self._admitted.clear()

    def _allowance(self, name: str) -> tuple[int, float]:
        switches = self._switches
        if name == "reports":
            return switches.report_requests_per_window, switches.report_window_seconds
        return switches.requests_per_window, switches.window_seconds

    def _window(self, purse: str, name: str, seconds: float) -> deque[float]:
        """The admitted moments that still count; one that lies ahead was dropped when the clock was set back."""
        window = self._admitted[purse, name]
        now = self._clock.timestamp()
        while window and window[0] <= now - seconds:
            window.popleft()
        while window and window[-1] > now:
            window.pop()
        return window

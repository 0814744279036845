"""How much of one endpoint may be under way, so that no receiver takes what others need. Times are passed in."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_IN_FLIGHT = 32
FIRST_IN_FLIGHT = 4
# A receiver that only fails is asked less often, however much waits for it.
FAILING_AFTER, FAILING_PER_SECOND = 10, 10.0
# What waited while an endpoint was stopped goes out so fast at most.
DRAIN_PER_SECOND = 100.0
_BURST_SECONDS = 0.2


@dataclass
class Pace:
    """Of one endpoint. Units: seconds of a clock that never jumps.

    As many requests at once as succeed: one more after each success, half as many after a failure.
    """

    limit: int = FIRST_IN_FLIGHT
    failures: int = 0
    in_flight: set[int] = field(default_factory=set)
    _tokens: float = 1.0
    _counted_at: float = 0.0

    def room(self, *, now: float, is_draining: bool) -> int:
        """How many requests may begin now."""
        free = max(0, self.limit - len(self.in_flight))
        rate = self._rate(is_draining)
        if rate is None:
            self._counted_at = now
            return free
        most = max(1.0, rate * _BURST_SECONDS)
        self._tokens = min(most, self._tokens + (now - self._counted_at) * rate)
        self._counted_at = now
        return min(free, int(self._tokens))

    def begin(self, delivery_id: int) -> None:
        self.in_flight.add(delivery_id)
        self._tokens = max(0.0, self._tokens - 1)

    def note(self, *, is_success: bool) -> None:
        self.failures = 0 if is_success else self.failures + 1
        self.limit = min(MOST_IN_FLIGHT, self.limit + 1) if is_success else max(1, self.limit // 2)

    def _rate(self, is_draining: bool) -> float | None:
        if self.failures >= FAILING_AFTER:
            return FAILING_PER_SECOND
        return DRAIN_PER_SECOND if is_draining else None

"""A deadline shared by all steps of one call."""

from __future__ import annotations

import time


class Deadline:
    """Counts down from `seconds` on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        return max(0.0, self._ends_at - time.monotonic())

    def allows(self, wait: float) -> bool:
        """Whether there is still time left after waiting so many seconds."""
        return wait < self.remaining

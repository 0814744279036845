"""An event loop whose time is passed in: where it would sleep, the clock moves on, so minutes take moments.

Everything that asks `time.monotonic` sees the same clock while `run` lasts: deadlines, the pacing file, the judge.
"""

from __future__ import annotations

import asyncio
import random
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


class _Clock(selectors.SelectSelector):
    """Nothing here waits for the outside, so a wait for it is only time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        self.now += max(0.0, timeout)
        return []


def run(work: Coroutine[Any, Any, T]) -> T:
    """What `work` comes to. It may use no sockets and no threads."""
    clock, chance = _Clock(), random.getstate()
    random.seed(1)  # so that a run is the same whenever it is repeated
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: clock.now)
        try:
            with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(clock)) as runner:
                return runner.run(work)
        finally:
            random.setstate(chance)

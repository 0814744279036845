"""Tunes Python's garbage collector for this kind of process."""

from __future__ import annotations

import gc

# Twenty thousand more objects are made for one page of 2,000 people, and all of them go by reference count.
_YOUNG = 100_000


def collect_seldom() -> None:
    """Once a process has started: leave what it keeps for good alone, and look for cycles less often.

    Measured on a page of 2,000 people (docs/benchmarks.md): more than half of its processor time was the collector
    walking through Django again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)

"""Keeps a process small: C's allocator and Python's garbage collector keep for good what they keep for later.

Python's threads take turns, so they gain little from heaps of their own, and each of glibc's heaps keeps its largest
load. A large answer is in pieces of its own, which go back whole.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_HEAPS = 2
_GIVES_BACK_EVERY_SECONDS = 60.0
_LARGE = 128 * 1024
# Twenty thousand more objects are made for one page of 2,000 people, and all of them go by reference count.
_YOUNG = 10_000


def bound_heaps() -> None:
    """Before a process starts threads. Only where C's library is glibc."""
    set_option = _of_glibc("mallopt")
    if set_option is not None:
        set_option(_M_ARENA_MAX, _HEAPS)
        set_option(_M_MMAP_THRESHOLD, _LARGE)
        set_option(_M_TRIM_THRESHOLD, _LARGE)


def give_back() -> None:
    """Free pages between those in use go back to the system. Takes a few milliseconds, without Python's lock."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


@asynccontextmanager
async def giving_back(every_seconds: float = _GIVES_BACK_EVERY_SECONDS) -> AsyncIterator[None]:
    """Does so again and again in a thread, as long as the block lasts."""

    async def again_and_again() -> None:
        while True:
            await asyncio.sleep(every_seconds)
            await asyncio.to_thread(give_back)

    task = asyncio.create_task(again_and_again())
    try:
        yield
    finally:
        task.cancel()


def _of_glibc(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def collect_seldom() -> None:
    """Once a process has started: leave what it keeps for good alone, and look for cycles less often.

    Measured on a page of 2,000 people (docs/benchmarks.md): more than half of its processor time was the collector
    walking through Django again and again. What is left alone makes no walk longer, so that looking more often costs
    little, and cycles do not gather: at 100,000 they held 20 MB.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 10, 10)

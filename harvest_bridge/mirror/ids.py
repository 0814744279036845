"""Sets of ids in 8 bytes each, so that a million of them take 8 MB."""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def packed(ids: Iterable[int]) -> bytes:
    return array("q", ids).tobytes()


def _unpacked(page: bytes) -> array[int]:
    found = array("q")
    found.frombytes(bytes(page))
    return found


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """As `itertools.batched` of Python 3.12 gives them."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


class IdSet:
    """Those of all pages of a listing."""

    def __init__(self, pages: Iterable[bytes]) -> None:
        self._sorted = array("q")
        for each in heapq.merge(*(array("q", sorted(_unpacked(page))) for page in pages)):
            if not self._sorted or self._sorted[-1] != each:
                self._sorted.append(each)

    def __len__(self) -> int:
        return len(self._sorted)

    def __contains__(self, wanted: int) -> bool:
        at = bisect_left(self._sorted, wanted)
        return at < len(self._sorted) and self._sorted[at] == wanted

    def lacking(self, ids: Iterable[int]) -> Iterator[int]:
        """Those of `ids` that are not in here."""
        return (each for each in ids if each not in self)

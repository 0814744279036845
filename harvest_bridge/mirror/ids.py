"""Sets of ids in 8 bytes each, so that a million of them take 8 MB."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
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
    """Those of all pages of a listing, which are gone through in their order instead of being kept once more."""

    def __init__(self, pages: Iterable[bytes]) -> None:
        self._pages = [array("q", sorted(_unpacked(page))) for page in pages]

    def __iter__(self) -> Iterator[int]:
        """Each once, in ascending order."""
        return (each for each, _ in groupby(heapq.merge(*self._pages)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def lacking(self, ids: Iterable[int]) -> Iterator[int]:
        """Those of `ids`, which ascend, that are not in here."""
        listed = iter(self)
        at = next(listed, None)
        for each in ids:
            while at is not None and at < each:
                at = next(listed, None)
            if at != each:
                yield each

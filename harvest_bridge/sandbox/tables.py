"""Where records of one kind are kept: by id, and in the order in which Harvest lists them."""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from harvest_bridge.sandbox.records.base import Record

R = TypeVar("R", bound=Record)


def newest_first(record: Record) -> tuple[int, ...]:
    """Almost every list is by creation, newest first (REFERENCE §4.3); ids are given in that order."""
    return (-record.id,)


class Table(Generic[R]):
    """Errors: KeyError from `[id]`; `get` answers None instead."""

    def __init__(self, order: Callable[[R], tuple[int, ...]] = newest_first) -> None:
        self.order = order
        self._by_id: dict[int, R] = {}
        self._rows: list[R] | None = None

    def __iter__(self) -> Iterator[R]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __getitem__(self, record_id: int) -> R:
        return self._by_id[record_id]

    def get(self, record_id: int | None) -> R | None:
        return None if record_id is None else self._by_id.get(record_id)

    def rows(self) -> list[R]:
        """All records in listing order. Kept until an order may have changed; do not alter it."""
        if self._rows is None:
            self._rows = sorted(self._by_id.values(), key=self.order)
        return self._rows

    def add(self, record: R) -> R:
        self._by_id[record.id] = record
        if self._rows is not None:
            insort(self._rows, record, key=self.order)
        return record

    def remove(self, record: R) -> None:
        del self._by_id[record.id]
        self._rows = None

    def touch(self, record: R) -> None:
        """Say that `record` was altered. Its place in the list may be another now, unless ids alone decide."""
        if self.order is not newest_first:
            self._rows = None

"""Expressions over a page of records, in a child process; what happens to one field leaves the others alone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from . import circuit_breaker
from .compilation import NotCompiled, fields_read
from .failures import BUSY, CRASHED, LATE, OUT_OF_MEMORY, PAGE_LATE, PAGE_TOO_LARGE, UNFIT, Failure, Owner
from .limits import FIELD_CPU_SECONDS, FIELD_WALL_SECONDS, MAX_PAGE_BYTES, PAGE_WALL_SECONDS
from .worker_pool import NoWorkerFree, pool
from .worker_process import Worker, WorkerLost

_ATTEMPTS = 2  # a child may die of something that was not its expression, such as an operator's `kill`


@dataclass(frozen=True)
class Column:
    """One field of a page: a value for each record, and failures by the record's place."""

    values: Sequence[Any]
    failures: Mapping[int, Failure] = field(default_factory=dict)


def failed(failure: Failure, count: int) -> Column:
    return Column([None] * count, dict.fromkeys(range(count), failure))


def evaluate(owner: Owner, expressions: Mapping[str, str], records: Sequence[Any]) -> dict[str, Column]:
    """A column for each field; never an error.

    Shape: records are JSON objects, of which a child gets only the fields that the expressions can read.
    """
    page = _Page(owner, dict(expressions), records)
    page.leave_out_paused()
    page.narrow()
    while page.todo:
        page.go_on()
    return page.columns


@dataclass
class _Page:
    owner: Owner
    todo: dict[str, str]
    records: Sequence[Any]
    columns: dict[str, Column] = field(default_factory=dict)
    until: float = field(default_factory=lambda: time.monotonic() + PAGE_WALL_SECONDS)
    deaths: int = 0
    room: int = field(default_factory=lambda: MAX_PAGE_BYTES)

    @property
    def every_field(self) -> set[str]:
        return set().union(*self.records)

    def leave_out_paused(self) -> None:
        for name, text in list(self.todo.items()):
            failure = circuit_breaker.of(self.owner, text)
            if failure:
                self._fail(name, failure)

    def narrow(self) -> None:
        """Keep of each record what can be read of it: most of a page's time is in carrying records."""
        read: set[str] = set()
        for name, text in list(self.todo.items()):
            try:
                fields = fields_read(self.owner, text)
            except NotCompiled as error:
                self._fail(name, error.failure)
            else:
                read |= self.every_field if fields is None else set(fields)
        kept = read & self.every_field
        if kept != self.every_field:
            self.records = [{name: record[name] for name in kept if name in record} for record in self.records]

    def go_on(self) -> None:
        """With one child, to the end or to its end."""
        try:
            with pool().worker(self.owner.host_app, max_wait=self._left()) as worker:
                self._run_on(worker)
        except NoWorkerFree:
            self._fail_all(BUSY)
        except WorkerLost as lost:
            self._blame(lost)

    def _run_on(self, worker: Worker) -> None:
        asked = {"expressions": list(self.todo.values()), "seconds": FIELD_CPU_SECONDS}
        try:
            worker.ask(asked | {"records": self.records}, seconds=self._left())
        except orjson.JSONEncodeError:  # nothing was sent yet
            self._fail_all(UNFIT)
        for name in list(self.todo):
            answer = worker.answer(seconds=min(FIELD_WALL_SECONDS, self._left()))
            self.room -= worker.answered_bytes
            if self.room < 0:
                self._fail_all(PAGE_TOO_LARGE)
            else:
                self._settle(name, _column(answer))
            if answer["is_spent"] or self.room < 0:
                worker.end()
                return

    def _blame(self, lost: WorkerLost) -> None:
        """The child died over the first field that has no column yet."""
        self.deaths += 1
        if self._left() <= 0:
            self._fail_all(PAGE_LATE)
        elif lost.was_late or lost.was_out_of_memory or self.deaths >= _ATTEMPTS:
            failure = LATE if lost.was_late else OUT_OF_MEMORY if lost.was_out_of_memory else CRASHED
            self._settle(next(iter(self.todo)), failed(failure, len(self.records)))

    def _settle(self, name: str, column: Column) -> None:
        self.deaths = 0
        self.columns[name] = column
        circuit_breaker.note(self.owner, self.todo.pop(name), column.failures.values())

    def _fail(self, name: str, failure: Failure) -> None:
        self.columns[name] = failed(failure, len(self.records))
        del self.todo[name]

    def _fail_all(self, failure: Failure) -> None:
        for name in list(self.todo):
            self._fail(name, failure)

    def _left(self) -> float:
        return self.until - time.monotonic()


def _column(answer: Any) -> Column:
    return Column(answer["values"], {int(place): Failure(*failure) for place, failure in answer["failures"].items()})

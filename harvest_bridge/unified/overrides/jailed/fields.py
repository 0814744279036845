"""One field of a page: the expression over every record, within its time and size."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from harvest_bridge.unified.overrides.failures import OUT_OF_MEMORY, Failure
from harvest_bridge.unified.overrides.limits import MAX_FIELD_BYTES, MAX_MEMORY_BYTES, MAX_VALUE_BYTES

from . import memory
from .expressions import FAILURES, Expression, compiled, failure_of, is_hunger, make_current, value_for

_TICK_SECONDS = 0.25
_NULL = orjson.Fragment(b"null")
_TOO_LARGE = Failure("mapping_too_large", f"The value is larger than {MAX_VALUE_BYTES // 1024} KB.")
_PAGE_TOO_LARGE = Failure("mapping_too_large", f"The page's values are larger than {MAX_FIELD_BYTES // 2**20} MB.")


class OutOfTime(BaseException):
    """No library's `except Exception` swallows it."""


def _raise_out_of_time(*_: Any) -> None:
    raise OutOfTime


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Errors: OutOfTime, after so many seconds of CPU; again and again, should something swallow the first."""
    signal.signal(signal.SIGPROF, _raise_out_of_time)
    signal.setitimer(signal.ITIMER_PROF, seconds, _TICK_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class Field:
    """The answer for one field. Shape: a value for each record, and the failures by the record's place."""

    def __init__(self) -> None:
        self.values: list[orjson.Fragment] = []
        self.failures: dict[str, Failure] = {}
        self.is_spent = False  # memory ran out, or nearly so: this process should not go on
        self._bytes = 0

    def fill(self, owner: str, text: str, records: list[Any], *, seconds: float) -> None:
        """Never more than `seconds` of CPU."""
        stopped = self._go_through(owner, text, records, seconds=seconds)
        if memory.left() < MAX_MEMORY_BYTES // 2:
            self.is_spent = True
            gc.collect()
        if stopped is not None:
            self._fail_the_rest(stopped, records)

    def _go_through(self, owner: str, text: str, records: list[Any], *, seconds: float) -> Failure | None:
        """Why it ended early, if it did. What to do then is for the caller: an error keeps all that it grew out of."""
        try:
            with within(seconds):
                expression = compiled(owner, text)
                make_current(expression)
                for record in records:
                    self._add(expression, record)
        except OutOfTime:
            return Failure("mapping_timeout", f"The expression ran for more than {seconds:g} s.")
        except MemoryError:
            self.is_spent = True
            return OUT_OF_MEMORY
        except FAILURES as error:
            return failure_of(error)
        return None

    def _add(self, expression: Expression, record: Any) -> None:
        try:
            found = value_for(expression, record)
            value = orjson.dumps(found) if memory.can_be_written(found) else None
        except FAILURES as error:
            if is_hunger(error):
                raise MemoryError from error
            self._fail(failure_of(error))
            return
        if value is None:
            self._fail(_TOO_LARGE)
            return
        self._bytes += len(value)
        if len(value) > MAX_VALUE_BYTES:
            self._fail(_TOO_LARGE)
        elif self._bytes > MAX_FIELD_BYTES:
            self._fail(_PAGE_TOO_LARGE)
        else:
            self.values.append(orjson.Fragment(value))

    def _fail(self, failure: Failure) -> None:
        self.failures[str(len(self.values))] = failure
        self.values.append(_NULL)

    def _fail_the_rest(self, failure: Failure, records: list[Any]) -> None:
        while len(self.values) < len(records):
            self._fail(failure)

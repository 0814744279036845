"""One field of a page: the expression over every record, within its time and size."""

from __future__ import annotations

import time
from typing import Any

import orjson
from jlens import Expression

from harvest_bridge.unified.overrides.failures import FIELD_TOO_LARGE, SLOW, TOO_LARGE, Failure
from harvest_bridge.unified.overrides.limits import MAX_FIELD_BYTES, MAX_VALUE_BYTES

from .expressions import compiled, failure_of, is_timeout, value_for
from .integers import LargeIntegers, as_json

_NULL = orjson.Fragment(b"null")
_SHORTEST_SECONDS = 0.001


class OutOfTime(Exception):
    """The field has had its processor time."""


class Field:
    """The answer for one field. Shape: a value for each record, and the failures by the record's place."""

    def __init__(self, *, seconds: float, has_large_integers: bool = False) -> None:
        self.values: list[orjson.Fragment] = []
        self.failures: dict[str, Failure] = {}
        self._until = time.process_time() + seconds
        self._now = time.time_ns() // 1_000_000  # `$now()` is the same for all records
        self._has_large_integers = has_large_integers
        self._bytes = 0

    def fill(self, text: str, records: list[Any]) -> None:
        try:
            expression = compiled(text)
            for record in records:
                self._add(expression, record)
        except OutOfTime:
            self._fail_the_rest(SLOW, records)
        except Exception as error:  # noqa: BLE001 (the field fails, and nothing else)
            self._fail_the_rest(failure_of(error), records)

    def _add(self, expression: Expression, record: Any) -> None:
        try:
            value = as_json(self._value(expression, record))
        except OutOfTime:
            raise
        except Exception as error:  # noqa: BLE001 (the record fails, and nothing else)
            self._fail(failure_of(error))
            return
        self._bytes += len(value)
        if len(value) > MAX_VALUE_BYTES:
            self._fail(TOO_LARGE)
        elif self._bytes > MAX_FIELD_BYTES:
            self._fail(FIELD_TOO_LARGE)
        else:
            self.values.append(orjson.Fragment(value))

    def _value(self, expression: Expression, record: Any) -> Any:
        if not self._has_large_integers:
            return self._within_time(expression, record)
        integers = LargeIntegers(record)
        return integers.put_back(self._within_time(expression, integers.record))

    def _within_time(self, expression: Expression, record: Any) -> Any:
        """jlens stops by the clock, we by processor time: on a busy machine it is asked again. Errors: OutOfTime."""
        while (left := self._until - time.process_time()) > _SHORTEST_SECONDS:
            try:
                return value_for(expression, record, now=self._now, seconds=left)
            except Exception as error:
                if not is_timeout(error):
                    raise
        raise OutOfTime

    def _fail(self, failure: Failure) -> None:
        self.failures[str(len(self.values))] = failure
        self.values.append(_NULL)

    def _fail_the_rest(self, failure: Failure, records: list[Any]) -> None:
        while len(self.values) < len(records):
            self._fail(failure)

"""JSONata, with what it needs to be used again and again: compiled once, and every record starting afresh."""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any

import orjson
from jsonata import JException, Jsonata, Utils

from harvest_bridge.unified.overrides.failures import Failure

# What jsonata-python lets through besides its own error: Python's, from the inside of its functions.
FAILURES = (
    RuntimeError,  # JException and RecursionError among them
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    StopIteration,
    TypeError,
    ValueError,
    re.error,
)
_MESSAGE_CHARACTERS = 300
_MISSING = object()
_LITERALS = {"string", "number"}


class _Refused(Jsonata.JFunctionCallable, Jsonata.JFunctionSignatureValidation):  # type: ignore[misc]
    """Stands where `$eval` does: an expression inside a record's data is nobody's mapping."""

    def validate(self, args: Any, context: Any) -> Any:
        return args

    def call(self, input: Any, args: Any) -> Any:
        raise JException("D3137", -1, "$eval is not available in mappings")


_REFUSED = _Refused()


class Expression(Jsonata):  # type: ignore[misc]  # the library has no types
    """JSONata with short ways for literals and for `a.b.c` over plain objects, which is most of what mappings do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.base = self.environment  # evaluation overwrites `environment`

    def eval(self, expr: Any, input: Any, environment: Any) -> Any:
        """Without the search for this thread's instance, and what only `$eval` needs: a child has one thread."""
        if expr.type in _LITERALS and expr.predicate is None and expr.group is None:
            return expr.value
        return self._eval(expr, input, environment)

    def evaluate_path(self, expr: Any, input: Any, environment: Any) -> Any:
        names = vars(expr).get("plain_names")
        if names is None:
            names = expr.plain_names = _plain_names(expr)
        value = input
        for name in names:
            if type(value) is not dict:
                return super().evaluate_path(expr, input, environment) if isinstance(value, list) else None
            value = value.get(name, _MISSING)
            if value is _MISSING:
                return None
            if value is None:
                value = Utils.NULL_VALUE
        return value if names else super().evaluate_path(expr, input, environment)


def _plain_names(path: Any) -> tuple[str, ...]:
    """The names of a path that has nothing but names; empty for any other."""
    is_plain = path.group is None and not path.keep_singleton_array and all(map(_is_plain, path.steps))
    return tuple(str(step.value) for step in path.steps) if is_plain else ()


def _is_plain(step: Any) -> bool:
    marks = (step.stages, step.predicate, step.group, step.tuple, step.focus, step.index)
    return step.type == "name" and not step.keep_array and not any(mark is not None for mark in marks)


@lru_cache(maxsize=256)
def compiled(owner: str, text: str) -> Expression:
    """`owner` keeps what evaluation leaves in a syntax tree from everybody else. Errors: FAILURES."""
    return Expression(text)


def make_current(expression: Expression) -> None:
    """jsonata-python reads `$now()` and the regex engine from the expression compiled last, whichever that was."""
    expression.timestamp = time.time_ns() // 1_000_000
    Jsonata.CURRENT.jsonata = expression


def value_for(expression: Expression, record: Any) -> Any:
    """What the expression makes of one record; undefined is None. Errors: FAILURES.

    `Jsonata.evaluate` keeps top-level variables from one call to the next and walks the whole record to look for
    values that JSON has not. So the frame is new each time, and the record is not walked: four times as fast.
    """
    frame = expression.create_frame(expression.base)
    frame.bindings = {"$": record, "eval": _REFUSED, "__evaluate_entry": None, "__evaluate_exit": None}
    return Utils.convert_nulls(expression.eval(expression.ast, record, frame))


def is_hunger(error: BaseException) -> bool:
    """jsonata-python takes some MemoryErrors for mistakes in the expression."""
    return isinstance(error.__context__, MemoryError)


def failure_of(error: BaseException) -> Failure:
    if isinstance(error, JException):
        return Failure("mapping_failed", str(error)[:_MESSAGE_CHARACTERS], max(error.get_location(), 0) or None)
    if isinstance(error, orjson.JSONEncodeError):
        return Failure("mapping_failed", "The result is a function, or holds one, or a number beyond 64 bits.")
    if isinstance(error, RecursionError):
        return Failure("mapping_failed", "The expression calls itself too deeply.")
    return Failure("mapping_failed", f"This record does not fit the expression: {error}"[:_MESSAGE_CHARACTERS])

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
_MISSING, _UNCLEAR = object(), object()


class _Refused(Jsonata.JFunctionCallable):  # type: ignore[misc]
    """Stands where `$eval` does: an expression inside a record's data is nobody's mapping."""

    def call(self, input: Any, args: Any) -> Any:
        raise JException("D3137", -1, "$eval is not available in mappings")


_REFUSED = Jsonata.JFunction(_Refused(), None)


class Expression(Jsonata):  # type: ignore[misc]  # the library has no types
    """JSONata with short ways for literals, `&`, and `a.b.c` over plain objects: most of what mappings do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.base = self.environment  # evaluation overwrites `environment`

    def eval(self, expr: Any, input: Any, environment: Any) -> Any:
        """Without the search for this thread's instance, and what only `$eval` needs: a child has one thread."""
        short = _SHORT.get(expr.type) if expr.predicate is None and expr.group is None else None
        if short is not None:
            value = short(self, expr, input, environment)
            if value is not _UNCLEAR:
                return value
        return self._eval(expr, input, environment)


def _literal(_: Expression, expr: Any, input: Any, environment: Any) -> Any:
    return expr.value


def _variable(_: Expression, expr: Any, input: Any, environment: Any) -> Any:
    found = environment.lookup(expr.value) if expr.value else _UNCLEAR
    return _UNCLEAR if isinstance(found, list) else found


def _joined(expression: Expression, expr: Any, input: Any, environment: Any) -> Any:
    if expr.value != "&":
        return _UNCLEAR
    left, right = expression.eval(expr.lhs, input, environment), expression.eval(expr.rhs, input, environment)
    both = type(left) is type(right) is str
    return left + right if both else expression.evaluate_string_concat(left, right)


def _path(_: Expression, expr: Any, input: Any, environment: Any) -> Any:
    plain = vars(expr).get("plain")
    if plain is None:
        plain = expr.plain = _plain(expr)
    names, place = plain
    value = input
    for name in names:
        if type(value) is not dict:
            return _UNCLEAR if isinstance(value, list) else None
        value = value.get(name, _MISSING)
        if value is _MISSING:
            return None
        if value is None:
            value = Utils.NULL_VALUE
    if place is not None and type(value) is list:
        value = value[place] if place < len(value) else None
        return _UNCLEAR if value is None or type(value) is list else value
    return value if names and not place else _UNCLEAR


# What is done without the library's own ways around each node, as long as nothing is asked of its value afterwards.
_SHORT = {"string": _literal, "number": _literal, "variable": _variable, "binary": _joined, "path": _path}


def _plain(path: Any) -> tuple[tuple[str, ...], int | None]:
    """The names of a path that has nothing else, but perhaps a place in the last, as in `a.b[0]`; empty for others."""
    *before, last = path.steps
    place = _place(last)
    is_plain = path.group is None and not path.keep_singleton_array
    is_plain = is_plain and all(map(_is_plain, before)) and (place is not None or _is_plain(last))
    return (tuple(str(step.value) for step in path.steps), place) if is_plain else ((), None)


def _is_plain(step: Any) -> bool:
    return not step.stages and _is_name(step)


def _place(step: Any) -> int | None:
    """`[0]` and the like, where that is all there is besides the name."""
    if not _is_name(step) or len(step.stages or ()) != 1 or step.stages[0].expr.type != "number":
        return None
    place = step.stages[0].expr.value
    return place if type(place) is int and place >= 0 else None


def _is_name(step: Any) -> bool:
    marks = (step.predicate, step.group, step.tuple, step.focus, step.index)
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


def failure_of(error: BaseException) -> Failure:
    if isinstance(error, JException):
        return Failure("mapping_failed", str(error)[:_MESSAGE_CHARACTERS], max(error.get_location(), 0) or None)
    if isinstance(error, orjson.JSONEncodeError):
        return Failure("mapping_failed", "The result is a function, or holds one, or a number beyond 64 bits.")
    if isinstance(error, RecursionError):
        return Failure("mapping_failed", "The expression calls itself too deeply.")
    if isinstance(error, MemoryError):
        return Failure("mapping_out_of_memory", "The expression needs more memory than a mapping may have.")
    return Failure("mapping_failed", f"This record does not fit the expression: {error}"[:_MESSAGE_CHARACTERS])

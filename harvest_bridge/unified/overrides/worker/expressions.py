"""JSONata expressions: compiled once, evaluated for one record at a time. The engine is jlens, written in Rust."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NoReturn

from jlens import Expression, JlensError

from harvest_bridge.unified.overrides.failures import OUT_OF_MEMORY, SLOW, TOO_LARGE, Failure
from harvest_bridge.unified.overrides.limits import MAX_LIST_ITEMS, MAX_TEXT_BYTES, MAX_VALUE_BYTES

_MESSAGE_CHARACTERS = 300
_TIMEOUT = "D1012"
_SIZE_LIMITS = {"U1001", "D2016"}  # of jlens, not of JSONata; U1001 is nesting, too
_UNFIT = Failure("mapping_failed", "This record holds values that JSONata has no place for.")
_EVAL_REFUSED = Failure("mapping_failed", "$eval is not available in mappings")


class EvalRefused(Exception):
    """An expression inside a record's data is nobody's mapping."""


def _refuse_eval(*_: Any) -> NoReturn:
    raise EvalRefused


@lru_cache(maxsize=256)
def compiled(text: str) -> Expression:
    """Nothing of an evaluation stays in it. Errors: JlensError."""
    expression = Expression(text)
    expression.register_function("eval", _refuse_eval)
    return expression


def fields_read(expression: Expression) -> dict[str, list[str] | None] | None:
    """The fields by name, each with the names that are read within it, or None for all of it; None for the record."""
    fields: Any = expression.reads().get("input", {})
    if fields is True:
        return None
    return {name: None if within is True else list(within) for name, within in fields.items()}


def value_for(expression: Expression, record: Any, *, now: int, seconds: float) -> Any:
    """What the expression makes of one record; undefined is None. `seconds` are by the clock.

    Errors: JlensError, EvalRefused, TypeError, ValueError.
    """
    return expression.evaluate(
        record,
        now=now,
        timeout=seconds,
        max_string_length=MAX_TEXT_BYTES,
        max_array_length=MAX_LIST_ITEMS,
        max_result_size=MAX_VALUE_BYTES,
    )


def is_timeout(error: Exception) -> bool:
    return isinstance(error, JlensError) and error.code == _TIMEOUT


def failure_of(error: Exception) -> Failure:
    """Only jlens's own words are shown: those of other errors may tell of this server."""
    if isinstance(error, EvalRefused):
        return _EVAL_REFUSED
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    if not isinstance(error, JlensError):
        return _UNFIT
    if is_timeout(error):
        return SLOW
    message = str(error)
    if error.code in _SIZE_LIMITS and "size" in message:
        return TOO_LARGE if message.startswith("The result") else OUT_OF_MEMORY
    return Failure("mapping_failed", message[:_MESSAGE_CHARACTERS], error.position or None)

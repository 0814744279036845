"""Which top-level fields of a record an expression can read, so that only those need to be sent to the child.

It may name too many and never too few: whatever could see the whole record makes it "all of them".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonata.parser import Parser

# Steps that look at a record without naming its fields, or climb back to it.
_SWEEPING = {"wildcard", "descendant", "parent", "transform", "partial", "apply"}
# Functions that take the record itself where they are given nothing: as many arguments as here, and they do not.
_TAKES_CONTEXT = {
    **dict.fromkeys(("string", "boolean", "not", "keys", "spread", "clone"), 1),
    **dict.fromkeys(("lookup", "sift", "each"), 2),
}
_UPWARDS = {"_outer_instance", "slot", "seeking_parent", "ancestor", "environment", "input"}
_ELSEWHERE = {"stages", "predicate", "group"}  # their `$` is what the step before them found


class _Everything(Exception):
    pass


def names_read(ast: Any) -> list[str] | None:
    """The names, or None for the whole record."""
    try:
        return sorted(set(_names(ast, at_record=True)))
    except _Everything:
        return None


def _names(node: Any, *, at_record: bool) -> Iterator[str]:
    if isinstance(node, list | tuple):
        for item in node:
            yield from _names(item, at_record=at_record)
    elif isinstance(node, Parser.Symbol):
        yield from _names_of(node, at_record=at_record)


def _names_of(node: Any, *, at_record: bool) -> Iterator[str]:
    if node.type in _SWEEPING or (node.type == "variable" and _is_record(node.value, at_record=at_record)):
        raise _Everything
    if node.type == "name":
        yield str(node.value)
    for attribute, value in vars(node).items():
        if attribute in _UPWARDS:
            continue
        if attribute == "steps" and value:
            yield from _names(value[:1], at_record=at_record)
            yield from _names(value[1:], at_record=False)
        elif attribute == "procedure" and _is_given_enough(node):
            continue
        else:
            yield from _names(value, at_record=at_record and attribute not in _ELSEWHERE)


def _is_record(variable: Any, *, at_record: bool) -> bool:
    """`$$`; `$` where it is the record; a function that could be called on the record without naming it."""
    return variable == "$" or (variable == "" and at_record) or variable in _TAKES_CONTEXT


def _is_given_enough(call: Any) -> bool:
    name = getattr(call.procedure, "value", None)
    return name in _TAKES_CONTEXT and len(call.arguments or ()) >= _TAKES_CONTEXT[name]

"""What an expression can read of a record, so that only that needs to be sent to the child.

It may name too many and never too few: whatever could see the whole record makes it "all of them".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from jsonata.parser import Parser

# Steps that look at a record without naming its fields, or climb back to it; `a@$v` stays at it, too.
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


def fields_read(ast: Any) -> dict[str, list[str] | None] | None:
    """The fields by name, each with the names that can be read within it, or None for all of it; None for the record.

    Only a name that another one follows wherever it stands, as `remote_data.email`, is not read as a whole.
    """
    try:
        found = set(_names(ast, at_record=True))
    except _Everything:
        return None
    names, whole = sorted({name for name, _ in found}), {name for name, is_whole in found if is_whole}
    return {name: None if name in whole else names for name in names}


def _names(node: Any, *, at_record: bool) -> Iterator[tuple[str, bool]]:
    """Every name there is, and whether it is read as a whole."""
    if isinstance(node, list | tuple):
        for item in node:
            yield from _names(item, at_record=at_record)
    elif isinstance(node, Parser.Symbol):
        yield from _names_of(node, at_record=at_record)


def _names_of(node: Any, *, at_record: bool) -> Iterator[tuple[str, bool]]:
    is_record = node.type == "variable" and _is_record(node.value, at_record=at_record)
    if node.type in _SWEEPING or is_record or node.focus is not None:
        raise _Everything
    if node.type == "name":
        yield str(node.value), not _leads_on(node)
    for attribute, value in vars(node).items():
        if attribute in _UPWARDS:
            continue
        if attribute == "steps" and value:
            for step, following in pairwise(value):
                step.leads_to_name = following.type == "name"
            yield from _names(value[:1], at_record=at_record)
            yield from _names(value[1:], at_record=False)
        elif attribute == "procedure" and _is_given_enough(node):
            continue
        else:
            yield from _names(value, at_record=at_record and attribute not in _ELSEWHERE)


def _leads_on(name: Any) -> bool:
    """Whether nothing is done with what it names but to go on to a name within that."""
    marks = (name.stages, name.predicate, name.group, name.index)
    return vars(name).get("leads_to_name", False) and not any(marks)


def _is_record(variable: Any, *, at_record: bool) -> bool:
    """`$$`; `$` where it is the record; a function that could be called on the record without naming it."""
    return variable == "$" or (variable == "" and at_record) or variable in _TAKES_CONTEXT


def _is_given_enough(call: Any) -> bool:
    name = getattr(call.procedure, "value", None)
    return name in _TAKES_CONTEXT and len(call.arguments or ()) >= _TAKES_CONTEXT[name]

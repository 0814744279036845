"""Parses query strings the way the SDKs write them: `a[]=1&a[]=2`, `a[0]=1`, `a=1,2`, `a=1&a=2`, nested `a[b][c]=1`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from .errors import InvalidRequest

MAX_PARAMETERS = 1000
MAX_DEPTH = 8
_NAME = re.compile(r"(?P<first>[^\[\]]+)(?P<rest>(?:\[[^\[\]]*\])*)")
_KEY = re.compile(r"\[([^\[\]]*)\]")
_APPEND = ""


def parsed_query(query_string: str) -> dict[str, Any]:
    """The query with its lists and nested names.

    Shape: text, a list or a dict under each name; `a=1,2` stays text, as only `values_of` knows what it is for.
    Errors: InvalidRequest for brackets that do not match, a name that is two things, or too much of it.
    """
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise InvalidRequest(f"The query has more than {MAX_PARAMETERS} parameters.") from error
    tree = _Branch()
    for name, value in pairs:
        _put(tree, name, _keys_of(name), value)
    return {name: _with_lists(value) for name, value in tree.items()}


def values_of(value: Any, *, splits_commas: bool = True) -> list[str] | None:
    """All values of one parameter, however they were listed; without blanks, each once. None if names are nested."""
    if isinstance(value, Mapping):
        return None
    texts: list[str] = []
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str):
            return None
        texts += item.split(",") if splits_commas else [item]
    return list(dict.fromkeys(text for text in texts if text))


def _keys_of(name: str) -> list[str]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise InvalidRequest(f"{name[:40]}: the brackets of this parameter's name do not match.")
    keys = [match["first"], *_KEY.findall(match["rest"])]
    if len(keys) > MAX_DEPTH:
        raise InvalidRequest(f"{name[:40]}: this parameter's name is nested more than {MAX_DEPTH} deep.")
    return keys


def _put(branch: _Branch, name: str, keys: list[str], value: str) -> None:
    """Everything is a dict until `_with_lists`; what is appended or repeated gets the next numbers as its keys."""
    for key in keys[:-1]:
        branch = branch.setdefault(_free(branch) if key == _APPEND else key, _Branch())
        if not isinstance(branch, _Branch):
            raise InvalidRequest(f"{name[:40]}: this parameter is given both as a value and with brackets.")
    last = _free(branch) if keys[-1] == _APPEND else keys[-1]
    before = branch.get(last)
    if before is None:
        branch[last] = value
    elif isinstance(before, _Branch):
        if not before.is_numbered:
            raise InvalidRequest(f"{name[:40]}: this parameter is given both as a value and with brackets.")
        before[_free(before)] = value
    else:
        branch[last] = _Branch.of(before, value)


class _Branch(dict[str, Any]):
    """Knows the next free number, so that appending costs the same however long it is."""

    next_number = 0
    is_numbered = True

    @classmethod
    def of(cls, *values: str) -> _Branch:
        branch = cls()
        for number, value in enumerate(values):
            branch[str(number)] = value
        return branch

    def __setitem__(self, key: str, value: Any) -> None:
        if _is_number(key):
            self.next_number = max(self.next_number, int(key) + 1)
        else:
            self.is_numbered = False
        super().__setitem__(key, value)

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]


def _free(branch: _Branch) -> str:
    return str(branch.next_number)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, _Branch):
        return value
    if value.is_numbered:
        return [_with_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _with_lists(inner) for key, inner in value.items()}


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= 9

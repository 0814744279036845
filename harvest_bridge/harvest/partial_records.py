"""Reads a record that contradicts its types: keeps the readable fields and lists the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec

_LOST: Any = object()


@dataclass(frozen=True)
class Unreadable:
    """One place, as `roles[1]` or `client.id`, and what is wrong there; no value is repeated."""

    field: str
    message: str


def readable_fields(data: Any, kind: type[msgspec.Struct]) -> tuple[dict[str, Any], list[Unreadable]]:
    """The fields of `data` that are of the types of `kind`, and what was left out.

    Shape: decoded JSON in and out. Of a list its readable items are kept, of an object its readable fields.
    A required field may be among the lost: then `kind` still cannot be made.
    """
    lost: list[Unreadable] = []
    if not isinstance(data, dict):
        return {}, [Unreadable("", "Expected `object`")]
    return _fields(data, kind, "", lost), lost


def _mend(value: Any, kind: Any, path: str, lost: list[Unreadable]) -> Any:
    try:
        msgspec.convert(value, kind, strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        problem = str(error).partition(" - at ")[0]
    else:
        return value
    struct, item = _struct_in(kind), _item_in(kind)
    if isinstance(value, list) and item is not None:
        found = (_mend(inner, item, f"{path}[{index}]", lost) for index, inner in enumerate(value))
        return [inner for inner in found if inner is not _LOST]
    if isinstance(value, dict) and struct is not None:
        kept = _fields(value, struct, path, lost)
        if _is_whole(kept, struct):
            return kept
    else:
        lost.append(Unreadable(path, problem))
    return _LOST


def _fields(data: dict[str, Any], kind: type[msgspec.Struct], path: str, lost: list[Unreadable]) -> dict[str, Any]:
    known = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    found = {
        name: _mend(data[name], known[name], f"{path}.{name}" if path else name, lost) for name in data if name in known
    }
    missing = [field.encode_name for field in msgspec.structs.fields(kind) if field.required]
    lost += [Unreadable(f"{path}.{name}" if path else name, "Missing") for name in missing if name not in data]
    return {name: value for name, value in found.items() if value is not _LOST}


def _is_whole(data: dict[str, Any], kind: type[msgspec.Struct]) -> bool:
    return all(field.encode_name in data for field in msgspec.structs.fields(kind) if field.required)


def _struct_in(kind: Any) -> type[msgspec.Struct] | None:
    return next((one for one in _alternatives(kind) if isinstance(one, type) and issubclass(one, msgspec.Struct)), None)


def _item_in(kind: Any) -> Any:
    return next((get_args(one)[0] for one in _alternatives(kind) if get_origin(one) in (tuple, list)), None)


def _alternatives(kind: Any) -> Iterable[Any]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)

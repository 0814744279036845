"""A JSON Schema as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
_DEEPEST = 5


@dataclass(frozen=True)
class Row:
    """One field.

    Shape: `name` is dotted where it stands inside another (`line_items[].amount`), `kind` its type in words, `words`
    those that it may say.
    """

    name: str
    kind: str
    is_required: bool
    description: str
    words: tuple[str, ...] = ()


def rows(schema: Json, known: Json, prefix: str = "", depth: int = 0) -> Iterator[Row]:
    """Every field of an object, those inside it included; `known` are the components by name."""
    schema = resolved(schema, known)
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        yield Row(path, kind_of(field, known), name in required, _description(field, known), words_of(field, known))
        inner, end = _inner(field, known)
        if inner and depth < _DEEPEST:
            yield from rows(inner, known, f"{path}{end}.", depth + 1)


def resolved(schema: Json, known: Json) -> Json:
    """What a reference stands for; of a choice, the first that is an object, or the first that is not null."""
    if "$ref" in schema:
        return resolved(known[schema["$ref"].rpartition("/")[2]], known)
    choices = [resolved(one, known) for one in _choices(schema)]
    choices = [one for one in choices if one.get("type") != "null"]
    objects = [one for one in choices if one.get("type") == "object"]
    return (objects or choices)[0] if choices else schema


def kind_of(schema: Json, known: Json) -> str:
    """`text`, `whole number or null`, `list of objects` …"""
    null = " or null" if _may_be_null(schema, known) else ""
    plain = resolved(schema, known)
    listed = plain.get("type", "")
    [kind, *_] = [one for one in (listed if isinstance(listed, list) else [listed]) if one != "null"] or [""]
    if kind == "array":
        return f"list of {kind_of(plain.get('items', {}), known)}{null}"
    return f"{_KINDS.get(plain.get('format', ''), _KINDS.get(kind, 'text' if 'enum' in plain else 'anything'))}{null}"


def words_of(schema: Json, known: Json) -> tuple[str, ...]:
    plain = resolved(schema, known)
    plain = resolved(plain["items"], known) if "items" in plain else plain
    found = plain.get("enum", [plain["const"]] if "const" in plain else [])
    return tuple(str(word) for word in found if word is not None)


_KINDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "object",
    "date": "day",
    "date-time": "moment",
    "uuid": "UUID",
    "binary": "file",
}


def _may_be_null(schema: Json, known: Json) -> bool:
    if "$ref" in schema:
        return _may_be_null(known[schema["$ref"].rpartition("/")[2]], known)
    listed = schema.get("type", [])
    return (isinstance(listed, list) and "null" in listed) or {"type": "null"} in _choices(schema)


def _choices(schema: Json) -> list[Json]:
    return schema.get("anyOf") or schema.get("oneOf") or []


def _description(schema: Json, known: Json) -> str:
    return str(schema.get("description") or resolved(schema, known).get("description", ""))


def _inner(schema: Json, known: Json) -> tuple[Json, str]:
    """The object inside a field, and what follows the field's name: `[]` for a list."""
    plain = resolved(schema, known)
    if "items" in plain:
        inner, end = _inner(plain["items"], known)
        return inner, f"[]{end}"
    return (plain, "") if "properties" in plain else ({}, "")

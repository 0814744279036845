"""What a set of overrides makes of a page of unified records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from .compilation import NotCompiled, fields_read
from .evaluation import Column, evaluate
from .failures import Failure, Owner
from .fields import CUSTOM_FIELDS, checked, is_custom
from .plain_paths import NotPlain, plain_path, value_at

Record = dict[str, Any]
MAPPING_ERRORS = "mapping_errors"


def fill(owner: Owner, resource: str, expressions: Mapping[str, str], records: Sequence[Struct]) -> list[Record]:
    """Fill in unified records, and give back what was filled in: see `mapped`."""
    names = _names_read(owner, expressions.values())
    filled = mapped(owner, resource, expressions, as_json(records, names))
    for record, fields in zip(records, filled, strict=True):
        for name, value in fields.items():
            setattr(record, name, value)
    return filled


def mapped(owner: Owner, resource: str, expressions: Mapping[str, str], records: Sequence[Record]) -> list[Record]:
    """The fields that the expressions fill, for each record.

    Shape: expressions are by field; records are unified ones as JSON has them, with their `remote_data`. An expression
    sees the record with its built-in values, so no mapping depends on another. A field that fails is empty, and
    `mapping_errors` names it.
    """
    columns = _columns(owner, expressions, records)
    filled: list[Record] = [{CUSTOM_FIELDS: {}} if any(map(is_custom, expressions)) else {} for _ in records]
    for field in expressions:
        _fill(filled, records, resource, field, columns[field])
    return filled


def as_json(records: Sequence[Struct], names: Iterable[str] | None = None) -> list[Record]:
    """Unified records as expressions see them: in full, or these fields of theirs."""
    parts: Sequence[Any] = records
    if names is not None:
        parts = [
            {name: value for name in names if (value := getattr(record, name, UNSET)) is not UNSET}
            for record in records
        ]
    found: list[Record] = msgspec.json.decode(msgspec.json.encode(parts))
    return found


def _names_read(owner: Owner, expressions: Iterable[str]) -> set[str] | None:
    """The fields that any of them can read, and what failures are told by; None is all."""
    found = {"id"}
    for text in expressions:
        steps = plain_path(text)
        try:
            names = steps[:1] if steps else fields_read(owner, text)
        except NotCompiled:
            continue
        if names is None:
            return None
        found |= {*names}
    return found


def _columns(owner: Owner, expressions: Mapping[str, str], records: Sequence[Record]) -> dict[str, Column]:
    columns, rest = {}, {}
    for field, text in expressions.items():
        plain = _plain_column(text, records)
        if plain is None:
            rest[field] = text
        else:
            columns[field] = plain
    return columns | (evaluate(owner, rest, records) if rest and records else {name: Column([]) for name in rest})


def _plain_column(text: str, records: Sequence[Record]) -> Column | None:
    steps = plain_path(text)
    if steps is None:
        return None
    try:
        return Column([value_at(steps, record) for record in records])
    except NotPlain:
        return None


def _fill(filled: Sequence[Record], records: Sequence[Record], resource: str, field: str, column: Column) -> None:
    values, mistyped = checked(resource, field, column.values)
    failures: dict[int, Failure] = {**mistyped, **column.failures}
    name = field.removeprefix(f"{CUSTOM_FIELDS}.") if is_custom(field) else field
    for fields, value in zip(filled, values, strict=True):
        target = fields[CUSTOM_FIELDS] if is_custom(field) else fields
        target[name] = value
    for place, failure in failures.items():
        shown = failure.shown(field, str(records[place].get("id")))
        filled[place].setdefault(MAPPING_ERRORS, []).append(shown)

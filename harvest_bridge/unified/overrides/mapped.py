"""What a set of overrides makes of a page of unified records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct

from .compilation import NotCompiled, Reach, fields_read
from .evaluation import Column, evaluate
from .failures import Failure, Owner
from .fields import CUSTOM_FIELDS, checked, is_custom
from .plain_paths import NotPlain, plain_path, value_at

Record = dict[str, Any]
MAPPING_ERRORS = "mapping_errors"


def fill(owner: Owner, resource: str, expressions: Mapping[str, str], records: Sequence[Struct]) -> list[Record]:
    """Fill in unified records, and give back what was filled in: see `mapped`."""
    seen = as_json(records, _reach(owner, expressions.values()))
    filled = mapped(owner, resource, expressions, seen)
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


def as_json(records: Sequence[Struct], reach: Reach | None = None) -> list[Record]:
    """Unified records as expressions see them: in full, or what can be read of them."""
    parts: Sequence[Any] = records if reach is None else [_part(record, reach) for record in records]
    shown: list[Record] = msgspec.json.decode(msgspec.json.encode(parts))
    return shown


def _part(record: Struct, reach: Reach) -> Record:
    found = {name: value for name in reach if (value := getattr(record, name, UNSET)) is not UNSET}
    raw, within = found.get("remote_data"), reach.get("remote_data")
    if raw is not None and within is not None:
        fields = msgspec.json.decode(raw, type=dict[str, Raw])
        found["remote_data"] = {name: fields[name] for name in within if name in fields}
    return found


def _reach(owner: Owner, expressions: Iterable[str]) -> Reach | None:
    """What any of them can read, and what failures are told by; None is everything."""
    found: dict[str, Collection[str] | None] = {"id": None}
    for text in expressions:
        reach = _reach_of(owner, text)
        if reach is None:
            return None
        for name, within in reach.items():
            before = found.get(name, ())
            found[name] = None if before is None or within is None else {*before, *within}
    return found


def _reach_of(owner: Owner, text: str) -> Reach | None:
    steps = plain_path(text)
    if steps:
        return {steps[0]: steps[1:2] or None}
    try:
        return fields_read(owner, text)
    except NotCompiled:
        return {}


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

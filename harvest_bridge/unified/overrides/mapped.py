"""What a set of overrides makes of a page of unified records."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, defstruct

from harvest_bridge.unified.remote import reader

from .compilation import NotCompiled, Reach, fields_read
from .evaluation import Column, evaluate
from .failures import Failure, Owner
from .fields import CUSTOM_FIELDS, checked, is_custom
from .plain_paths import NotPlain, plain_path, value_at

Record = dict[str, Any]
MAPPING_ERRORS = "mapping_errors"
_REMOTE = "remote_data"
_records = reader(list[Record])
_ODD = re.compile(r'[\\"\x00-\x1f]')  # msgspec has no fields of such names


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
    """Unified records as expressions see them: in full, or what can be read of them. Errors: HarvestMalformed."""
    parts: Sequence[Any] = records if reach is None else [*_parts(records, reach)]
    return _records(msgspec.json.encode(parts))


def _parts(records: Sequence[Struct], reach: Reach) -> Iterator[Record]:
    names = [name for name in reach if all(name in record.__struct_fields__ for record in records[:1])]
    within = reach.get(_REMOTE)
    narrowed = None if within is None or any(map(_ODD.search, within)) else _only(frozenset(within))
    for record in records:
        part = {name: value for name in names if (value := getattr(record, name)) is not UNSET}
        if narrowed is not None:
            part[_REMOTE] = narrowed(part[_REMOTE])
        yield part


@lru_cache(maxsize=256)
def _only(names: frozenset[str]) -> Callable[[Raw], Struct]:
    """Of an object these fields, as the bytes that they are; the others are passed over."""
    renamed = {f"_{place}": name for place, name in enumerate(names)}
    return reader(defstruct("Part", [(name, Raw | UnsetType, UNSET) for name in renamed], rename=renamed))


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

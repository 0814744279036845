"""Applies overrides to a page of unified records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from .evaluation import Column, evaluate
from .expression_input import as_json, reach_of
from .failures import Failure, Owner
from .fields import CUSTOM_FIELDS, checked, is_custom

Json = dict[str, Any]
MAPPING_ERRORS = "mapping_errors"


def fill(owner: Owner, resource: str, expressions: Mapping[str, str], records: Sequence[Struct]) -> list[Json]:
    """Fill in unified records, and give back what was filled in: see `mapped`."""
    seen = as_json(records, reach_of(owner, expressions.values()))
    filled = mapped(owner, resource, expressions, seen)
    for record, fields in zip(records, filled, strict=True):
        for name, value in fields.items():
            setattr(record, name, value)
    return filled


def mapped(owner: Owner, resource: str, expressions: Mapping[str, str], records: Sequence[Json]) -> list[Json]:
    """The fields that the expressions fill, for each record.

    Shape: expressions are by field; records are unified ones as JSON has them, with their `remote_data`. An expression
    sees the record with its built-in values, so no mapping depends on another. A field that fails is empty, and
    `mapping_errors` names it.
    """
    columns = evaluate(owner, expressions, records) if records else dict.fromkeys(expressions, Column([]))
    filled: list[Json] = [{CUSTOM_FIELDS: {}} if any(map(is_custom, expressions)) else {} for _ in records]
    for field in expressions:
        _fill(filled, records, resource, field, columns[field])
    return filled


def _fill(filled: Sequence[Json], records: Sequence[Json], resource: str, field: str, column: Column) -> None:
    values, mistyped = checked(resource, field, column.values)
    failures: dict[int, Failure] = {**mistyped, **column.failures}
    name = field.removeprefix(f"{CUSTOM_FIELDS}.") if is_custom(field) else field
    for fields, value in zip(filled, values, strict=True):
        target = fields[CUSTOM_FIELDS] if is_custom(field) else fields
        target[name] = value
    for place, failure in failures.items():
        shown = failure.serialize(field, str(records[place].get("id")))
        filled[place].setdefault(MAPPING_ERRORS, []).append(shown)

"""A page of unified records with a set of overrides applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .evaluation import Column, evaluate
from .failures import Failure, Owner
from .fields import CUSTOM_FIELDS, checked, is_custom
from .plain_paths import NotPlain, plain_path, value_at

Record = dict[str, Any]
MAPPING_ERRORS = "mapping_errors"


def mapped(owner: Owner, resource: str, expressions: Mapping[str, str], records: Sequence[Record]) -> list[Record]:
    """Each record with the mapped fields in place of the built-in ones.

    Shape: expressions are by field; records are unified ones with their `remote_data`. An expression sees the record
    with its built-in values, so no mapping depends on another. A field that fails is empty, and the record's
    `mapping_errors` names it.
    """
    columns = _columns(owner, expressions, records)
    answers = [dict(record) for record in records]
    if any(map(is_custom, expressions)):
        for answer in answers:
            answer[CUSTOM_FIELDS] = {}
    for field in expressions:
        _fill(answers, resource, field, columns[field])
    return answers


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


def _fill(answers: Sequence[Record], resource: str, field: str, column: Column) -> None:
    values, mistyped = checked(resource, field, column.values)
    failures: dict[int, Failure] = {**mistyped, **column.failures}
    name = field.removeprefix(f"{CUSTOM_FIELDS}.") if is_custom(field) else field
    for answer, value in zip(answers, values, strict=True):
        target = answer[CUSTOM_FIELDS] if is_custom(field) else answer
        target[name] = value
    for place, failure in failures.items():
        answers[place].setdefault(MAPPING_ERRORS, []).append(failure.shown(field, str(answers[place].get("id"))))

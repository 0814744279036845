"""The directory in the OpenAPI description and its metadata, from the rows of `resources`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema, extend_schema_view

from harvest_bridge.api.description import DELETED, IDEMPOTENCY_KEY, list_of, ref

from .filters import Filter
from .parameters import parameters_of
from .resources import RESOURCES, Resource

Json = dict[str, Any]
_PREFIX = "Directory"
_READS = ("list", "get")


def component_of(row: Resource) -> str:
    return f"{_PREFIX}{row.component.__name__}"


@lru_cache
def components() -> Json:
    """Every schema of the directory, and its list, by name."""
    _, found = msgspec.json.schema_components(
        [row.component for row in RESOURCES.values()], ref_template=f"#/components/schemas/{_PREFIX}{{name}}"
    )
    named = {f"{_PREFIX}{name}": {k: v for k, v in schema.items() if k != "title"} for name, schema in found.items()}
    answers = {name: schema for row in RESOURCES.values() for name, schema in _lists_of(component_of(row)).items()}
    return named | answers


def _lists_of(component: str) -> Json:
    """The two shapes of a list: `result` in its order, and by `truto_key_by`."""
    listed = list_of(component)
    by_key = {"type": "object", "description": "With `truto_key_by`.", "additionalProperties": ref(component)}
    keyed = {**listed, "properties": {**listed["properties"], "result": by_key}}
    return {f"{component}List": listed, f"{component}ListByKey": keyed}


def schema_of(row: Resource) -> Json:
    """One record, with what it refers to beside it."""
    [schema], found = msgspec.json.schema_components([row.component], ref_template="#/$defs/{name}")
    name = schema["$ref"].rpartition("/")[2]
    own: Json = found.pop(name)
    return {**own, "$defs": found} if found else own


def first_line(row: Resource) -> str:
    own = schema_of(row).get("description", "")
    return str(own).split("\n")[0] if own and not own.startswith("User(") else "The people of the account."


def query_schema(row: Resource) -> Json:
    """The filters, each with its operators: `field[operator]`, or `field` for `eq`."""
    properties = {name: _filter_schema(known) for name, known in row.filters.items()}
    days = {name: {"type": "string", "format": "date"} for name in row.required}
    others = {name: {"type": "string", "description": words} for name, words in row.optional.items()}
    return {"type": "object", "properties": {**properties, **days, **others}, "required": list(row.required)}


def _filter_schema(known: Filter) -> Json:
    kind: Json = {"type": "string", "format": "date-time"} if known.is_moment else {"type": "string"}
    if known.choices:
        kind["enum"] = list(known.choices)
    return {**kind, "operators": list(known.operators)}


def described_list(row: Resource) -> Any:
    """A class decorator for the view of a list."""
    name, component = row.name, component_of(row)
    answer = {"oneOf": [ref(listed) for listed in _lists_of(component)]}
    said = {"get": _said(row, "list", f"list_{name}", {200: answer})}
    if row.writing and "create" in row.calls:
        made = {201: ref(component)}
        said["post"] = _said(row, "create", f"create_{row.singular}", made, request=row.writing.takes)
    return extend_schema_view(**said)


def described_record(row: Resource) -> Any:
    """A class decorator for the view of one record."""
    one, answer = row.singular, {200: ref(component_of(row))}
    said = {"get": _said(row, "get", f"get_{one}", answer)}
    if row.writing and "update" in row.calls:
        said["patch"] = _said(row, "update", f"update_{one}", answer, request=row.writing.takes)
    if "delete" in row.calls:
        said["delete"] = _said(row, "delete", f"delete_{one}", {200: DELETED})
    return extend_schema_view(**said)


def described_action(row: Resource, does: str) -> Any:
    """A class decorator for a view that changes one record by its name alone."""
    answer = {200: ref(component_of(row))}
    return extend_schema_view(post=_said(row, does, f"{does}_{row.singular}", answer, request=None))


def _said(row: Resource, method: str, operation_id: str, responses: dict[int, Json], **more: Any) -> Any:
    parameters = [*parameters_of(row, method), *([] if method in _READS else [IDEMPOTENCY_KEY])]
    return extend_schema(operation_id=operation_id, parameters=parameters, responses=responses, **more)

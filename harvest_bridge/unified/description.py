"""The directory in the OpenAPI description and its metadata, from the rows of `resources`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view

from harvest_bridge.api.description import DELETED, PAGING, list_of, ref

from .filters import Filter
from .resources import RESOURCES, Resource
from .serializers import INPUTS

Json = dict[str, Any]
_PREFIX = "Directory"
_SINGULAR = {"organizations": "organization", "utilization": "utilization", "me": "me"}


def component_of(row: Resource) -> str:
    return f"{_PREFIX}{row.component.__name__}"


@lru_cache
def components() -> Json:
    """Every schema of the directory, and its list, by name."""
    _, found = msgspec.json.schema_components(
        [row.component for row in RESOURCES.values()], ref_template=f"#/components/schemas/{_PREFIX}{{name}}"
    )
    named = {f"{_PREFIX}{name}": {k: v for k, v in schema.items() if k != "title"} for name, schema in found.items()}
    lists = {f"{component_of(row)}List": list_of(component_of(row)) for row in RESOURCES.values()}
    return named | lists


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
    others = {name: {"type": "string"} for name in row.optional}
    return {"type": "object", "properties": {**properties, **days, **others}, "required": list(row.required)}


def _filter_schema(known: Filter) -> Json:
    kind: Json = {"type": "string", "format": "date-time"} if known.is_moment else {"type": "string"}
    if known.choices:
        kind["enum"] = list(known.choices)
    return {**kind, "operators": list(known.operators)}


def _parameters(row: Resource, *, is_list: bool) -> list[OpenApiParameter]:
    options = [
        OpenApiParameter(
            "truto_response_format",
            {"type": "string", "enum": ["unified", "normalized"]},
            description="`raw` and `debug` answer in other shapes (docs/directory.md).",
        ),
        OpenApiParameter("truto_ignore_remote_data", bool),
        OpenApiParameter("truto_exclude_fields", str, description="Fields to leave out, with commas between."),
    ]
    if row.expandable:
        options.append(OpenApiParameter("expand", str, description=f"{', '.join(row.expandable)}: one request more."))
    if not is_list:
        return options
    for name, known in row.filters.items():
        options += [_filter_parameter(name, known)]
        if known.is_moment:
            options += [OpenApiParameter(f"{name}[{op}]", str) for op in known.operators if op != "eq"]
    days = {"type": "string", "format": "date"}
    options += [OpenApiParameter(name, days, required=True) for name in row.required]
    options += [OpenApiParameter(name, str) for name in row.optional]
    options.append(
        OpenApiParameter("sort_by", str, description=f"{', '.join(row.filters)}; a minus for falling order.")
    )
    return [*PAGING, *options]


def _filter_parameter(name: str, known: Filter) -> OpenApiParameter:
    if known.choices:
        return OpenApiParameter(name, {"type": "string", "enum": [*known.choices]})
    return OpenApiParameter(
        name, str, description="A moment." if known.is_moment else "Exactly this, whatever its case."
    )


def _singular(row: Resource) -> str:
    return _SINGULAR.get(row.name, row.name.removesuffix("s"))


def described_list(row: Resource) -> Any:
    """A class decorator for the view of a list."""
    name, one = row.name, _singular(row)
    said = {
        "get": extend_schema(
            operation_id=f"list_{name}",
            parameters=_parameters(row, is_list=True),
            responses={200: ref(f"{component_of(row)}List")},
        )
    }
    if name in INPUTS:
        said["post"] = extend_schema(
            operation_id=f"create_{one}", request=INPUTS[name], responses={201: ref(component_of(row))}
        )
    return extend_schema_view(**said)


def described_record(row: Resource) -> Any:
    """A class decorator for the view of one record."""
    one, answer = _singular(row), {200: ref(component_of(row))}
    said = {
        "get": extend_schema(operation_id=f"get_{one}", parameters=_parameters(row, is_list=False), responses=answer)
    }
    if row.name in INPUTS:
        said["patch"] = extend_schema(operation_id=f"update_{one}", request=INPUTS[row.name], responses=answer)
        said["delete"] = extend_schema(operation_id=f"delete_{one}", responses={200: DELETED})
    return extend_schema_view(**said)


def described_action(row: Resource, does: str) -> Any:
    """A class decorator for a view that changes one record by its name alone."""
    said = extend_schema(operation_id=f"{does}_{_singular(row)}", request=None, responses={200: ref(component_of(row))})
    return extend_schema_view(post=said)

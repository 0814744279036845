"""Which parameters each call of the directory takes: what a query is held against, and what OpenAPI says of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import PAGING

from .filters import Filter
from .remote_query import MOMENT, REMOTE_PARAMETERS
from .resources import Resource

Json = dict[str, Any]
PASSTHROUGH = "truto_body_passthrough"
_TEXT: Json = {"type": "string"}
_DAY: Json = {"type": "string", "format": "date"}


@lru_cache
def parameters_of(row: Resource, method: str) -> tuple[OpenApiParameter, ...]:
    """In the order of the docs. What is nested, such as `created_at[gt]`, is a parameter by its whole name: generators
    do not agree on `deepObject`, and Python's drops the outer name."""
    if method == "delete":
        return ()
    found = [*_of_answers(row, method)]
    if method in ("create", "update"):
        found.append(
            OpenApiParameter(PASSTHROUGH, bool, description="The body goes to Harvest as it is, in Harvest's names.")
        )
    return tuple([*PAGING, *found, *_of_lists(row)] if method == "list" else found)


@lru_cache
def names_of(row: Resource, method: str) -> frozenset[str]:
    """Without what stands in brackets."""
    return frozenset(parameter.name.partition("[")[0] for parameter in parameters_of(row, method))


def _of_answers(row: Resource, method: str) -> Iterator[OpenApiParameter]:
    yield OpenApiParameter(
        "truto_response_format",
        {**_TEXT, "enum": ["unified", "normalized", *(["debug"] if method == "list" else [])], "default": "unified"},
        description="`normalized` is the same as `unified`; `debug` adds what Harvest sent. Not described here, as the "
        "answer is then no record of this schema: `raw`, Harvest's own records"
        + (" in the same list." if method == "list" else ", and `debug`, with the record under `result`."),
    )
    yield OpenApiParameter("truto_ignore_remote_data", bool, description="`true` leaves `remote_data` out.")
    yield _several("truto_exclude_fields", row.fields, "Fields to leave out; `id` stays.")
    expandable = row.expandable_in(method)
    if expandable:
        yield _several("expand", expandable, "What to fill in besides, for one request more each.")


def _of_lists(row: Resource) -> Iterator[OpenApiParameter]:
    yield OpenApiParameter(
        "truto_ignore_limit", bool, description="`true` drops `limit` and asks for the largest page there is."
    )
    yield OpenApiParameter(
        "truto_key_by",
        {**_TEXT, "enum": list(row.keys), "examples": ["id"]},
        description="`result` is an object by this field, which must have another value in every record.",
    )
    for name in row.remote:
        words = f"Harvest's own `{name}`; not together with its filter."
        yield OpenApiParameter(f"remote_query[{name}]", REMOTE_PARAMETERS[name].schema, description=words)
    for name, known in row.filters.items():
        yield from _of_filter(name, known)
    for name in row.required:
        yield OpenApiParameter(name, _DAY, required=True)
    for name, words in row.optional.items():
        yield OpenApiParameter(name, _TEXT, description=words)
    if row.filters:
        orders = [f"{minus}{name}" for name in row.filters for minus in ("", "-")]
        yield OpenApiParameter(
            "sort_by",
            {**_TEXT, "enum": orders, "examples": [orders[1]]},
            description="A minus for falling order; `name:asc` and `name:desc` are understood too.",
        )


def _of_filter(name: str, known: Filter) -> Iterator[OpenApiParameter]:
    """By itself, which is `[eq]`, and by each of its other operators."""
    one: Json = {**_TEXT, "enum": list(known.choices)} if known.choices else _TEXT
    if known.is_moment:
        one = {**_TEXT, "examples": [MOMENT]}
    words = "A moment" if known.is_moment else "Exactly this, whatever its case"
    yield OpenApiParameter(name, one, description=f"{words}; the same as `{name}[eq]`.")
    for operator in known.operators:
        if operator == "in":
            yield _several(f"{name}[in]", known.choices, "Any of these.")
        elif operator != "eq":
            yield OpenApiParameter(f"{name}[{operator}]", one, description=f"{_IN_WORDS[operator]} this moment.")


_IN_WORDS = {"gt": "After", "gte": "Not before", "lt": "Before", "lte": "Not after"}


def _several(name: str, choices: tuple[str, ...], words: str) -> OpenApiParameter:
    """A list, which may also be written with commas."""
    items: Json = {**_TEXT, "enum": list(choices)} if choices else {**_TEXT, "minLength": 1}
    return OpenApiParameter(name, {"type": "array", "items": items}, description=words, explode=True)

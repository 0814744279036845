"""An answer walked along its schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.sandbox.conformance.openapi import Schema
from tests.sandbox.conformance.strict import corrected


def fields_of(answer: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every field with its value, named by the schema that it belongs to: `("TimeEntry.project.code", "A")`."""
    yield from _walk(answer, corrected()[name], name)


def _walk(value: Any, schema: Schema, path: str) -> Iterator[tuple[str, Any]]:
    if "$ref" in schema:
        yield from fields_of(value, schema["$ref"].rpartition("/")[2])
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, schema["items"], f"{path}[]")
    elif isinstance(value, dict):
        for name in schema["properties"].keys() & value.keys():
            inner = schema["properties"][name]
            yield f"{path}.{name}", value[name]
            yield from _walk(value[name], inner, f"{path}.{name}")

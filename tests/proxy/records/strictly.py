"""Our description of Harvest as strict JSON Schema: what is not described is a complaint."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from harvest_bridge.console.openapi_document import document

Schema = dict[str, Any]


def complaints(component: str, value: Any) -> list[str]:
    """What is wrong with `value`, as `path: message`."""
    schema = {"$ref": f"#/components/schemas/{component}", "components": {"schemas": strict_components()}}
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(value)]


@cache
def strict_components() -> Schema:
    return {name: strictly(schema) for name, schema in document()["components"]["schemas"].items()}


def strictly(schema: Any) -> Any:
    if isinstance(schema, list):
        return [strictly(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: strictly(inner) for name, inner in schema.items()}
    return found | ({"additionalProperties": False} if "properties" in schema else {})


def component_of(described: Schema) -> str:
    """The name behind the reference of a body or an answer."""
    return str(described["content"]["application/json"]["schema"]["$ref"]).rpartition("/")[2]

"""The corrected file as strict JSON Schema: everything documented must be there, and nothing else may be."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from tests.sandbox.conformance.corrections import CHANGED, DELETED, REPORT_ROWS, WITHOUT
from tests.sandbox.conformance.openapi import Operation, Schema, document, operations
from tests.sandbox.conformance.values import IN_EVERY_LIST, NULLABLE, PAYMENT_TERMS, WORDS

PATTERNS = {
    "date": r"\d{4}-\d\d-\d\d",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",  # whole seconds, UTC (REFERENCE §0)
    "email": r"[^@\s]+@[^@\s]+",
    "url": r"https?://\S+",
}
FORMATS = FormatChecker(formats=())
for _format, _pattern in PATTERNS.items():
    FORMATS.checks(_format)(lambda value, _pattern=_pattern: value is None or bool(re.fullmatch(_pattern, value)))

# Harvest writes decimals with a point, 1.0 and never 1, as every recording shows; and true is no integer.
TYPES = Draft202012Validator.TYPE_CHECKER.redefine_many(
    {
        "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
        "number": lambda _, value: isinstance(value, float),
    }
)
Validator = extend(Draft202012Validator, type_checker=TYPES)


@cache
def corrected() -> dict[str, Schema]:
    """All schemas of the file, by name, after the tables in corrections.py."""
    schemas: dict[str, Schema] = copy.deepcopy(document()["components"]["schemas"])
    for source, names, new, _ in WITHOUT:
        schemas[new] = {"type": "object", "properties": dict(schemas[source]["properties"])}
        for name in names.split():
            del schemas[new]["properties"][name]
    for path, schema, _ in CHANGED:
        holder, _, name = path.rpartition(".")
        properties_at(schemas, holder)[name] = schema
    for path, (source, columns) in REPORT_ROWS.items():
        properties = {name: schemas[source]["properties"][name] for name in columns.split()}
        row = _row_name(path)
        schemas[row] = {"type": "object", "properties": properties}
        schemas[f"{row}_page"] = copy.deepcopy(schemas[f"{source}s"])
        schemas[f"{row}_page"]["properties"]["results"]["items"] = {"$ref": f"#/components/schemas/{row}"}
    return schemas


def _row_name(path: str) -> str:
    return path.strip("/").replace("/", "_")


def properties_at(schemas: dict[str, Schema], path: str) -> dict[str, Schema]:
    """The properties of the object at a dotted path."""
    name, *inner = path.split(".")
    properties: dict[str, Schema] = schemas[name]["properties"]
    for key in inner:
        properties = properties[key]["properties"]
    return properties


@cache
def components() -> dict[str, Schema]:
    return {name: _strict(schema, name) for name, schema in corrected().items()}


def _strict(schema: Schema, path: str) -> Schema:
    if "$ref" in schema:
        strict: Schema = {"$ref": schema["$ref"]}
    elif "properties" in schema:
        strict = {
            "type": "object",
            "properties": {name: _strict(inner, f"{path}.{name}") for name, inner in schema["properties"].items()},
            "required": list(schema["properties"]),
            "additionalProperties": False,
        }
    elif schema.get("type") == "array":
        strict = {"type": "array", "items": _strict(schema["items"], f"{path}[]")}
    else:
        strict = {key: schema[key] for key in ("type", "format") if key in schema} | _words(path)
    return {"anyOf": [strict, {"type": "null"}]} if _may_be_null(path) else strict


def _words(path: str) -> Schema:
    if path == "Invoice.payment_term":
        return {"enum": list(PAYMENT_TERMS)}
    return {"enum": WORDS[path].split()} if path in WORDS else {}


def _may_be_null(path: str) -> bool:
    name, _, field = path.partition(".")
    is_list = "per_page" in corrected()[name].get("properties", {})
    return field in (IN_EVERY_LIST if is_list else NULLABLE.get(name, "")).split()


def schema_name_of(operation: Operation) -> str | None:
    """The schema of the operation's success, a DELETE's included (REFERENCE §13.B2)."""
    if operation.path in REPORT_ROWS:
        return f"{_row_name(operation.path)}_page"
    if operation.method != "DELETE":
        return operation.answer
    reads = (one.answer for one in operations() if one.method == "GET" and one.path == operation.path)
    return DELETED.get(operation.path) or next(reads)


def complaints(name: str, answer: Any, schemas: dict[str, Schema] | None = None) -> list[str]:
    """What is wrong with `answer`, as `path: message`."""
    root = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas or components()}}
    return [f"{error.json_path}: {error.message}" for error in _deepest(Validator(root, format_checker=FORMATS), answer)]


def _deepest(validator: Any, answer: Any) -> Iterator[Any]:
    """The errors below an `anyOf` with null say more than the `anyOf` itself."""
    for error in validator.iter_errors(answer):
        inner = [one for one in error.context or () if one.validator != "type" or list(one.relative_path)]
        yield from inner or [error]

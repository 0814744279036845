"""The words that the tables of records are written in, each a piece of JSON Schema."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TEXT: Json = {"type": "string"}
FLAG: Json = {"type": "boolean"}
WHOLE: Json = {"type": "integer"}
NUMBER: Json = {"type": "number"}
DATE: Json = {"type": "string", "format": "date"}
MOMENT: Json = {"type": "string", "format": "date-time"}
# Those of time entries exceed 2³¹, so all ids are long (REFERENCE §1).
ID: Json = {"type": "integer", "format": "int64"}
HARVESTS = "Harvest"


def maybe(schema: Json) -> Json:
    """The same, or null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    found = {**schema, "type": [schema["type"], "null"]}
    return found | ({"enum": [*schema["enum"], None]} if "enum" in schema else {})


def one_of(*words: str) -> Json:
    return {"type": "string", "enum": list(words)}


def list_of(schema: Json) -> Json:
    return {"type": "array", "items": schema}


def said(schema: Json, description: str) -> Json:
    """With a sentence about it."""
    return {**schema, "description": description}


def named(name: str) -> Json:
    """A reference to one of the tables, by its name without `Harvest`."""
    return {"$ref": f"#/components/schemas/{HARVESTS}{name}"}


def table(fields: Json, needed: str | None = None, description: str = "") -> Json:
    """An object of these fields.

    Shape: a field whose name ends in `?` may be missing, any other is there; `needed` names those that must be there
    instead, separated by blanks. Further fields may come: Harvest adds some from time to time.
    """
    properties = {name.rstrip("?"): schema for name, schema in fields.items()}
    always = [name for name in fields if not name.endswith("?")] if needed is None else needed.split()
    found: Json = {"type": "object", "properties": properties}
    return found | ({"required": always} if always else {}) | ({"description": description} if description else {})

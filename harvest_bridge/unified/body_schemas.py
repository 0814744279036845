"""What can be written, as JSON Schema, from the serializers that check it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

Json = dict[str, Any]


def body_schema(kind: type[serializers.Serializer[Any]]) -> Json:
    """Shape: `required` is for new records; a change may leave out anything."""
    return _object(kind())


def _object(serializer: serializers.Serializer[Any]) -> Json:
    fields = serializer.fields
    required = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": {name: _field(field) for name, field in fields.items()},
        **({"required": required} if required else {}),
    }


def _field(field: serializers.Field[Any, Any, Any, Any]) -> Json:
    schema = _kind(field)
    if field.allow_null:
        schema["type"] = [schema["type"], "null"]
    return schema | ({"description": str(field.help_text)} if field.help_text else {})


def _kind(field: serializers.Field[Any, Any, Any, Any]) -> Json:
    match field:
        case serializers.Serializer():
            return _object(field)
        case serializers.ListField():
            bounds = {"minItems": field.min_length, "maxItems": field.max_length}
            return {"type": "array", "items": _field(field.child), **_given(bounds)}
        case serializers.ChoiceField():
            return {"type": "string", "enum": list(field.choices)}
        case serializers.BooleanField():
            return {"type": "boolean"}
        case serializers.IntegerField():
            return {"type": "integer", **_given({"minimum": field.min_value, "maximum": field.max_value})}
        case serializers.DictField():
            return {"type": "object", "additionalProperties": True}
        case serializers.EmailField():
            return {"type": "string", "format": "email", **_given({"maxLength": field.max_length})}
        case serializers.CharField():
            return {"type": "string", **_given({"maxLength": field.max_length})}
    raise TypeError(f"{type(field).__name__} has no schema here yet")


def _given(bounds: Json) -> Json:
    return {name: bound for name, bound in bounds.items() if bound is not None}

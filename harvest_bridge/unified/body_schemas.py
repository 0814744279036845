"""What can be written, as JSON Schema: drf-spectacular's, with whatever it refers to written in its place."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from rest_framework import serializers
from rest_framework.views import APIView

Json = dict[str, Any]
_SPECTACULARS_OWN = "x-spec-enum-id"


@lru_cache
def body_schema(kind: type[serializers.Serializer[Any]]) -> Json:
    """Shape: `required` is for new records; a change may leave out anything."""
    schema, registry = AutoSchema(), ComponentRegistry()
    schema.registry, schema.method, schema.path = registry, "POST", "/"
    schema.view = APIView(request=None, format_kwarg=None)
    found = schema.resolve_serializer(kind, "request")
    inlined: Json = _inlined(found.schema, registry.build({})["schemas"])
    return inlined


def _inlined(part: Any, components: Json) -> Any:
    if isinstance(part, list):
        return [_inlined(each, components) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(components[part["$ref"].rpartition("/")[2]], components)
    return {name: _inlined(value, components) for name, value in part.items() if name != _SPECTACULARS_OWN}

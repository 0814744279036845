"""What crosses the border: mappings, their versions, and the requests that change them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from harvest_bridge.api.inputs import StrictInput

from .models import FieldMapping


class MappingInput(StrictInput):
    """`version` is the one that the author saw (0: none); without it the last to write wins."""

    expression = serializers.CharField(trim_whitespace=False)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1, default=None, allow_null=True)


class RestoreInput(StrictInput):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class PreviewInput(StrictInput):
    """`id` is a user's or role's; without it a record is taken that Harvest lists first."""

    resource = serializers.CharField(max_length=20)
    field = serializers.CharField(max_length=80)
    expression = serializers.CharField(trim_whitespace=False)
    id = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)


def serialize_mapping(row: FieldMapping) -> dict[str, Any]:
    return {
        "resource": row.resource,
        "field": row.field,
        "layer": "connection" if row.is_of_connection else "host_app",
        "integrated_account_id": str(row.connection_id) if row.is_of_connection else None,
        "expression": row.expression or None,
        "version": row.version,
        "restores": row.restores,
        "is_current": row.is_current,
        "changed_by": row.changed_by,
        "changed_at": row.changed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }

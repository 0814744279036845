"""What crosses the border of /invoices/settings."""

from __future__ import annotations

from rest_framework import serializers

from harvest_bridge.api.inputs import StrictInput

from .zones import is_zone


class InvoiceSettingsInput(StrictInput):
    """`timezone` empty or null: INVOICES_TIMEZONE holds again."""

    timezone = serializers.CharField(max_length=64, allow_blank=True, allow_null=True)

    def validate_timezone(self, value: str | None) -> str:
        if value and not is_zone(value):
            raise serializers.ValidationError("must be a name of the IANA zones, such as Europe/Berlin.")
        return value or ""

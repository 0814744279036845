"""Fields that bodies of several questions have."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from harvest_bridge.harvest.currencies import is_currency


class CurrencyField(serializers.CharField):
    """A code of ISO 4217, in capitals or not."""

    default_error_messages = {"unknown": "Must be a currency of ISO 4217, such as EUR."}

    def to_internal_value(self, data: Any) -> str:
        code = str(super().to_internal_value(data)).upper()
        if not is_currency(code):
            self.fail("unknown")
        return code

"""What crosses the border of /insights/budgets/settings."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from harvest_bridge.api.inputs import StrictInput

from .models import BudgetSettings


class BudgetSettingsInput(StrictInput):
    """Percent of a budget; none: no events."""

    thresholds = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=1000), max_length=20)


def serialize_settings(row: BudgetSettings) -> dict[str, Any]:
    return {"thresholds": row.thresholds}

"""What crosses the border of /insights/exchange-rates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from harvest_bridge.api.inputs import StrictInput
from harvest_bridge.insights.fields import CurrencyField
from harvest_bridge.insights.money import plain

from .models import ExchangeRate

MOST_AT_ONCE = 2000


class ExchangeRateInput(StrictInput):
    """One unit of `source` is worth `rate` of `target`, from `starts_on` on."""

    source = CurrencyField(max_length=3)  # type: ignore[assignment]  # DRF's own `source` is of fields, not of inputs
    target = CurrencyField(max_length=3)
    starts_on = serializers.DateField()
    rate = serializers.DecimalField(max_digits=20, decimal_places=10, min_value=Decimal("0.0000000001"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["source"] == attrs["target"]:
            raise serializers.ValidationError({"target": ["Must be another currency than `source`."]})
        return attrs


class ExchangeRatesInput(StrictInput):
    """Each takes the place of one for the same currencies and day."""

    rates = serializers.ListField(child=ExchangeRateInput(), min_length=1, max_length=MOST_AT_ONCE)


def serialize_rate(row: ExchangeRate) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "source": row.source,
        "target": row.target,
        "starts_on": row.starts_on,
        "rate": plain(row.rate),
    }

"""What crosses the border of /insights/utilization/settings, /terms and /people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from harvest_bridge.api.inputs import StrictInput
from harvest_bridge.insights.money import plain
from harvest_bridge.insights.rounding import half_up

from .models import UtilizationSettings, WorkTerms
from .patterns import WEEKDAYS

_HOUR_SECONDS = 3600
_MOST_IDS = 200
_TERMS = ("weekly_capacity_hours", "working_pattern", "country", "target")


def _share(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=6, decimal_places=4, min_value=Decimal(0), max_value=Decimal(10), required=False, **options
    )


def _ids() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**53), max_length=_MOST_IDS, required=False
    )


class UtilizationSettingsInput(StrictInput):
    """What is left out stays."""

    absence_task_ids = _ids()
    absence_project_ids = _ids()
    target = _share()
    under_below = _share()
    over_above = _share()
    overbooked_above = _share()


class WorkingPatternInput(StrictInput):
    """Hours of each day; a day that is left out has none. At least one has some."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            day: serializers.DecimalField(
                max_digits=6, decimal_places=4, min_value=Decimal(0), max_value=Decimal(24), default=Decimal(0)
            )
            for day in WEEKDAYS
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs.values()):
            raise serializers.ValidationError("One day at least must have hours.")
        return attrs


class WorkTermsInput(StrictInput):
    """Of a person, a role, or everybody; `from` null: since ever. What is null is left to the terms behind."""

    user_id = serializers.IntegerField(min_value=1, max_value=2**53, required=False, allow_null=True, default=None)
    role = serializers.CharField(max_length=255, required=False, allow_blank=True, default="")
    weekly_capacity_hours = serializers.DecimalField(
        max_digits=7,
        decimal_places=4,
        min_value=Decimal("0.01"),
        max_value=Decimal(168),
        required=False,
        allow_null=True,
        default=None,
    )
    working_pattern = WorkingPatternInput(required=False, allow_null=True, default=None)
    country = serializers.CharField(max_length=2, required=False, allow_null=True, allow_blank=True, default=None)
    subdivision = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    target = _share(allow_null=True, default=None)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateField(required=False, allow_null=True, default=None)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["user_id"] and attrs["role"]:
            raise serializers.ValidationError({"role": ["Name a person or a role, not both."]})
        if all(attrs[name] is None for name in _TERMS):
            raise serializers.ValidationError({"body": [f"Set one of {', '.join(_TERMS)} at least."]})
        return attrs


class EmploymentInput(StrictInput):
    """Both days included; null gives a day back to what entries and archiving tell."""

    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


def weekly_seconds_of(hours: Decimal | None) -> int | None:
    if hours is None:
        return None
    top, bottom = hours.as_integer_ratio()
    return half_up(top * _HOUR_SECONDS, bottom)


def hours_text(seconds: int | None) -> str | None:
    """Exact up to six digits: `35`, `27.777778`."""
    return None if seconds is None else plain(Decimal(half_up(seconds * 10**6, _HOUR_SECONDS)).scaleb(-6))


def serialize_settings(row: UtilizationSettings) -> dict[str, Any]:
    return {
        "absence_task_ids": row.absence_task_ids,
        "absence_project_ids": row.absence_project_ids,
        **{name: f"{getattr(row, name):.4f}" for name in ("target", "under_below", "over_above", "overbooked_above")},
    }


def serialize_terms(row: WorkTerms) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "user_id": row.harvest_user_id,
        "role": row.role or None,
        "from": row.starts_on,
        "weekly_capacity_hours": hours_text(row.weekly_seconds),
        "working_pattern": dict(zip(WEEKDAYS, row.pattern, strict=True)) if row.pattern else None,
        "country": row.country,
        "subdivision": row.subdivision or None,
        "target": None if row.target is None else f"{row.target:.4f}",
    }

"""Fields of the bodies of clicks: each refusal says in our words what to send instead."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils import timezone
from rest_framework import serializers

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_FIRST_YEAR = 1970
_LARGEST_ID = 2**63 - 1
_MISSING = {"required": "Is missing; send it.", "null": "Must not be null."}


def is_sane(moment: date) -> bool:
    """Between a slip of the pen and a plan for next year."""
    return _FIRST_YEAR <= moment.year <= timezone.now().year + 1


def day_from(text: str) -> date:
    """Errors: ValueError for any other form of ISO 8601 too, as few people mean `2026-W48-1`."""
    if not _DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


class TextField(serializers.CharField):
    default_error_messages = {
        **_MISSING,
        "invalid": "Must be text.",
        "blank": "Must not be empty.",
        "max_length": "Must be {max_length} characters at most.",
        "min_length": "Must be {min_length} characters at least.",
    }


class IdOfHarvestField(serializers.IntegerField):
    """An id that Harvest gave."""

    default_error_messages = {
        **_MISSING,
        "invalid": "Must be an id of Harvest's, a whole number.",
        "max_string_length": "Must be an id of Harvest's, a whole number.",
        "min_value": "Must be an id of Harvest's, 1 or more.",
        "max_value": "Must be an id of Harvest's, {max_value} at most.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=_LARGEST_ID, **options)


class DayField(serializers.DateField):
    default_error_messages = {
        **_MISSING,
        "invalid": "Must be a date such as 2026-11-24.",
        "datetime": "Must be a date such as 2026-11-24.",
        "out_of_reach": "Must be a date from 1970 on to the next year.",
    }

    def to_internal_value(self, value: Any) -> date:
        try:
            day = day_from(value if isinstance(value, str) else "")
        except ValueError:
            self.fail("invalid")
        if not is_sane(day):
            self.fail("out_of_reach")
        return day


class ClockTimeField(serializers.TimeField):
    default_error_messages = {**_MISSING, "invalid": "Must be a time of the day such as 09:30."}

    def to_internal_value(self, value: Any) -> time:
        if not isinstance(value, str) or not _CLOCK.fullmatch(value):
            self.fail("invalid")
        read: time = super().to_internal_value(value)
        return read


class MomentField(serializers.DateTimeField):
    default_error_messages = {
        **_MISSING,
        "invalid": "Must be a moment such as 2026-11-24T09:30:00Z.",
        "date": "Must be a moment such as 2026-11-24T09:30:00Z.",
        "overflow": "Must be a moment from 1970 on to the next year.",
        "out_of_reach": "Must be a moment from 1970 on to the next year.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        return moment if is_sane(moment) else self.out_of_reach(moment)

    def out_of_reach(self, moment: datetime) -> datetime:
        """Errors: ValidationError."""
        self.fail("out_of_reach")


class MomentOfClickField(MomentField):
    """A clock that is years off loses no click: what is too old is asked about, what is to come counts as now."""

    def out_of_reach(self, moment: datetime) -> datetime:
        return datetime(_FIRST_YEAR, 1, 1, tzinfo=UTC) if moment.year < _FIRST_YEAR else timezone.now()

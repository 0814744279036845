"""The rules of a person: their own where they have any, else those of the host app."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from timer_widget.models import Person, PersonTimerRules, TimerSettings, Weekend

from .rules import Rules


def rules_of(person: Person) -> Rules:
    """Two reads."""
    general = TimerSettings.of(person.host_app)
    own = PersonTimerRules.objects.filter(person=person).first()

    def said(name: str) -> Any:
        value = getattr(own, name, None)
        return getattr(general, name) if value in (None, "") else value

    hours: Decimal | None = said("longest_run_hours")
    return Rules(
        is_on=said("finds_forgotten"),
        longest_run=None if hours is None else timedelta(hours=float(hours)),
        day_starts=said("work_day_starts"),
        day_ends=said("work_day_ends"),
        weekend=Weekend(said("weekend")),
        stops_after=_minutes(said("stops_forgotten_after_minutes")),
        reminds_after=_minutes(said("reminds_after_minutes")),
    )


def _minutes(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(minutes=count)

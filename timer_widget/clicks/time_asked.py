"""The time that a form gave, as the fields of an account's mode."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from timer_widget.account_mode import Mode, mode_of, time_fields

from .attempt import Attempt


def time_asked(attempt: Attempt, day: date, mode: Mode | None = None) -> dict[str, Any]:
    """Nothing where the form gave none. Hours in an account with times end when the form was sent."""
    asked = attempt.asked
    hours, started, ended = (asked.get(name) for name in ("hours", "started_time", "ended_time"))
    if hours is None and started is None:
        return {}
    return time_fields(
        mode or mode_of(attempt.harvest),
        day=day,
        now=attempt.moment.astimezone(attempt.harvest.zone()),
        hours=None if hours is None else Decimal(str(hours)),
        started=None if started is None else time.fromisoformat(started),
        ended=None if ended is None else time.fromisoformat(ended),
    )

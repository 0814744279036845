"""Time that was worked already, on any day; what runs goes on running."""

from __future__ import annotations

from datetime import date
from typing import Any

from .attempt import Attempt, Done
from .items import NO_ITEM
from .making import made_before, make, place_of
from .references import reference_to
from .time_asked import time_asked
from .time_writing import settled


def add(attempt: Attempt) -> Done:
    """Errors: the HarvestError tree."""
    asked = attempt.asked
    day = date.fromisoformat(asked["spent_date"])
    place = place_of(asked, day, reference_to(asked.get("item") or NO_ITEM))

    def fields() -> dict[str, Any]:
        return time_asked(attempt, day)

    made = made_before(attempt, place) or make(attempt, place, fields)
    return Done(settled(attempt.harvest, made, fields), leaves_running=True)

"""Adds an entry for time that was worked already; a running timer goes on."""

from __future__ import annotations

from datetime import date
from typing import Any

from timer_widget.account_mode import Mode

from .attempt import Attempt, Done
from .entry_creation import create_entry, entry_fields, find_created_entry
from .external_references import NO_ITEM, external_reference
from .time_writing import requested_time_fields, settled


def add(attempt: Attempt) -> Done:
    """Errors: the HarvestError tree."""
    asked = attempt.asked
    day = date.fromisoformat(asked["spent_date"])
    place = entry_fields(asked, day, external_reference(asked.get("item") or NO_ITEM))

    def fields(mode: Mode) -> dict[str, Any]:
        return requested_time_fields(attempt, asked, day, mode)

    made = find_created_entry(attempt, place) or create_entry(attempt, place, fields)
    return Done(settled(attempt.harvest, made, fields), leaves_running=True)

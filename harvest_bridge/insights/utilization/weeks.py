"""A person's week so far: what was worked beside what the week, or its days that are over, have room for."""

from __future__ import annotations

from dataclasses import dataclass

from harvest_bridge.insights.records.days import week_number

from .bands import Band, Limits
from .calculation import Sheet
from .measures import Figures


@dataclass(frozen=True, slots=True)
class Load:
    """Units: millionths of an hour. `capacity` is of what `worked` was compared with: the whole week, or the days of it
    that are over. `goal ÷ gross` is the target in ten-thousandths."""

    user_id: int
    week: int
    worked: int
    capacity: int
    goal: int
    gross: int
    band: Band | None


def load_of(sheet: Sheet, limits: Limits, one: int, cell: Figures, *, week: int, today: int) -> Load:
    """A week that is over is judged whole. One that is not is over its target as soon as it passes that of the whole
    week, and under it where it lags behind the days before today."""
    first, last = week * 7 - 3, week * 7 + 3
    worked = cell.tracked - cell.absence
    whole = cell.net - cell.off
    band = limits.band(worked, whole, cell.goal, cell.net)
    if week_number(today) > week:
        return Load(one, week, worked, whole, cell.goal, cell.net, band)
    if band in (Band.OVER, Band.OVERBOOKED):
        return Load(one, week, worked, whole, cell.goal, cell.net, band)
    over = sheet.capacity_between(one, first, min(today - 1, last)) if today > first else 0
    so_far = limits.band(worked, over, cell.goal, cell.net)
    if so_far is Band.UNDER:
        return Load(one, week, worked, over, cell.goal, cell.net, Band.UNDER)
    return Load(one, week, worked, whole, cell.goal, cell.net, None if so_far is None else Band.ON_TARGET)

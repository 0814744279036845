"""Ranges of days that nobody chose: a few in the tests, as many as INSIGHTS_RANGES says elsewhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

# The sandbox's year, and a bit to both sides of it; Harvest's reports take a year at most.
FIRST, LAST, MOST_DAYS = date(2025, 11, 20), date(2026, 12, 10), 365


def in_any_range(check: Callable[[str, str], None]) -> None:
    """Calls `check` with first and last day."""

    @settings(max_examples=int(os.environ.get("INSIGHTS_RANGES", "3")), deadline=None, derandomize=True, database=None)
    @given(st.dates(FIRST, LAST), st.integers(0, MOST_DAYS - 1))
    def look(first: date, days: int) -> None:
        check(first.isoformat(), (first + timedelta(days=days)).isoformat())

    look()

"""Whatever was tracked: sums are the same over any grouping, any split of the days, and in any order of writing."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, person, project, task

pytestmark = pytest.mark.django_db
FIRST, DAYS = date(2026, 2, 10), 60
CURRENCIES = {3: "EUR", 4: "USD", 8: "JPY", 9: "KWD"}
DIGITS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
HOURS = ("tracked_hours", "billable_hours", "non_billable_hours")
MONEY = ("revenue", "labour_cost", "uninvoiced")
tracked = st.builds(
    dict,
    day=st.integers(0, DAYS - 1).map(lambda days: (FIRST + timedelta(days=days)).isoformat()),
    hours=st.integers(1, 24_000_000).map(lambda micros: micros / 1_000_000),
    user=st.integers(1, 3),
    project=st.integers(1, 4),
    task=st.integers(1, 2),
    billable=st.booleans(),
    is_billed=st.booleans(),
    billable_rate=st.integers(0, 9_999_999).map(lambda units: units / 10_000),
    cost_rate=st.integers(0, 9_999_999).map(lambda units: units / 10_000),
)


def totals(ask: Asking, path: str, by: str, first: int = 0, last: int = DAYS - 1) -> Any:
    days = {"from": (FIRST + timedelta(days=first)).isoformat(), "to": (FIRST + timedelta(days=last)).isoformat()}
    return ask.get(path, **days, by=by)["total"]


def test_sums_are_the_same_however_they_are_made(mirrored: Mirrored, ask: Asking) -> None:
    mirrored.put("users", *(person(n) for n in range(1, 4)))
    mirrored.put("clients", *(client(n, code) for n, code in CURRENCIES.items()))
    mirrored.put("projects", *(project(n, each) for n, each in enumerate(CURRENCIES, 1)))
    mirrored.put("tasks", task(1), task(2))
    ids, live = count(1), list[int]()

    def write(rows: list[dict[str, Any]]) -> None:
        mirrored.delete("time_entries", *live)
        live[:] = [next(ids) for _ in rows]
        mirrored.put("time_entries", *(entry(number, **row) for number, row in zip(live, rows, strict=True)))

    @settings(
        max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(st.lists(tracked, min_size=1, max_size=30), st.integers(1, DAYS - 1), st.integers())
    def look(rows: list[dict[str, Any]], cut: int, seed: int) -> None:
        write(rows)
        hours = totals(ask, "utilization", "person")
        money = totals(ask, "profitability", "project")

        for by in ("team", "role", "project", "client"):
            assert {name: totals(ask, "utilization", by)[name] for name in HOURS} == {n: hours[n] for n in HOURS}
        for by in ("client", "task", "person", "month"):
            assert totals(ask, "profitability", by) == money
        parts = [(0, cut - 1), (cut, DAYS - 1)]
        for name in HOURS:
            split = (Decimal(totals(ask, "utilization", "person", *part)[name]) for part in parts)
            assert sum(split, Decimal(0)) == Decimal(hours[name])
        halves = [one for part in parts for one in totals(ask, "profitability", "project", *part)["amounts"]]
        for whole in money["amounts"]:
            mine = [one for one in halves if one["currency"] == whole["currency"]]
            for name in MONEY:
                if whole[name] is not None:
                    off = sum((Decimal(one[name]) for one in mine), Decimal(0)) - Decimal(whole[name])
                    assert abs(off) <= Decimal(1).scaleb(-DIGITS[whole["currency"]])

        write(random.Random(seed).sample(rows, len(rows)))
        assert totals(ask, "utilization", "person") == hours
        assert totals(ask, "profitability", "project") == money

    look()

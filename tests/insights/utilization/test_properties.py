"""Whatever is asked for, sums are the same: over any grouping, over the parts of a range, in any order."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, person, project, task

pytestmark = pytest.mark.django_db
FIRST, DAYS = date(2026, 2, 2), 90
HOURS = ("tracked_hours", "absence_hours", "worked_hours", "billable_hours", "non_billable_hours")
CAPACITY = ("capacity_hours", "gross_capacity_hours", "holiday_hours", "absence_from_capacity_hours")
RANGE = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=DAYS - 1)).isoformat()}


def entries(dice: random.Random) -> list[dict[str, Any]]:
    return [
        entry(
            number,
            (FIRST + timedelta(days=dice.randrange(DAYS))).isoformat(),
            dice.randrange(1, 900) / 100,
            user=dice.randint(1, 7),
            project=dice.randint(1, 6),
            task=dice.randint(1, 4),
            billable=dice.random() < 0.6,
        )
        for number in range(1, 301)
    ]


@pytest.fixture(params=[1, 2])
def busy(request: pytest.FixtureRequest, mirrored: Mirrored, ask: Asking) -> Mirrored:
    """Seven people with all kinds of terms, of whom one has no capacity."""
    dice = random.Random(request.param)
    capacities = [144_000, 126_000, 100_000, 0, 72_000, 90_001, 144_000]
    roles = [["Build"], ["Design"], ["Build", "Design"], [], ["Build"], [], ["Design"]]
    rows = zip(range(1, 8), capacities, roles, strict=True)
    mirrored.put("users", *(person(n, weekly_capacity=c, roles=r) for n, c, r in rows))
    mirrored.put("clients", client(3), client(4))
    mirrored.put("projects", *(project(n, 3 + n % 2) for n in range(1, 7)))
    mirrored.put("tasks", *(task(n) for n in range(1, 5)))
    mirrored.put("time_entries", *dice.sample(entries(dice), 300))
    ask.send("patch", "utilization/settings", {"absence_task_ids": [4]})
    ask.send("put", "utilization/terms", {"country": "DE", "subdivision": "BY"})
    ask.send("put", "utilization/terms", {"user_id": 2, "from": "2026-03-11", "weekly_capacity_hours": 17})
    ask.send("put", "utilization/terms", {"role": "Build", "working_pattern": {"monday": 3, "sunday": 1}})
    ask.send("patch", "utilization/people/7", {"starts_on": "2026-02-20", "ends_on": "2026-04-01"})
    return mirrored


def summed(rows: list[Any], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


@pytest.mark.parametrize("by", ["person", "team", "role", "project", "client"])
def test_groups_add_up_to_the_whole(busy: Mirrored, ask: Asking, by: str) -> None:
    people = ask.get("utilization", **RANGE)["total"]

    answer = ask.get("utilization", **RANGE, by=by)

    for name in HOURS:
        assert summed(answer["result"], name) == Decimal(people[name])
    for name in (*HOURS, *CAPACITY, "utilization"):
        assert answer["total"][name] == people[name]
    if by in ("person", "team", "role"):
        for name in CAPACITY:
            assert summed(answer["result"], name) == Decimal(people[name])


@pytest.mark.parametrize("interval", ["day", "week", "month"])
def test_intervals_add_up_to_their_row(busy: Mirrored, ask: Asking, interval: str) -> None:
    for row in ask.get("utilization", **RANGE, interval=interval)["result"]:
        for name in (*HOURS, "capacity_hours"):
            assert summed(row["intervals"], name) == Decimal(row[name])


@pytest.mark.parametrize("definition", ["net_capacity", "harvest"])
def test_the_parts_of_a_range_add_up_to_it(busy: Mirrored, ask: Asking, definition: str) -> None:
    whole = ask.get("utilization", **RANGE, definition=definition)["total"]
    cuts = [FIRST, FIRST + timedelta(days=10), FIRST + timedelta(days=53), FIRST + timedelta(days=DAYS)]
    parts = [
        ask.get(
            "utilization",
            **{"from": first.isoformat(), "to": (end - timedelta(days=1)).isoformat()},
            definition=definition,
        )["total"]
        for first, end in pairwise(cuts)
    ]

    for name in (*HOURS, "capacity_hours", "gross_capacity_hours", "holiday_hours"):
        assert summed(parts, name) == Decimal(whole[name])


def test_what_a_row_says_is_what_its_entries_add_up_to(busy: Mirrored, ask: Asking) -> None:
    for by in ("person", "role", "project", "client"):
        for row in ask.get("utilization", **RANGE, by=by)["result"]:
            assert ask.follow(row["entries"])["total"]["rounded_hours"] == row["tracked_hours"]


def test_pages_hold_every_row_once(busy: Mirrored, ask: Asking) -> None:
    whole = ask.get("utilization", **RANGE)["result"]

    assert ask.every("utilization", **RANGE, limit=3) == whole

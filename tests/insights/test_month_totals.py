"""Totals of months change no answer: whatever was written when, and whichever of them stand."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.insights.records.month_totals import cut_of
from harvest_bridge.mirror import month_totals
from harvest_bridge.mirror.models import MonthState
from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, person, project, task

pytestmark = pytest.mark.django_db
FIRST, DAYS = date(2026, 1, 20), 120
RANGES = [(0, 119), (1, 118), (12, 40), (41, 68), (3, 9), (50, 50)]
MONTHS_OF_1970 = [1970 * 12 + month for month in range(12)]
Json = dict[str, Any]


def any_entry(dice: random.Random, number: int) -> Json:
    is_billable, is_fine = dice.random() < 0.6, dice.random() < 0.05
    return entry(
        number,
        (FIRST + timedelta(days=dice.randrange(DAYS))).isoformat(),
        dice.randrange(1, 8_000_000) / 1_000_000 if is_fine else dice.randrange(1, 800) / 100,
        user=dice.randint(1, 4),
        project=dice.randint(1, 5),
        task=dice.randint(1, 3),
        billable=is_billable,
        billable_rate=dice.randrange(1, 20_000) / 100 if is_billable and dice.random() < 0.9 else None,
        cost_rate=dice.randrange(0, 9000) / 100 if dice.random() < 0.9 else None,
        is_billed=dice.random() < 0.3,
        budgeted=dice.random() < 0.8,
    )


@pytest.fixture
def account(mirrored: Mirrored) -> Mirrored:
    mirrored.put("company", {"name": "Acme", "currency": "EUR", "timezone": "Berlin"})
    mirrored.put("users", *(person(n) for n in range(1, 5)))
    mirrored.put("clients", client(3))
    budget = {"budget_by": "project", "budget": 500, "is_fixed_fee": False}
    mirrored.put("projects", *(project(n, **budget) for n in range(1, 6)))
    mirrored.put("tasks", *(task(n) for n in range(1, 4)))
    return mirrored


def answers(ask: Asking) -> list[Any]:
    """Everything that sums entries, but for the moment of the answer."""
    found = []
    for low, high in RANGES:
        days = {"from": (FIRST + timedelta(days=low)).isoformat(), "to": (FIRST + timedelta(days=high)).isoformat()}
        found += [ask.get("profitability", **days), ask.get("utilization", **days, hours="actual")]
        found += [ask.get("utilization", **days, interval=each) for each in ("week", "month")]
    return [*found, ask.get("budgets")]


def with_totals() -> int:
    return month_totals.total_due(now=timezone.now() + timedelta(hours=1), least_entries=1)


def test_answers_are_the_same_with_totals_as_entry_by_entry(account: Mirrored, ask: Asking) -> None:
    dice = random.Random(181)
    account.put("time_entries", *(any_entry(dice, number) for number in range(1, 201)))
    ask.send("patch", "utilization/settings", {"absence_task_ids": [3]})
    expected = answers(ask)

    assert with_totals() == 5

    assert answers(ask) == expected


def test_a_change_ends_the_totals_of_the_months_it_moves_between(account: Mirrored, ask: Asking) -> None:
    dice = random.Random(182)
    account.put("time_entries", *(any_entry(dice, number) for number in range(1, 101)))
    for turn in range(6):
        with_totals()
        account.put("time_entries", *(any_entry(dice, dice.randint(1, 110)) for _ in range(3)))
        account.delete("time_entries", dice.randint(1, 110))
        found = answers(ask)

        MonthState.objects.update(is_current=False)

        assert answers(ask) == found, turn
        MonthState.objects.update(due_at=timezone.now())


def test_a_month_that_was_just_changed_waits_until_it_is_quiet(account: Mirrored) -> None:
    account.put("time_entries", any_entry(random.Random(1), 1))

    assert month_totals.total_due(now=timezone.now(), least_entries=1) == 0
    assert with_totals() == 1


def test_a_small_month_is_read_entry_by_entry(account: Mirrored) -> None:
    account.put("time_entries", any_entry(random.Random(1), 1))

    assert month_totals.total_due(now=timezone.now() + timedelta(hours=1)) == 0
    assert MonthState.objects.get().due_at is None


@given(
    first=st.integers(0, 400),
    length=st.integers(0, 400),
    months=st.sets(st.sampled_from(MONTHS_OF_1970)),
    by_week=st.booleans(),
)
def test_a_range_is_cut_so_that_each_day_is_read_once(first: int, length: int, months: set[int], by_week: bool) -> None:
    last = first + length

    cut = cut_of(first, last, months, by_week=by_week)

    read = [day for low, high in cut.days for day in range(low, high + 1)]
    totalled = [day for day in range(first, last + 1) if day not in set(read)]
    cells: dict[tuple[int, int], list[int]] = {}
    for day in range(366 + 400):
        on = date(1970, 1, 1) + timedelta(days=day)
        cells.setdefault((on.year * 12 + on.month - 1, (day + 3) // 7 if by_week else 0), []).append(day)
    assert read == sorted(set(read))
    assert all(first <= day <= last for day in read)
    covered = [cell for cell in cells if cells[cell][0] in set(totalled)]
    assert sorted(day for cell in covered for day in cells[cell]) == totalled
    assert {month for month, _ in covered} <= months

"""Totals are the same by whatever they are grouped, over the parts of a range, and however fine the hours are."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, expense, person, project, task

pytestmark = pytest.mark.django_db
FIRST, DAYS = date(2026, 2, 10), 80
RANGE = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=DAYS - 1)).isoformat()}
CURRENCIES = {3: "EUR", 4: "USD", 8: "JPY", 9: "KWD"}
DIGITS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
BY = ("project", "client", "task", "person", "month")
Json = dict[str, Any]


def day(dice: random.Random) -> str:
    return (FIRST + timedelta(days=dice.randrange(DAYS))).isoformat()


def entries(dice: random.Random) -> list[Json]:
    """Some with hours finer than Harvest's, and rates finer than money."""
    found = []
    for number in range(1, 251):
        fine = dice.random() < 0.1
        hours = dice.randrange(1, 9_000_000) / 1_000_000 if fine else dice.randrange(1, 900) / 100
        is_billable = dice.random() < 0.7
        found.append(
            entry(
                number,
                day(dice),
                hours,
                user=dice.randint(1, 4),
                project=dice.randint(1, 8),
                task=dice.randint(1, 3),
                billable=is_billable,
                billable_rate=dice.randrange(1, 2_000_000) / 10_000 if is_billable else None,
                cost_rate=dice.randrange(0, 900_000) / 10_000,
                is_billed=dice.random() < 0.3,
            )
        )
    return found


@pytest.fixture(params=[3, 4])
def shop(request: pytest.FixtureRequest, mirrored: Mirrored) -> list[Json]:
    """Eight projects in four currencies, of which two have a fixed fee; what was tracked on them."""
    dice = random.Random(request.param)
    mirrored.put("users", *(person(n) for n in range(1, 5)))
    mirrored.put("clients", *(client(n, code) for n, code in CURRENCIES.items()))
    fixed = {"is_fixed_fee": True, "fee": 10_000, "starts_on": "2026-01-15", "ends_on": "2026-07-01"}
    clients = list(CURRENCIES)
    mirrored.put("projects", *(project(n, clients[n % 4], **(fixed if n in (4, 5) else {})) for n in range(1, 9)))
    mirrored.put("tasks", *(task(n) for n in range(1, 4)))
    found = entries(dice)
    mirrored.put("time_entries", *dice.sample(found, len(found)))
    mirrored.put(
        "expenses",
        *(
            expense(n, day(dice), dice.randrange(1, 9999) / 100, project=dice.randint(1, 8), billable=n % 2 == 0)
            for n in range(1, 31)
        ),
    )
    return found


def test_totals_are_the_same_by_whatever_they_are_grouped(shop: list[Json], ask: Asking) -> None:
    totals = [ask.get("profitability", **RANGE, by=by)["total"] for by in BY]

    assert len(totals[0]["amounts"]) == 4
    assert all(total == totals[0] for total in totals[1:])


@pytest.mark.parametrize("by", BY)
def test_rows_add_up_to_the_total_but_for_their_rounding(shop: list[Json], ask: Asking, by: str) -> None:
    answer = ask.get("profitability", **RANGE, by=by)

    for total in answer["total"]["amounts"]:
        unit = Decimal(1).scaleb(-DIGITS[total["currency"]])
        rows = [one for row in answer["result"] for one in row["amounts"] if one["currency"] == total["currency"]]
        for name in ("revenue", "expenses", "uninvoiced"):
            off = sum((Decimal(one[name]) for one in rows), Decimal(0)) - Decimal(total[name])
            assert abs(off) <= unit * len(rows) / 2


def test_the_parts_of_a_range_add_up_to_it_but_for_their_rounding(shop: list[Json], ask: Asking) -> None:
    whole = ask.get("profitability", **RANGE)["total"]
    middle = FIRST + timedelta(days=33)
    parts = [
        ask.get("profitability", **{"from": first.isoformat(), "to": last.isoformat()})["total"]
        for first, last in ((FIRST, middle), (middle + timedelta(days=1), FIRST + timedelta(days=DAYS - 1)))
    ]

    for one in whole["amounts"]:
        found = [part for each in parts for part in each["amounts"] if part["currency"] == one["currency"]]
        off = sum((Decimal(part["revenue"]) for part in found), Decimal(0)) - Decimal(one["revenue"])
        assert abs(off) <= Decimal(1).scaleb(-DIGITS[one["currency"]])


def test_money_is_what_decimal_arithmetic_gives(shop: list[Json], ask: Asking) -> None:
    """Each entry's product, added up exactly and rounded once."""
    rows = {row["id"]: row for row in ask.get("profitability", **RANGE)["result"]}

    for number in (1, 2, 3, 6, 7, 8):
        mine = [one for one in shop if one["project"]["id"] == number]
        cost = sum((Decimal(str(one["hours"])) * Decimal(str(one["cost_rate"])) for one in mine), Decimal(0))
        open_ = [one for one in mine if one["billable"] and not one["is_billed"]]
        value = sum(
            (Decimal(str(one["rounded_hours"])) * Decimal(str(one["billable_rate"])) for one in open_), Decimal(0)
        )
        row = rows[str(number)]
        assert row["account_labour_cost"]["amount"] == str(cost.quantize(Decimal("0.01"), ROUND_HALF_UP))
        behind = ask.follow(f"{row['entries']}&is_billable=true&is_billed=false&limit=2000")["result"]
        assert value == sum(
            (Decimal(one["rounded_hours"]) * Decimal(one["billable_rate"]) for one in behind), Decimal(0)
        )

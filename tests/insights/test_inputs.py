"""Bodies are taken whole or refused: what nobody knows is named, not left out without a word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import person, task

pytestmark = pytest.mark.django_db
NOVEMBER = {"kind": "monthly", "from": "2026-11-01", "by": "Paula"}
RATE = {"source": "USD", "target": "EUR", "starts_on": "2026-11-01", "rate": "0.92"}
BODIES: list[tuple[str, str, dict[str, Any]]] = [
    ("patch", "utilization/settings", {"absence_task_ids": [9]}),
    ("put", "utilization/terms", {"user_id": 1, "weekly_capacity_hours": 35}),
    ("patch", "utilization/people/1", {"starts_on": "2026-01-01"}),
    ("put", "exchange-rates", {"rates": [RATE]}),
    ("patch", "budgets/settings", {"thresholds": [50, 80]}),
    ("post", "payouts", NOVEMBER),
    ("post", "payouts/rates", {"rate": "70", "currency": "EUR", "by": "Paula"}),
    ("put", "payouts/payees/1", {"name": "Dana Frost"}),
]


@pytest.fixture
def account(mirrored: Mirrored) -> Mirrored:
    mirrored.put("users", person(1))
    mirrored.put("tasks", task(9))
    return mirrored


@pytest.mark.parametrize(("verb", "path", "body"), BODIES)
def test_a_field_that_nobody_knows_is_refused_by_name(
    account: Mirrored, ask: Asking, verb: str, path: str, body: dict[str, Any]
) -> None:
    refused = ask.send(verb, path, {**body, "colour": "red"}, status=400)

    assert refused["message"].startswith("colour: This field is not known here; known are ")
    ask.send(verb, path, body)


@pytest.mark.parametrize(
    ("verb", "path", "body", "named"),
    [
        ("put", "utilization/terms", {"working_pattern": {"monday": 8, "moonday": 8}}, "moonday"),
        ("put", "utilization/terms", {}, "Set one of weekly_capacity_hours, working_pattern, country, target"),
        ("put", "exchange-rates", {"rates": [{**RATE, "date": "2026-11-02"}]}, "date"),
        ("post", "payouts", {**NOVEMBER, "kind": "yearly"}, "Must be one of weekly, fortnightly"),
        ("post", "payouts", {**NOVEMBER, "policy": "some"}, "Must be one of approved, all"),
        ("post", "payouts/rates", {"rate": "-1", "currency": "EUR", "by": "Paula"}, "rate"),
        ("post", "payouts/rates", {"rate": "70", "currency": "XXQ", "by": "Paula"}, "ISO 4217"),
        ("put", "exchange-rates", {"rates": [{**RATE, "rate": "0"}]}, "rate"),
        ("post", "payouts", {**NOVEMBER, "people": [1, 99]}, "people: the mirror of this account has no users 99"),
        ("post", "payouts", {**NOVEMBER, "from": "0001-01-01"}, "from"),
        ("post", "payouts", {**NOVEMBER, "from": "9999-12-01"}, "from"),
        ("post", "payouts/rates", {"user_id": 99, "rate": "70", "currency": "EUR", "by": "Paula"}, "user_id"),
        ("post", "payouts/rates", {"task_id": 99, "rate": "70", "currency": "EUR", "by": "Paula"}, "task_id"),
        ("put", "payouts/payees/99", {"name": "Nobody"}, "user_id"),
    ],
)
def test_what_is_inside_is_looked_at_as_closely(
    account: Mirrored, ask: Asking, verb: str, path: str, body: dict[str, Any], named: str
) -> None:
    assert named in ask.send(verb, path, body, status=400)["message"]


def test_a_currency_may_be_written_small(account: Mirrored, ask: Asking) -> None:
    made = ask.send("post", "payouts/rates", {"rate": "70", "currency": "kwd", "by": "Paula"})

    assert made["currency"] == "KWD"

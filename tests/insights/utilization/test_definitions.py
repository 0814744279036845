"""Carmen's week before Easter by every definition, worked out by hand.

Monday 8 h billable, Tuesday 8 h vacation, Wednesday 8 h not billable, Thursday 4 h billable, Friday is a holiday.
Gross capacity is 40 h, less the holiday 32 h, less the vacation 24 h. Tracked 28 h, worked 20 h, billable 12 h.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import entry

pytestmark = pytest.mark.django_db
WEEK = {"from": "2026-03-30", "to": "2026-04-05"}
GOLDEN: dict[str, tuple[str, str, str, str, str, str]] = {
    # capacity, utilization, total, billable, non-billable, band with a target of 80 %
    "net_capacity": ("24", "0.8333", "0.8333", "0.5000", "0.3333", "on_target"),  # 20, 12, 8 of 24
    "harvest": ("40", "0.7000", "0.7000", "0.3000", "0.4000", "under"),  # 28, 12, 16 of 40
    "lucca": ("24", "0.5000", "0.8333", "0.5000", "0.3333", "under"),  # 12 of 24
    "bqe": ("40", "0.4286", "0.7143", "0.4286", "0.2857", "under"),  # 12 of 28 tracked
    "everhour": ("40", "0.3000", "0.5000", "0.3000", "0.2000", "under"),  # 12 of 40
}


def carmens(ask: Asking, **query: Any) -> Any:
    [row] = ask.get("utilization", **{**WEEK, "user_id": 1, **query})["result"]
    return row


@pytest.mark.parametrize("definition", GOLDEN)
def test_the_week_before_easter_by_each_definition(easter: Mirrored, ask: Asking, definition: str) -> None:
    row = carmens(ask, definition=definition)

    assert (
        row["capacity_hours"],
        row["utilization"],
        row["total_utilization"],
        row["billable_utilization"],
        row["non_billable_utilization"],
        row["band"],
    ) == GOLDEN[definition]


def test_an_answer_says_where_its_capacity_comes_from(easter: Mirrored, ask: Asking) -> None:
    row = carmens(ask)

    assert row["gross_capacity_hours"] == "40"
    assert row["holiday_hours"] == "8"
    assert row["absence_from_capacity_hours"] == "8"
    assert (row["tracked_hours"], row["absence_hours"], row["worked_hours"]) == ("28", "8", "20")
    assert (row["billable_hours"], row["non_billable_hours"]) == ("12", "8")


def test_an_answer_names_its_definition_and_its_moment(easter: Mirrored, ask: Asking) -> None:
    answer = ask.get("utilization", **WEEK, definition="harvest")

    assert answer["definition"] == {"name": "harvest", "version": 1}
    assert answer["as_of"] is not None
    assert answer["coverage"]["is_complete"] is True


def test_a_figure_opens_into_the_entries_that_made_it(easter: Mirrored, ask: Asking) -> None:
    row = carmens(ask)

    behind = ask.follow(row["entries"])

    assert [one["id"] for one in behind["result"]] == [1, 2, 3, 4]
    assert behind["total"] == {"count": 4, "hours": "28", "rounded_hours": "28"}


def test_a_group_divides_sums_and_takes_no_mean_of_shares(easter: Mirrored, ask: Asking) -> None:
    total = ask.get("utilization", **WEEK)["total"]

    assert total["worked_hours"] == "26"  # 20 and 6
    assert total["capacity_hours"] == "56"  # 24 and 32
    assert total["total_utilization"] == "0.4643"  # the mean of 0.8333 and 0.1875 would be 0.5104


def test_a_day_off_takes_no_more_than_the_day_has(easter: Mirrored, ask: Asking) -> None:
    easter.put("time_entries", entry(9, "2026-04-03", 8, task=99, billable=False))  # on Good Friday itself

    row = carmens(ask)

    assert row["absence_hours"] == "16"
    assert row["capacity_hours"] == "24"


def test_a_week_that_the_range_cuts_counts_by_day(easter: Mirrored, ask: Asking) -> None:
    answer = ask.get("utilization", **{"from": "2026-03-31", "to": "2026-04-07"}, user_id=1, interval="week")

    [row] = answer["result"]
    assert [(one["from"], one["to"]) for one in row["intervals"]] == [
        ("2026-03-31", "2026-04-05"),
        ("2026-04-06", "2026-04-07"),
    ]
    assert [one["capacity_hours"] for one in row["intervals"]] == ["16", "8"]  # Easter Monday is one too


def test_actual_hours_are_those_before_rounding(easter: Mirrored, ask: Asking) -> None:
    easter.put("time_entries", entry(4, "2026-04-02", 3.9, rounded_hours=4.0))

    assert carmens(ask)["worked_hours"] == "20"
    assert carmens(ask, hours="actual")["worked_hours"] == "19.9"

"""The checks of this folder, checked: each kind of difference is noticed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conformance.comparing import Difference, differences
from tests.sandbox.conformance.echoes import unheard
from tests.sandbox.conformance.strict import complaints

RATE = {
    "id": 7,
    "amount": 1.0,
    "start_date": None,
    "end_date": "2026-11-24",
    "created_at": "2026-11-24T12:00:00Z",
    "updated_at": "2026-11-24T12:00:00Z",
}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "7"},
        {"id": 7.0},
        {"id": True},
        {"amount": 1},
        {"amount": "1.0"},
        {"amount": None},
        {"end_date": "24.11.2026"},
        {"end_date": "2026-11-24T00:00:00Z"},
        {"created_at": "2026-11-24T12:00:00.5Z"},
        {"created_at": "2026-11-24T12:00:00+00:00"},
        {"invented": 1},
    ],
    ids=str,
)
def test_a_wrong_value_is_a_complaint(change: dict[str, Any]) -> None:
    assert complaints("BillableRate", RATE) == []
    assert len(complaints("BillableRate", {**RATE, **change})) == 1


@pytest.mark.parametrize("name", RATE)
def test_a_missing_key_is_a_complaint(name: str) -> None:
    rest = {key: value for key, value in RATE.items() if key != name}
    assert complaints("BillableRate", rest) == [f"$: '{name}' is a required property"]


def test_words_that_do_not_exist_are_a_complaint() -> None:
    (found,) = [one for one in complaints("Invoice", {"state": "written"}) if one.startswith("$.state")]
    assert "'written' is not one of ['draft', 'open', 'paid', 'closed']" in found


@pytest.mark.parametrize(
    ("answered", "what"),
    [
        ({"id": 1, "name": "", "hours": 1}, "changed"),
        ({"id": 1, "name": None, "hours": 1.0}, "changed"),
        ({"id": 1, "hours": 1.0}, "gone"),
        ({"id": 1, "name": "", "hours": 1.0, "new": 1}, "added"),
        ({"name": "", "id": 1, "hours": 1.0}, "order"),
    ],
    ids=str,
)
def test_a_difference_from_a_recording_is_seen(answered: dict[str, Any], what: str) -> None:
    recorded = {"id": 1, "name": "", "hours": 1.0}
    assert list(differences(recorded, recorded, "tasks")) == []
    assert [one.what for one in differences(recorded, answered, "tasks")] == [what]


def test_a_row_that_is_missing_is_seen() -> None:
    recorded, answered = {"tasks": [{"id": 1}, {"id": 2}], "page": 1}, {"tasks": [{"id": 1}], "page": 1}
    assert list(differences(recorded, answered, "tasks")) == [Difference("changed", "list.tasks", "2 rows, now 1")]


def test_a_value_that_does_not_come_back_is_seen() -> None:
    sent = {"client_id": 7, "hours": 1.0, "lines": [{"price": 2.0}]}
    assert list(unheard(sent, {"client": {"id": 7}, "hours": 1.0, "lines": [{"price": 2.0, "id": 1}]})) == []
    assert len(list(unheard(sent, {"client": {"id": 8}, "hours": 1, "lines": []}))) == 3

"""Bodies that the timer's API does not take: each refusal names the field, and says in our words what to send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox

from .people import ITEM, click

pytestmark = pytest.mark.django_db

WORDS_OF_DRF = ("is required", "may not be", "A valid", "Ensure ", "wrong format", "Not a valid", "Invalid data")
NOT_TAKEN = [
    ({"colour": "red"}, "colour"),
    ({"item": ITEM | {"colour": "red"}}, "item.colour"),
    ({"item": "T-1"}, "item"),
    ({"item": {"name": "No id"}}, "item.id"),
    ({"spent_date": "0001-01-01"}, "spent_date"),
    ({"spent_date": "9999-12-31"}, "spent_date"),
    ({"spent_date": "20261124"}, "spent_date"),
    ({"spent_date": "2026-W48-1"}, "spent_date"),
    ({"spent_date": "24.11.2026"}, "spent_date"),
    ({"hours": "2.00", "started_time": "09:00", "ended_time": "10:30"}, "hours"),
    ({"hours": None, "started_time": "09:00", "ended_time": "09:00"}, "ended_time"),
    ({"hours": None, "started_time": "0900", "ended_time": "10:30"}, "started_time"),
    ({"hours": "much"}, "hours"),
    ({"hours": "1.005"}, "hours"),
    ({"hours": "-1"}, "hours"),
    ({"hours": "24.01"}, "hours"),
    ({"project_id": None}, "project_id"),
    ({"project_id": "Website"}, "project_id"),
    ({"task_id": 0}, "task_id"),
    ({"task_id": 2**63}, "task_id"),
    ({"notes": "a" * 65_536}, "notes"),
    ({"idempotency_key": "short"}, "idempotency_key"),
    ({"clicked_at": "yesterday"}, "clicked_at"),
    ({"clock_offset_seconds": "some"}, "clock_offset_seconds"),
]
QUESTIONS = [
    ("post", "/timer/start", {"item": ITEM}),
    ("post", "/timer/stop", {"entry_id": 1}),
    ("patch", "/timer/entry", {"entry_id": 1}),
    ("delete", "/timer/entry", {"entry_id": 1}),
    ("post", "/timer/beginning", {"entry_id": 1}),
    ("post", "/timer/undo", {"entry_id": 1}),
    ("post", "/timer/forgotten", {"answer": "keep"}),
    ("post", "/timer/project", {"client_id": 1, "name": "New"}),
]


def add(widget: APIClient, pick: dict[str, int], **asked: Any) -> Any:
    given = {"item": ITEM, "spent_date": datetime.now(UTC).date().isoformat(), "hours": "1.00"}
    return widget.post("/timer/entry", click(**(given | pick | asked)), format="json")


@pytest.mark.parametrize(("asked", "named"), NOT_TAKEN)
def test_added_time_that_cannot_be_taken_is_refused_by_name(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, asked: dict[str, Any], named: str
) -> None:
    refused = add(carmen, pick, **asked)
    said = refused.json()
    assert (refused.status_code, said["code"], list(said["fields"])) == (400, "invalid_request", [named])
    assert said["message"].startswith(f"{named}: ")
    assert not [words for words in WORDS_OF_DRF if words in said["message"]]
    assert sandbox.requests("POST", "/v2/time_entries") == []


def test_a_body_that_lacks_everything_names_all_of_it_in_our_words(carmen: APIClient) -> None:
    said = carmen.post("/timer/entry", {}, format="json").json()
    wanted = {"idempotency_key", "clicked_at", "project_id", "task_id", "spent_date"}
    assert said["fields"] == dict.fromkeys(wanted, "Is missing; send it.")


@pytest.mark.parametrize(("verb", "path", "asked"), QUESTIONS)
def test_a_field_that_nobody_knows_is_refused_everywhere(
    carmen: APIClient, verb: str, path: str, asked: dict[str, Any]
) -> None:
    refused = getattr(carmen, verb)(path, click(**asked, colour="red"), format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["colour"])


@pytest.mark.parametrize("given", [{"hours": "8.00"}, {"hours": None}])
def test_a_night_of_eight_hours_may_say_so(carmen: APIClient, pick: dict[str, int], given: dict[str, Any]) -> None:
    day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    made = add(carmen, pick, spent_date=day, started_time="22:00", ended_time="06:00", **given)
    assert (made.status_code, made.json()["entry"]["seconds"]) == (201, 8 * 3600)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_a_click_of_a_clock_that_is_years_slow_is_asked_about_and_not_lost(
    carmen: APIClient, pick: dict[str, int], moment: str
) -> None:
    answer = carmen.post("/timer/start", click(item=ITEM, **pick) | {"clicked_at": moment}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "click_expired")


def test_a_click_of_a_clock_that_is_ages_fast_is_of_now(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    body = click(item=ITEM, **pick) | {"clicked_at": "9999-12-31T23:59:59Z"}
    assert carmen.post("/timer/start", body, format="json").status_code == 201
    assert sandbox.running("carmen") is not None


def test_the_days_entries_take_the_same_dates(carmen: APIClient) -> None:
    refused = carmen.get("/timer/day", {"date": "2026-W48-1"})
    assert (refused.status_code, refused.json()["message"]) == (400, "date: must be a date such as 2026-11-24.")


def test_an_entry_that_harvest_does_not_know_is_said_to_be_gone(carmen: APIClient) -> None:
    refused = carmen.patch("/timer/entry", click(entry_id=2_699_999_999, hours="1.00"), format="json")
    said = refused.json()
    assert (refused.status_code, said["code"], said["truto_is_remote_error"]) == (404, "harvest_not_found", True)
    assert said["message"].startswith("entry_id: this time entry was deleted in Harvest")
    assert list(said["fields"]) == ["entry_id"]

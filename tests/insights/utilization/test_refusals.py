"""What cannot be answered is refused and named, never a smaller number that looks whole."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import entry, person
from tests.people import rest

pytestmark = pytest.mark.django_db
WEEK = {"from": "2026-06-01", "to": "2026-06-07"}


def test_without_a_mirror_it_is_a_409_that_says_how_to_begin(linked: Connection, api: APIClient) -> None:
    refused = Asking(api, linked).get("utilization", **WEEK, status=409)

    assert refused["code"] == "mirror_required"
    assert "POST /mirror/sync" in refused["message"]


@pytest.mark.parametrize("resource", ["users", "time_entries"])
def test_a_stream_that_is_forbidden_is_named_with_the_right_it_takes(
    mirrored: Mirrored, ask: Asking, resource: str
) -> None:
    mirrored.say(resource, "forbidden", "rights", "administrator")

    refused = ask.get("utilization", **WEEK, status=409)

    assert refused["code"] == "stream_not_complete"
    assert refused["streams"][resource]["needs"] == "administrator"


def test_without_names_an_answer_is_still_of_use_and_says_so(mirrored: Mirrored, ask: Asking) -> None:
    mirrored.put("users", person(1))
    mirrored.put("time_entries", entry(1, "2026-06-01", 8))
    mirrored.say("projects", "partial", "rights")

    answer = ask.get("utilization", **WEEK, by="project")

    assert answer["coverage"]["is_complete"] is False
    [row] = answer["result"]
    assert (row["name"], row["tracked_hours"]) == (None, "8")


def test_time_of_somebody_unknown_is_counted_and_named(mirrored: Mirrored, ask: Asking) -> None:
    mirrored.put("time_entries", entry(1, "2026-06-01", 8, user=404))

    answer = ask.get("utilization", **WEEK)

    assert answer["missing"]["people_unknown"] == 1
    assert answer["without_capacity"] == [{"user_id": 404, "name": None, "reason": "unknown_person"}]
    assert answer["total"]["tracked_hours"] == "8"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"from": "2026-06-01"}, "to"),
        ({"from": "2026-06-07", "to": "2026-06-01"}, "to"),
        ({**WEEK, "by": "planet"}, "by"),
        ({**WEEK, "interval": "hour"}, "interval"),
        ({**WEEK, "definition": "guess"}, "definition"),
        ({**WEEK, "user_id": "carmen"}, "user_id"),
        ({**WEEK, "colour": "red"}, "colour"),
        ({"from": "2000-01-01", "to": "2026-06-01"}, "to"),
        ({"from": "2024-01-01", "to": "2026-06-01", "interval": "day"}, "interval"),
    ],
)
def test_a_parameter_that_cannot_be_applied_is_named(
    mirrored: Mirrored, ask: Asking, query: dict[str, Any], named: str
) -> None:
    assert ask.get("utilization", **query, status=400)["message"].startswith(named)


def test_a_stranger_learns_nothing(mirrored: Mirrored, stranger: Any) -> None:
    refused = Asking(rest(stranger.api_key), mirrored.connection).get("utilization", **WEEK, status=404)

    assert "integrated_account_id" in refused["message"]

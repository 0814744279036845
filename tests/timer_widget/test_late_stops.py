"""Stops that come late: the timer that they mean ends at the click, and nothing is made longer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.models import Intent

from .late_clicks import NEAR, ago, has_times, named, seconds, start, stop
from .people import click

__all__ = ["has_times"]
pytestmark = pytest.mark.django_db


def test_a_late_stop_ends_at_its_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(minutes=50)).json()["state"]["running"]
    answer = stop(carmen, ago(minutes=20), **named(running))
    assert (answer.status_code, answer.json()["state"]["running"]) == (200, None)
    assert sandbox.running("carmen") is None
    assert abs(seconds(sandbox, running["entry_id"]) - 1800) <= NEAR


def test_a_late_stop_of_what_harvest_ended_meanwhile_ends_at_its_click_though_the_start_was_late_too(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(minutes=10)).json()["state"]["running"]
    body = pick | {"spent_date": sandbox.now().date().isoformat()}
    assert sandbox.post("/v2/time_entries", "carmen", json=body).status_code == 201
    answer = stop(carmen, ago(minutes=5), **named(running)).json()
    assert abs(seconds(sandbox, running["entry_id"]) - 300) <= NEAR
    assert [notice["code"] for notice in answer["state"]["notices"]] == ["ended_earlier"]


def test_a_stop_pressed_again_hours_later_keeps_the_first_end(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(hours=3)).json()["state"]["running"]
    stop(carmen, ago(hours=2), **named(running))
    assert stop(carmen, ago(minutes=1), **named(running)).status_code == 200
    assert abs(seconds(sandbox, running["entry_id"]) - 3600) <= NEAR


def test_of_two_stops_the_earlier_holds_and_the_click_says_so(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """The phone was offline when its stop was pressed; the desk stopped later and was heard first."""
    running = start(carmen, pick, ago(minutes=90)).json()["state"]["running"]
    stop(carmen, ago(minutes=20), **named(running))
    assert stop(carmen, ago(minutes=60), **named(running)).status_code == 200
    assert abs(seconds(sandbox, running["entry_id"]) - 1800) <= NEAR
    assert Intent.objects.latest("position").outcome["note"]["code"] == "ended_earlier"


def test_a_stop_of_an_earlier_run_leaves_the_run_of_now_alone(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    running = start(carmen, pick, ago(seconds=1)).json()["state"]["running"]
    sandbox.advance(600)
    sandbox.patch(f"/v2/time_entries/{running['entry_id']}/stop", "carmen")
    sandbox.advance(600)
    sandbox.patch(f"/v2/time_entries/{running['entry_id']}/restart", "carmen")
    answer = stop(carmen, datetime.now(UTC), **named(running))
    assert answer.json()["state"]["running"]["entry_id"] == running["entry_id"]
    assert sandbox.running("carmen") is not None


def test_a_stop_means_a_run_whose_start_was_moved_here(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(seconds=1)).json()["state"]["running"]
    moved = click(entry_id=running["entry_id"], started_at=ago(minutes=15).isoformat())
    assert carmen.post("/timer/beginning", moved, format="json").status_code == 200
    assert stop(carmen, datetime.now(UTC), **named(running)).json()["state"]["running"] is None


def test_a_stop_that_names_an_unknown_start_is_refused_by_name(carmen: APIClient) -> None:
    answer = stop(carmen, datetime.now(UTC), start_key="never came here")
    assert (answer.status_code, answer.json()["code"]) == (409, "start_unknown")
    for wrong in ({}, {"entry_id": 7, "start_key": "never came here"}):
        refused = stop(carmen, datetime.now(UTC), **wrong)
        assert (refused.status_code, "entry_id" in refused.json()["fields"]) == (400, True)

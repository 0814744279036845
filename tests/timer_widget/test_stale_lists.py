"""Starts, where Harvest's lists are some seconds behind."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox

from .late_clicks import NEAR, ago, has_times, named, seconds, start, stop

__all__ = ["has_times"]
pytestmark = pytest.mark.django_db


def test_a_timer_that_no_list_shows_yet_ends_where_a_late_start_begins(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    first = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]["entry_id"]
    sandbox.fault("short_page", method="GET", path="/v2/time_entries", times=None)
    assert start(carmen, pick, ago(minutes=25), item={"id": "T-2"}).status_code == 201
    assert abs(seconds(sandbox, first) - 2100) <= NEAR


def test_a_start_runs_though_a_list_shows_the_timer_that_was_stopped_a_moment_ago(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(seconds=5)).json()["state"]["running"]
    mine = {"is_running": "true", "user_id": sandbox.user("carmen").id, "per_page": 1}
    listed = sandbox.get("/v2/time_entries", "carmen", params=mine).text
    stop(carmen, ago(seconds=2), **named(running))
    sandbox.fault("status", method="GET", path="/v2/time_entries", status=200, body=listed, times=None)
    assert start(carmen, pick, ago(seconds=1)).status_code == 201
    assert sandbox.running("carmen") is not None

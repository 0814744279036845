"""Writes whose answer was lost, and that may still arrive: nothing is made twice, and nothing newer undone."""

from __future__ import annotations

import time
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.harvest.operations import Operation
from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks.attempt import Attempt

from .late_clicks import NEAR, ago, has_times, seconds, start, stop
from .people import replay_after

__all__ = ["has_times"]
pytestmark = pytest.mark.django_db


def test_a_change_that_timed_out_is_not_followed_by_another_while_it_may_still_arrive(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, settings: Any, has_times: bool
) -> None:
    """It would undo whatever was written since, such as the end of the run by a stop."""
    settings.HARVEST_TIMEOUT_SECONDS = 2
    sandbox.fault("latency", method="PATCH", path="/v2/time_entries/*", seconds=4.0, times=1)
    assert start(carmen, pick, ago(minutes=40)).status_code == 202
    assert len(sandbox.requests("PATCH")) <= 1  # none, where a busy machine did not even let the entry be made in time


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_start_that_was_answered_with_an_error_is_not_sent_again_at_once(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, status: int
) -> None:
    """It may be done by then, or a moment later, and lists may show it late."""
    sandbox.fault("status", method="POST", path="/v2/time_entries", status=status)
    answer = start(carmen, pick, ago(seconds=1))
    assert (answer.status_code, answer.json()["click"]["status"]) == (202, "pending")
    assert len(sandbox.requests("POST", "/v2/time_entries")) == 1


def let_arrive(sandbox: RunningSandbox, method: str, *, seconds: float) -> None:
    """By Harvest's clock it is so much later, and the request that was on its way is carried out."""
    sandbox.advance(seconds)
    while not any(each.fault == "late_arrival" and each.outcome for each in sandbox.requests(method)):
        time.sleep(0.01)


def test_a_start_whose_connection_broke_is_one_entry_though_it_arrives_late(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("late_arrival", method="POST", path="/v2/time_entries", seconds=20)
    assert start(carmen, pick, ago(seconds=1)).status_code == 202
    replay_after(10)
    let_arrive(sandbox, "POST", seconds=20)
    replay_after(40)
    assert [entry.is_running for entry in sandbox.entries_on("T-1")] == [True]


def test_a_change_whose_connection_broke_undoes_no_later_stop_though_it_arrives_late(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("late_arrival", method="PATCH", path="/v2/time_entries/*", seconds=20)
    answer = start(carmen, pick, ago(minutes=40), idempotency_key="client-0123456789.1")
    assert answer.status_code == 202
    replay_after(10)
    stop(carmen, ago(minutes=10), start_key="client-0123456789.1")
    let_arrive(sandbox, "PATCH", seconds=20)
    replay_after(40)
    (entry,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, entry.id) - 1800) <= NEAR


@pytest.mark.parametrize("status", [502, 504, 524])
def test_a_change_whose_answer_the_edge_lost_is_not_followed_by_another_while_it_may_still_arrive(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, status: int
) -> None:
    sandbox.fault("status", method="PATCH", path="/v2/time_entries/*", status=status)
    assert start(carmen, pick, ago(minutes=40)).status_code == 202
    replay_after(10)
    assert len(sandbox.requests("PATCH")) == 1
    replay_after(40)
    (entry,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, entry.id) - 2400) <= NEAR


class Killed(BaseException):
    """The process was killed."""


_HEARS = Attempt._after


def killed_before_hearing(attempt: Attempt, operation: Operation[Any], error: Exception | None) -> None:
    if operation.verb == "PATCH":
        raise Killed
    _HEARS(attempt, operation, error)


def test_a_change_of_a_killed_process_undoes_no_later_stop_though_it_arrives_late(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("late_arrival", method="PATCH", path="/v2/time_entries/*", seconds=33)
    with pytest.MonkeyPatch.context() as process:
        process.setattr(Attempt, "_after", killed_before_hearing)
        with pytest.raises(Killed):
            start(carmen, pick, ago(minutes=40), idempotency_key="client-0123456789.1")
    replay_after(27)  # nobody else takes it over sooner
    stop(carmen, ago(minutes=10), start_key="client-0123456789.1")
    let_arrive(sandbox, "PATCH", seconds=33)
    replay_after(60)
    (entry,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, entry.id) - 1800) <= NEAR

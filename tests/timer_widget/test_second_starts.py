"""A start of what runs already makes nothing new; where an earlier click ends that later, it runs by itself."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Person

from .late_clicks import NEAR, ago, has_times, named, seconds, start, stop

__all__ = ["has_times"]
pytestmark = pytest.mark.django_db


def worked(sandbox: RunningSandbox, item_id: str) -> float:
    return sum(seconds(sandbox, entry.id) for entry in sandbox.entries_on(item_id))


def test_a_second_start_of_what_ran_goes_on_though_a_stop_from_before_it_comes_later(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """The phone that stopped it was offline, so at the desk it was still running when it was started again."""
    running = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]
    assert start(carmen, pick, ago(minutes=20)).status_code == 201
    assert stop(carmen, ago(minutes=40), **named(running)).status_code == 200
    replay_due(Person.objects.get().pk)
    assert sandbox.running("carmen") is not None
    assert abs(worked(sandbox, "T-1") - 1200 - 1200) <= NEAR


def test_a_second_start_of_what_ran_goes_on_though_another_start_from_before_it_comes_later(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    start(carmen, pick, ago(minutes=60))
    assert start(carmen, pick, ago(minutes=20)).status_code == 201
    assert start(carmen, pick, ago(minutes=40), item={"id": "T-2"}).status_code == 201
    replay_due(Person.objects.get().pk)
    running = sandbox.running("carmen")
    assert running is not None
    assert running.id in {entry.id for entry in sandbox.entries_on("T-1")}
    assert abs(worked(sandbox, "T-1") - 1200 - 1200) <= NEAR
    assert abs(worked(sandbox, "T-2") - 1200) <= NEAR


def test_a_second_start_of_what_ran_keeps_its_time_though_a_stop_from_before_it_comes_after_its_own(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]
    start(carmen, pick, ago(minutes=20), idempotency_key="client-0123456789.2")
    stop(carmen, ago(minutes=5), start_key="client-0123456789.2")
    assert stop(carmen, ago(minutes=40), **named(running)).status_code == 200
    replay_due(Person.objects.get().pk)
    assert sandbox.running("carmen") is None
    assert abs(worked(sandbox, "T-1") - 1200 - 900) <= NEAR

"""What people complain about in timers (issue 16), each by its own name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.sandbox.timers import halt
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person

from .late_clicks import NEAR, ago, has_times, named, seconds, start, stop

__all__ = ["has_times"]
pytestmark = pytest.mark.django_db


def hear_again(sandbox: RunningSandbox) -> None:
    """Harvest is back, and the worker carries out what waits."""
    sandbox.clear_faults()
    Intent.objects.filter(status="pending").update(next_attempt_at=datetime.now(UTC))
    replay_due(Person.objects.get().pk)


def answer_stops_with(sandbox: RunningSandbox, running: dict[str, Any]) -> None:
    """The next stop is answered with this entry as it is now, and not carried out."""
    entry = sandbox.get(f"/v2/time_entries/{running['entry_id']}", "carmen").text
    sandbox.fault("status", method="PATCH", path="/v2/time_entries/*/stop", status=200, body=entry)


def run(widget: APIClient, pick: dict[str, int], **span: float) -> dict[str, Any]:
    running: dict[str, Any] = start(widget, pick, ago(**span)).json()["state"]["running"]
    return running


def test_a_stop_pressed_twice_hours_apart_keeps_the_first_end(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = run(carmen, pick, hours=5)
    stop(carmen, ago(hours=4), **named(running))
    assert stop(carmen, datetime.now(UTC), **named(running)).status_code == 200
    assert abs(seconds(sandbox, running["entry_id"]) - 3600) <= NEAR


def test_stopped_while_offline_the_server_hears_of_it_on_return_not_before_and_not_never(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = run(carmen, pick, minutes=60)
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    assert stop(carmen, ago(minutes=30), **named(running)).status_code == 202
    assert sandbox.running("carmen") is not None
    hear_again(sandbox)
    assert sandbox.running("carmen") is None
    assert abs(seconds(sandbox, running["entry_id"]) - 1800) <= NEAR


def test_the_phone_never_heard_of_the_stop_and_stopping_there_adds_nothing(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """It shows the timer still, and is pressed hours after the desk's stop."""
    running = run(carmen, pick, hours=4)
    stop(carmen, ago(hours=3), **named(running))
    before = len(sandbox.entries("carmen"))
    answer = stop(carmen, datetime.now(UTC), **named(running))
    assert (answer.status_code, answer.json()["state"]["running"]) == (200, None)
    assert abs(seconds(sandbox, running["entry_id"]) - 3600) <= NEAR
    assert len(sandbox.entries("carmen")) == before


def test_two_devices_one_offline_both_stop_and_the_earlier_true_end_holds_and_the_person_is_told(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = run(carmen, pick, minutes=90)
    stop(carmen, ago(minutes=20), **named(running))
    (notice,) = stop(carmen, ago(minutes=50), **named(running)).json()["state"]["notices"]
    assert abs(seconds(sandbox, running["entry_id"]) - 2400) <= NEAR
    assert notice["code"] == "ended_earlier"
    assert notice["message"].startswith(f"{notice['project']} · {notice['task']} had ended elsewhere")


def test_a_stop_that_harvest_answers_with_the_running_entry_waits_until_it_is_true(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = run(carmen, pick, minutes=60)
    answer_stops_with(sandbox, running)
    assert stop(carmen, ago(minutes=30), **named(running)).status_code == 202
    assert sandbox.running("carmen") is not None
    hear_again(sandbox)
    assert sandbox.running("carmen") is None
    assert abs(seconds(sandbox, running["entry_id"]) - 1800) <= NEAR


def test_a_stop_that_was_done_and_is_answered_with_the_entry_as_it_was_ends_at_the_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """Such an answer does not tell how the account keeps time either."""
    running = run(carmen, pick, minutes=60)
    answer_stops_with(sandbox, running)
    entry = sandbox.running("carmen")
    assert entry is not None
    sandbox.meanwhile(lambda: halt(sandbox.account, entry, sandbox.now()), "/v2/time_entries/*/stop", after=0)
    assert stop(carmen, ago(minutes=30), **named(running)).status_code == 200
    assert abs(seconds(sandbox, running["entry_id"]) - 1800) <= NEAR


def test_an_earlier_stop_whose_answer_was_lost_takes_its_time_away_once(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = run(carmen, pick, minutes=90)
    stop(carmen, ago(minutes=20), **named(running))
    sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*")
    stop(carmen, ago(minutes=50), **named(running))
    hear_again(sandbox)
    assert abs(seconds(sandbox, running["entry_id"]) - 2400) <= NEAR


def test_two_stops_of_a_start_that_a_later_start_had_ended_take_its_time_away_once(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """From a device that was offline, while another one started the next timer."""
    start(carmen, pick, ago(minutes=60), item={"id": "T-2"})
    key = "client-0123456789.1"
    start(carmen, pick, ago(minutes=240), idempotency_key=key)
    stop(carmen, ago(minutes=180), start_key=key)
    stop(carmen, ago(minutes=170), start_key=key)
    (entry,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, entry.id) - 3600) <= NEAR


def test_nothing_ends_at_a_default_hour_on_the_next_day(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """A timer of the day before whose stop comes late, and another whose stop never was pressed."""
    running = run(carmen, pick, hours=20)
    stop(carmen, ago(hours=19), **named(running))
    assert abs(seconds(sandbox, running["entry_id"]) - 3600) <= NEAR
    start(carmen, pick, ago(hours=18), item={"id": "T-2"})
    hear_again(sandbox)
    still = sandbox.running("carmen")
    assert still is not None
    assert abs(seconds(sandbox, still.id) - 18 * 3600) <= NEAR


def test_a_stopped_entry_does_not_vanish_on_reconnect(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """Start and stop inside one outage, and the same clicks sent again by a page that heard no answer."""
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    began, key = ago(minutes=50), "client-0123456789.1"
    start(carmen, pick, began, idempotency_key=key)
    body = {"start_key": key, "idempotency_key": "client-0123456789.2"}
    ended = ago(minutes=20)
    stop(carmen, ended, **body)
    hear_again(sandbox)
    for _ in range(2):
        assert stop(carmen, ended, **body).status_code == 200
    (entry,) = sandbox.entries_on("T-1")
    assert not entry.is_running
    assert abs(seconds(sandbox, entry.id) - 1800) <= NEAR
    shown = [each["entry_id"] for each in carmen.get("/timer/day", {"date": str(entry.spent_date)}).json()["entries"]]
    assert entry.id in shown


def lock(sandbox: RunningSandbox, entry_id: int) -> None:
    with sandbox.world.lock:
        (entry,) = [each for each in sandbox.entries("carmen") if each.id == entry_id]
        entry.approval_status = "approved"


def test_time_that_is_locked_stays_and_the_person_is_told_that_it_overlaps(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = run(carmen, pick, minutes=60)
    stop(carmen, ago(minutes=10), **named(running))
    lock(sandbox, running["entry_id"])
    answer = start(carmen, pick, ago(minutes=30), item={"id": "T-2"})
    assert answer.status_code == 201
    (notice,) = [each for each in answer.json()["state"]["notices"] if each["kind"] == "start"]
    assert (notice["code"], notice["project"]) == ("overlap", running["project"]["name"])
    assert abs(seconds(sandbox, running["entry_id"]) - 3000) <= NEAR

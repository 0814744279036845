"""Starting again on an item of today: the same entry runs on, where the account counts hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.webhooks.models import Event
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person, TimerSettings

from .people import ITEM, click

pytestmark = pytest.mark.django_db
NEAR = 80  # seconds: hundredths of an hour, twice


@pytest.fixture
def tracked(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> int:
    """An hour on the item today, in an account that counts hours, in a zone where midnight is far."""
    sandbox.set_mode(sandbox.account, timestamp=False)
    with sandbox.world.lock:
        sandbox.user("carmen").timezone = "UTC" if 2 <= datetime.now(UTC).hour < 22 else "Hawaii"
    made = carmen.post("/timer/entry", add(sandbox, pick), format="json")
    assert made.status_code == 201, made.content
    return int(made.json()["entry"]["entry_id"])


def today(sandbox: RunningSandbox) -> str:
    return datetime.now(zone_named(sandbox.user("carmen").timezone)).date().isoformat()


def add(sandbox: RunningSandbox, pick: dict[str, int], **asked: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"item": ITEM, "notes": "Fix", "spent_date": today(sandbox), "hours": "1.00"}
    return click(**(given | pick | asked))


def start(widget: APIClient, pick: dict[str, int], **asked: Any) -> Any:
    return widget.post("/timer/start", click(**({"item": ITEM, "notes": "Fix"} | pick | asked)), format="json")


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def seconds(sandbox: RunningSandbox, entry_id: int) -> float:
    return float(sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()["hours"]) * 3600


def stop(widget: APIClient, running: dict[str, Any], **asked: Any) -> Any:
    named = {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}
    return widget.post("/timer/stop", click(**(named | asked)), format="json")


def test_a_second_start_on_an_item_of_today_continues_its_entry_and_says_so(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    answer = start(carmen, pick).json()
    running = answer["state"]["running"]
    assert (running["entry_id"], running["seconds_before"], answer["resumed"]) == (tracked, 3600, True)
    assert [entry.id for entry in sandbox.entries_on("T-1")] == [tracked]
    assert Event.objects.filter(type="timer.started").latest("sequence").data["resumed"] is True


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"item": ITEM | {"id": "T-2"}}, id="another item"),
        pytest.param({"item": ITEM | {"group_id": "other"}}, id="another group"),
        pytest.param({"item": None}, id="no item"),
        pytest.param({"notes": "Something else"}, id="other notes"),
    ],
)
def test_a_start_of_something_else_makes_its_own_entry(
    carmen: APIClient, pick: dict[str, int], tracked: int, other: dict[str, Any]
) -> None:
    answer = start(carmen, pick, **other).json()
    assert (answer["state"]["running"]["entry_id"] == tracked, answer["resumed"]) == (False, False)


@pytest.mark.parametrize("notes", ["", "Fix", "Fix the login"])
def test_notes_that_say_nothing_new_leave_those_of_the_entry(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int, notes: str
) -> None:
    sandbox.patch(f"/v2/time_entries/{tracked}", "carmen", json={"notes": "Fix, and what it took"})
    running = start(carmen, pick, notes=notes).json()["state"]["running"]
    assert (running["entry_id"], running["notes"]) == (tracked, "Fix, and what it took")


def test_a_host_app_may_want_an_entry_for_each_start(
    carmen: APIClient, pick: dict[str, int], board: NewHostApp, tracked: int
) -> None:
    TimerSettings.objects.create(host_app=board.host_app, continues_entries=False)
    assert start(carmen, pick).json()["state"]["running"]["entry_id"] != tracked


def test_an_account_with_start_and_end_times_gets_an_entry_of_its_own(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.set_mode(sandbox.account, timestamp=True)
    first = start(carmen, pick).json()["state"]["running"]
    stop(carmen, first)
    second = start(carmen, pick).json()
    assert (second["state"]["running"]["entry_id"] == first["entry_id"], second["resumed"]) == (False, False)


def test_an_entry_of_yesterday_is_left_alone(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    before = (datetime.fromisoformat(today(sandbox)) - timedelta(days=1)).date().isoformat()
    sandbox.patch(f"/v2/time_entries/{tracked}", "carmen", json={"spent_date": before})
    assert start(carmen, pick).json()["state"]["running"]["entry_id"] != tracked


def test_a_locked_entry_is_left_alone(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    with sandbox.world.lock:
        next(entry for entry in sandbox.entries("carmen") if entry.id == tracked).is_billed = True
    assert start(carmen, pick).json()["state"]["running"]["entry_id"] != tracked


def test_an_entry_that_was_deleted_in_harvest_is_not_missed(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    with sandbox.world.lock:
        sandbox.account.time_entries.remove(next(entry for entry in sandbox.entries("carmen") if entry.id == tracked))
    answer = start(carmen, pick)
    assert (answer.status_code, answer.json()["state"]["running"]["entry_id"] == tracked) == (201, False)


def test_an_entry_that_runs_already_is_left_as_it_is(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    first = start(carmen, pick).json()["state"]["running"]
    again = start(carmen, pick)
    assert again.status_code == 201
    assert again.json()["state"]["running"] == first
    assert Event.objects.filter(type__in=["timer.started", "timer.switched"]).count() == 1


def test_a_continued_entry_that_comes_late_has_the_time_since_the_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    assert start(carmen, pick, clicked_at=ago(minutes=30)).json()["state"]["running"]["entry_id"] == tracked
    assert abs(seconds(sandbox, tracked) - 3600 - 1800) <= NEAR


def test_a_late_stop_of_a_continued_entry_keeps_what_it_held_before(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    running = start(carmen, pick, clicked_at=ago(minutes=30)).json()["state"]["running"]
    assert stop(carmen, running, clicked_at=ago(minutes=10)).status_code == 200
    assert abs(seconds(sandbox, tracked) - 3600 - 1200) <= NEAR


def test_a_late_start_of_another_item_ends_a_continued_entry_there(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    running = start(carmen, pick, clicked_at=ago(minutes=40)).json()["state"]["running"]
    stop(carmen, running, clicked_at=ago(minutes=5))
    start(carmen, pick, item=ITEM | {"id": "T-2"}, clicked_at=ago(minutes=20))
    assert abs(seconds(sandbox, tracked) - 3600 - 1200) <= NEAR


def test_a_restart_whose_answer_was_lost_is_found_and_not_sent_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*/restart", times=1)
    answer = start(carmen, pick)
    assert (answer.status_code, answer.json()["state"]["running"]["entry_id"]) == (201, tracked)
    assert [entry.id for entry in sandbox.entries_on("T-1")] == [tracked]


def test_a_restart_that_waits_for_harvest_continues_the_entry_once_it_is_back(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    sandbox.fault("status", method="PATCH", path="/v2/time_entries/*/restart", status=503, times=1)
    start(carmen, pick)
    for intent in Intent.objects.filter(status="pending"):
        passed = {**intent.progress, "quiet_until": ago(seconds=1)}  # what was sent has had its time to arrive
        Intent.objects.filter(pk=intent.pk).update(progress=passed, next_attempt_at=datetime.now(UTC))
    replay_due(Person.objects.get().pk)
    running = sandbox.running("carmen")
    assert running is not None
    assert (running.id, len(sandbox.entries_on("T-1"))) == (tracked, 1)


def test_the_undo_of_a_switch_to_a_continued_entry_leaves_what_it_held_before(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    first = start(carmen, pick, item=ITEM | {"id": "T-2"}).json()["state"]["running"]["entry_id"]
    assert start(carmen, pick).json()["stopped"]["entry_id"] == first
    undone = carmen.post("/timer/undo", click(entry_id=tracked, previous_id=first), format="json")
    assert undone.json()["state"]["running"]["entry_id"] == first
    assert abs(seconds(sandbox, tracked) - 3600) <= NEAR


def test_a_stop_of_an_earlier_run_that_comes_late_ends_that_run_at_its_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    """The desk stopped it half an hour later, and a later run of the same entry is over by then too."""
    first = start(carmen, pick, clicked_at=ago(minutes=110)).json()["state"]["running"]
    stop(carmen, first, clicked_at=ago(minutes=70))
    second = start(carmen, pick, clicked_at=ago(minutes=50)).json()["state"]["running"]
    stop(carmen, second, clicked_at=ago(minutes=30))
    assert stop(carmen, first, clicked_at=ago(minutes=100)).status_code == 200
    assert abs(seconds(sandbox, tracked) - 3600 - 600 - 1200) <= NEAR
    assert stop(carmen, second, clicked_at=ago(minutes=40)).status_code == 200
    assert abs(seconds(sandbox, tracked) - 3600 - 600 - 600) <= NEAR


def test_a_stop_of_an_earlier_run_that_comes_late_leaves_the_run_that_goes_on_running(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int
) -> None:
    first = start(carmen, pick, clicked_at=ago(minutes=110)).json()["state"]["running"]
    stop(carmen, first, clicked_at=ago(minutes=70))
    second = start(carmen, pick, clicked_at=ago(minutes=50)).json()["state"]["running"]
    told = stop(carmen, first, clicked_at=ago(minutes=100)).json()["state"]
    assert (told["running"]["entry_id"], [each["code"] for each in told["notices"]]) == (tracked, ["ended_earlier"])
    assert abs(seconds(sandbox, tracked) - 3600 - 600 - 3000) <= NEAR
    assert Event.objects.filter(type="timer.edited").latest("sequence").data["entry"]["is_running"]
    assert stop(carmen, second, clicked_at=ago(minutes=20)).json()["state"]["running"] is None
    assert abs(seconds(sandbox, tracked) - 3600 - 600 - 1800) <= NEAR


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_late_start_of_another_item_ends_an_earlier_run_there(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int, goes_on: bool
) -> None:
    first = start(carmen, pick, clicked_at=ago(minutes=110)).json()["state"]["running"]
    stop(carmen, first, clicked_at=ago(minutes=70))
    second = start(carmen, pick, clicked_at=ago(minutes=50)).json()["state"]["running"]
    if not goes_on:
        stop(carmen, second, clicked_at=ago(minutes=20))
    start(carmen, pick, item=ITEM | {"id": "T-2"}, clicked_at=ago(minutes=100))
    (other,) = sandbox.entries_on("T-2")
    assert abs(seconds(sandbox, other.id) - 3000) <= NEAR
    assert abs(seconds(sandbox, tracked) - 3600 - 600 - (3000 if goes_on else 1800)) <= NEAR
    assert (sandbox.running("carmen") is not None) == goes_on


@pytest.mark.parametrize("goes_on", [False, True])
def test_an_earlier_run_is_ended_once_though_the_answer_to_that_was_lost(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, tracked: int, goes_on: bool
) -> None:
    first = start(carmen, pick, clicked_at=ago(minutes=110)).json()["state"]["running"]
    stop(carmen, first, clicked_at=ago(minutes=70))
    second = start(carmen, pick, clicked_at=ago(minutes=50)).json()["state"]["running"]
    if not goes_on:
        stop(carmen, second, clicked_at=ago(minutes=20))
    sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*", times=1)
    assert stop(carmen, first, clicked_at=ago(minutes=100)).status_code == 200
    assert abs(seconds(sandbox, tracked) - 3600 - 600 - (3000 if goes_on else 1800)) <= NEAR
    stop(carmen, second, clicked_at=ago(minutes=40))
    assert abs(seconds(sandbox, tracked) - 3600 - 600 - 600) <= NEAR

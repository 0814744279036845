"""Clicks that come late: the entry has the time that was worked, in accounts of both kinds."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks.attempt import Attempt
from timer_widget.clicks.claims import new_claim
from timer_widget.models import Intent

from .people import ITEM, click, replay_after

pytestmark = pytest.mark.django_db

# Minutes of a clock, and the hundredths of an hour that they are told in.
NEAR = 80
LATER = {"T-1": 1200, "T-2": 300, "T-3": 300}  # seconds between starts 30, 10, 5 and 0 minutes ago


@pytest.fixture(params=[False, True], ids=["hours", "clock"])
def has_times(request: pytest.FixtureRequest, sandbox: RunningSandbox, carmen: APIClient) -> bool:
    """An account whose mode is known by one entry of the day before."""
    clock = bool(request.param)
    sandbox.set_mode(sandbox.account, timestamp=clock)
    with sandbox.world.lock:
        for entry in sandbox.entries("carmen"):
            sandbox.account.time_entries.remove(entry)
    cache.clear()
    project, task = sandbox.pick("carmen")
    given = {"started_time": "07:00", "ended_time": "07:06"} if clock else {"hours": 0.1}
    day = (sandbox.now() - timedelta(days=1)).date().isoformat()
    tracked = {"project_id": project.id, "task_id": task.id, "spent_date": day}
    assert sandbox.post("/v2/time_entries", "carmen", json=tracked | given).status_code == 201
    return clock


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def start(widget: APIClient, pick: dict[str, int], at: datetime, **asked: Any) -> Any:
    body = click(item=ITEM | asked.pop("item", {}), notes="", **pick, **asked) | {"clicked_at": at.isoformat()}
    return widget.post("/timer/start", body, format="json")


def stop(widget: APIClient, at: datetime, **asked: Any) -> Any:
    return widget.post("/timer/stop", click(item=ITEM, **asked) | {"clicked_at": at.isoformat()}, format="json")


def seconds(sandbox: RunningSandbox, entry_id: int) -> float:
    return float(sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()["hours"]) * 3600


def named(running: dict[str, Any]) -> dict[str, Any]:
    return {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}


def test_a_late_start_runs_since_its_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    began = ago(minutes=40)
    answer = start(carmen, pick, began)
    assert answer.status_code == 201, answer.content
    running = sandbox.running("carmen")
    assert running is not None
    assert abs(seconds(sandbox, running.id) - 2400) <= NEAR
    zone = zone_named(sandbox.user("carmen").timezone)
    assert running.spent_date == began.astimezone(zone).date()


def test_a_change_that_timed_out_is_not_followed_by_another_while_it_may_still_arrive(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, settings: Any, has_times: bool
) -> None:
    """It would undo whatever was written since, such as the end of the run by a stop."""
    settings.HARVEST_TIMEOUT_SECONDS = 2
    sandbox.fault("latency", method="PATCH", path="/v2/time_entries/*", seconds=4.0, times=1)
    assert start(carmen, pick, ago(minutes=40)).status_code == 202
    assert len(sandbox.requests("PATCH")) <= 1  # none, where a busy machine did not even let the entry be made in time


def test_a_late_stop_ends_at_its_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(minutes=50)).json()["state"]["running"]
    answer = stop(carmen, ago(minutes=20), **named(running))
    assert (answer.status_code, answer.json()["state"]["running"]) == (200, None)
    assert sandbox.running("carmen") is None
    assert abs(seconds(sandbox, running["entry_id"]) - 1800) <= NEAR


def test_a_timer_that_a_late_start_ends_has_the_time_until_that_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    first = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]["entry_id"]
    answer = start(carmen, pick, ago(minutes=25), item={"id": "T-2"}).json()
    second = answer["state"]["running"]["entry_id"]
    assert answer["stopped"]["entry_id"] == first
    assert abs(seconds(sandbox, first) - 2100) <= NEAR
    assert abs(seconds(sandbox, second) - 1500) <= NEAR


def test_a_timer_that_a_late_start_ends_has_the_time_until_that_click_though_the_answer_to_its_end_was_lost(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    first = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]["entry_id"]
    sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*/stop")
    answer = start(carmen, pick, ago(minutes=25), item={"id": "T-2"})
    assert (answer.status_code, answer.json()["stopped"]["entry_id"]) == (201, first)
    assert abs(seconds(sandbox, first) - 2100) <= NEAR
    (second,) = sandbox.entries_on("T-2")
    assert abs(seconds(sandbox, second.id) - 1500) <= NEAR


def test_of_two_starts_the_later_click_runs_and_the_other_ends_where_it_began(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    later = start(carmen, pick, ago(minutes=20), item={"id": "T-2"}).json()["state"]["running"]["entry_id"]
    assert start(carmen, pick, ago(minutes=50)).status_code == 201
    running = sandbox.running("carmen")
    assert running is not None
    assert running.id == later
    (earlier,) = sandbox.entries_on("T-1")
    assert not earlier.is_running
    assert abs(seconds(sandbox, earlier.id) - 1800) <= NEAR
    assert abs(seconds(sandbox, later) - 1200) <= NEAR


def test_late_starts_that_come_one_by_one_never_overlap_though_a_newer_timer_runs(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    body = pick | {"spent_date": sandbox.now().date().isoformat()}
    assert sandbox.post("/v2/time_entries", "carmen", json=body).status_code == 201
    assert start(carmen, pick, ago(minutes=30)).status_code == 201
    (first,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, first.id) - 1800) <= NEAR
    answer = start(carmen, pick, ago(minutes=10), item={"id": "T-2"})
    assert (answer.status_code, answer.json()["stopped"]["entry_id"]) == (201, first.id)
    (second,) = sandbox.entries_on("T-2")
    assert abs(seconds(sandbox, first.id) - 1200) <= NEAR
    assert abs(seconds(sandbox, second.id) - 600) <= NEAR
    assert start(carmen, pick, ago(minutes=5), item={"id": "T-3"}).status_code == 201
    ends = [abs(seconds(sandbox, sandbox.entries_on(item)[0].id) - worked) <= NEAR for item, worked in LATER.items()]
    assert ends == [True, True, True]


def test_time_that_was_changed_since_is_not_shortened_by_a_start_that_comes_late(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(minutes=30)).json()["state"]["running"]
    stop(carmen, ago(minutes=1), **named(running))
    zone = zone_named(sandbox.user("carmen").timezone)
    later = (datetime.now(UTC) + timedelta(minutes=20)).astimezone(zone).strftime("%H:%M")
    changed = {"ended_time": later} if has_times else {"hours": 2.5}
    answer = sandbox.patch(f"/v2/time_entries/{running['entry_id']}", "carmen", json=changed)
    assert answer.status_code == 200
    assert start(carmen, pick, ago(minutes=15), item={"id": "T-2"}).status_code == 201
    assert seconds(sandbox, running["entry_id"]) == answer.json()["hours"] * 3600


def test_a_late_stop_of_what_harvest_ended_meanwhile_ends_at_its_click_though_the_start_was_late_too(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(minutes=10)).json()["state"]["running"]
    body = pick | {"spent_date": sandbox.now().date().isoformat()}
    assert sandbox.post("/v2/time_entries", "carmen", json=body).status_code == 201
    answer = stop(carmen, ago(minutes=5), **named(running)).json()
    assert abs(seconds(sandbox, running["entry_id"]) - 300) <= NEAR
    assert [notice["code"] for notice in answer["state"]["notices"]] == ["ended_earlier"]


def test_a_timer_that_began_in_harvest_after_the_click_runs_on(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    body = pick | {"spent_date": sandbox.now().date().isoformat()}
    theirs = sandbox.post("/v2/time_entries", "carmen", json=body).json()["id"]
    assert start(carmen, pick, ago(minutes=30)).status_code == 201
    running = sandbox.running("carmen")
    assert running is not None
    assert running.id == theirs
    (ours,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, ours.id) - 1800) <= NEAR


def test_time_that_was_entered_by_hand_and_changed_since_ends_no_late_start(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    zone = zone_named(sandbox.user("carmen").timezone)
    began = ago(minutes=10).astimezone(zone)
    times = {"started_time": f"{began:%H:%M}", "ended_time": f"{began - timedelta(hours=1):%H:%M}"}
    given = times if has_times else {"hours": 3}
    body = pick | given | {"spent_date": began.date().isoformat()}
    entry_id = sandbox.post("/v2/time_entries", "carmen", json=body).json()["id"]
    sandbox.advance(5)
    assert sandbox.patch(f"/v2/time_entries/{entry_id}", "carmen", json={"notes": "By hand"}).status_code == 200
    assert start(carmen, pick, ago(minutes=40)).status_code == 201
    running = sandbox.running("carmen")
    assert running is not None
    assert abs(seconds(sandbox, running.id) - 2400) <= NEAR


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


def test_a_late_start_whose_answer_was_lost_has_its_time_as_soon_as_it_is_found(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """Nothing of it can come late, so the change of its time need not wait."""
    sandbox.fault("lost_answer", method="POST", path="/v2/time_entries")
    assert start(carmen, pick, ago(minutes=40)).status_code == 201
    (entry,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, entry.id) - 2400) <= NEAR


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


def wait_behind(person_id: int) -> Intent:
    """A click before, that somebody else is at: what comes now queues."""
    now = datetime.now(UTC)
    return Intent.objects.create(
        person_id=person_id, kind="edit", idempotency_key="before it", clicked_at=now, asked={"entry_id": 1},
        position=0, claim=new_claim(), claimed_until=now + timedelta(hours=1), expires_at=now + timedelta(hours=1),
    )  # fmt: skip


def test_a_start_and_a_stop_of_one_outage_are_one_finished_entry_and_one_write(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    from timer_widget.clicks.replaying import replay_due
    from timer_widget.models import Person

    person = Person.objects.get()
    before = wait_behind(person.pk)
    answers = [start(carmen, pick, ago(minutes=90), idempotency_key="client-0123456789.1")]
    answers += [stop(carmen, ago(minutes=30), start_key="client-0123456789.1", idempotency_key="client-0123456789.2")]
    assert [answer.status_code for answer in answers] == [202, 202]
    before.delete()
    sandbox.journal.clear()
    replay_due(person.pk)
    assert [each.method for each in sandbox.requests() if each.method != "GET"] == ["POST"]
    (entry,) = sandbox.entries_on("T-1")
    assert not entry.is_running
    assert abs(seconds(sandbox, entry.id) - 3600) <= NEAR
    assert set(Intent.objects.values_list("status", flat=True)) == {"done"}


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


def test_a_click_older_than_three_days_is_asked_about_and_never_done_silently(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    answer = start(carmen, pick, ago(hours=73))
    assert (answer.status_code, answer.json()["code"]) == (409, "click_expired")
    assert not sandbox.entries_on("T-1")
    intent = Intent.objects.get()
    assert (intent.status, intent.needs_decision) == ("failed", True)


def test_a_start_that_would_be_an_entry_of_days_is_asked_about_and_never_done_silently(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    start(carmen, pick, ago(minutes=5), item={"id": "T-2"})
    answer = start(carmen, pick, ago(hours=26))
    assert (answer.status_code, answer.json()["code"]) == (400, "start_out_of_reach")
    assert not sandbox.entries_on("T-1")
    assert Intent.objects.get(item_id="T-1").needs_decision


def test_a_gap_in_a_clients_counters_and_a_wrong_clock_are_noted(carmen: APIClient, pick: dict[str, int]) -> None:
    for counter, offset in ((1, 0), (2, 7200), (5, -300)):
        key = f"client-0123456789.{counter}"
        start(carmen, pick, datetime.now(UTC), idempotency_key=key, clock_offset_seconds=offset)
    noted = Intent.objects.order_by("position").values_list("gap", "clock_offset_seconds")
    assert list(noted) == [(0, None), (0, 7200.0), (2, -300.0)]


@pytest.mark.parametrize("order", [(0, 64, 21, 63), (64, 0, 63, 21), (63, 64, 0, 21)], ids=str)
def test_starts_of_one_item_at_the_same_moment_make_one_timer_that_runs(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool, order: tuple[int, ...]
) -> None:
    """Four tabs or devices of one person, each with a key of its own, in whichever order they arrive."""
    there, at = len(sandbox.entries("carmen")), ago(seconds=1)
    for after in order:
        answer = start(carmen, pick, at + timedelta(milliseconds=after))
        assert answer.status_code in (200, 201), answer.content
    assert len(sandbox.entries("carmen")) == there + 1
    assert sandbox.running("carmen") is not None

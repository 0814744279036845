"""Forgotten timers: found by the guard, shown with a likely end, answered like any click, in accounts of both kinds."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.webhooks.models import Event
from tests.console.operators import signed_in, superuser
from timer_widget.clicks.replaying import replay_due
from timer_widget.forgotten.guard import check_due
from timer_widget.models import ForgottenTimer, Intent, Person, PersonState, PersonTimerRules, TimerSettings

from .people import ITEM, click

pytestmark = pytest.mark.django_db

# Minutes of a clock, and the hundredths of an hour that they are told in.
NEAR = 130
one_kind = pytest.mark.parametrize("has_times", [False], ids=["hours"], indirect=True)
HISTORY = "/admin/timer_widget/intent/history/"
BEGAN = timedelta(minutes=90)
LAST_SEEN = timedelta(minutes=50)


@pytest.fixture(params=[False, True], ids=["hours", "clock"])
def has_times(request: pytest.FixtureRequest, sandbox: RunningSandbox, carmen: APIClient) -> bool:
    """An account whose mode is known by an entry of the day before, of somebody for whom midnight is far."""
    clock = bool(request.param)
    sandbox.set_mode(sandbox.account, timestamp=clock)
    with sandbox.world.lock:
        sandbox.user("carmen").timezone = "UTC" if 4 <= datetime.now(UTC).hour < 22 else "Hawaii"
        for entry in sandbox.entries("carmen"):
            sandbox.account.time_entries.remove(entry)
    cache.clear()
    project, task = sandbox.pick("carmen")
    given = {"started_time": "07:00", "ended_time": "07:06"} if clock else {"hours": 0.1}
    day = (sandbox.now() - timedelta(days=2)).date().isoformat()
    tracked = {"project_id": project.id, "task_id": task.id, "spent_date": day}
    assert sandbox.post("/v2/time_entries", "carmen", json=tracked | given).status_code == 201
    return clock


@pytest.fixture
def rules(board: NewHostApp) -> TimerSettings:
    return TimerSettings.objects.create(
        host_app=board.host_app, longest_run_hours=1, work_day_starts=None, work_day_ends=None, weekend="none"
    )


@pytest.fixture
def forgotten(carmen: APIClient, pick: dict[str, int], has_times: bool, rules: TimerSettings) -> dict[str, Any]:
    """A timer since 90 minutes whose person was last seen 50 minutes ago, once the guard has looked."""
    began = (timezone.now() - BEGAN).isoformat()
    body = click(item=ITEM, notes="Fix", **pick) | {"clicked_at": began}
    assert carmen.post("/timer/start", body, format="json").status_code == 201
    PersonState.objects.update(active_at=timezone.now() - LAST_SEEN)
    look()
    (found,) = proposals(carmen)
    return found


def look(**later: float) -> None:
    PersonState.objects.filter(guard_at__isnull=False).update(guard_at=timezone.now())
    check_due(now=timezone.now() + timedelta(**later))


def proposals(widget: APIClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = widget.get("/timer/state").json()["forgotten"]
    return found


def answer(widget: APIClient, found: dict[str, Any], what: str, **more: Any) -> Any:
    return widget.post("/timer/forgotten", click(forgotten_id=found["id"], answer=what, **more), format="json")


def work() -> None:
    Intent.objects.filter(status="pending").update(next_attempt_at=timezone.now())
    replay_due(Person.objects.get().pk)


def no_longer_on_its_way() -> None:
    """What was sent and not answered has had its time to arrive."""
    for intent in Intent.objects.filter(status="pending"):
        kept = {**intent.progress, "quiet_until": timezone.now().isoformat()}
        Intent.objects.filter(pk=intent.pk).update(progress=kept)


def seconds(sandbox: RunningSandbox, entry_id: int) -> float:
    return float(sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()["hours"]) * 3600


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@one_kind
def test_a_timer_beyond_the_longest_run_is_asked_about_once_with_its_likely_end(
    carmen: APIClient, forgotten: dict[str, Any]
) -> None:
    look()
    assert abs(moment(forgotten["likely_stop_at"]) - (timezone.now() - LAST_SEEN)) < timedelta(seconds=60)
    assert (forgotten["reason"], forgotten["status"]) == ("longest_run", "open")
    assert forgotten["answers"] == ["stop", "continue", "move", "keep"]
    told = Event.objects.get(type="timer.forgotten").data
    assert (told["forgotten_id"], told["entry"]["item"]["id"]) == (forgotten["id"], "T-1")
    assert told["likely_stop_at"] == forgotten["likely_stop_at"]


@one_kind
def test_the_likely_end_follows_a_page_that_is_seen(carmen: APIClient, forgotten: dict[str, Any]) -> None:
    seen = moment(forgotten["likely_stop_at"]) + timedelta(minutes=4)
    PersonState.objects.update(active_at=seen)
    look()
    (now,) = proposals(carmen)
    assert moment(now["likely_stop_at"]) == seen


@one_kind
def test_whoever_comes_back_is_still_asked_about_the_time_before_they_left(
    carmen: APIClient, forgotten: dict[str, Any]
) -> None:
    assert carmen.post("/timer/heartbeat", {}, format="json").status_code == 204
    look()
    (now,) = proposals(carmen)
    assert now["likely_stop_at"] == forgotten["likely_stop_at"]


def test_a_timer_that_is_not_due_costs_harvest_nothing(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, rules: TimerSettings
) -> None:
    carmen.post("/timer/start", click(item=ITEM, notes="", **pick), format="json")
    look()
    before = len(sandbox.requests())
    look()
    assert len(sandbox.requests()) == before
    assert not ForgottenTimer.objects.exists()


def test_a_timer_that_was_stopped_in_harvest_meanwhile_is_not_asked_about(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, rules: TimerSettings
) -> None:
    running = carmen.post("/timer/start", click(item=ITEM, notes="", **pick), format="json").json()["state"]["running"]
    sandbox.patch(f"/v2/time_entries/{running['entry_id']}/stop", "carmen")
    look(hours=2)
    assert not ForgottenTimer.objects.exists()


def test_while_harvest_cannot_be_read_nothing_is_said(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, rules: TimerSettings
) -> None:
    carmen.post("/timer/start", click(item=ITEM, notes="", **pick), format="json")
    sandbox.fault("status", path="/v2/time_entries", status=503, times=None)
    look(hours=2)
    assert not ForgottenTimer.objects.exists()
    sandbox.clear_faults()
    caches["answers"].clear()  # that a look has failed a moment ago
    look(hours=2)
    assert ForgottenTimer.objects.count() == 1


def test_rules_of_a_persons_own_come_before_those_of_the_host_app(
    carmen: APIClient, pick: dict[str, int], rules: TimerSettings
) -> None:
    carmen.post("/timer/start", click(item=ITEM, notes="", **pick), format="json")
    PersonTimerRules.objects.create(person=Person.objects.get(), longest_run_hours=Decimal(3))
    look(hours=2)
    assert not ForgottenTimer.objects.exists()
    look(hours=3, minutes=1)
    assert ForgottenTimer.objects.count() == 1


def test_stop_ends_it_at_the_last_sign(carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any]) -> None:
    said = answer(carmen, forgotten, "stop")
    assert (said.status_code, said.json()["state"]["running"]) == (200, None), said.content
    assert abs(seconds(sandbox, forgotten["entry_id"]) - 2400) <= NEAR
    assert said.json()["state"]["forgotten"] == []
    assert Event.objects.filter(type="timer.stopped").latest("sequence").data["automatic"] is False


@one_kind
def test_stop_may_name_another_moment(carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any]) -> None:
    answer(carmen, forgotten, "stop", stop_at=(timezone.now() - timedelta(minutes=30)).isoformat())
    assert abs(seconds(sandbox, forgotten["entry_id"]) - 3600) <= NEAR


@one_kind
@pytest.mark.parametrize("ago", [BEGAN + timedelta(minutes=2), timedelta(minutes=-2)], ids=["before", "ahead"])
@pytest.mark.parametrize("what", ["stop", "continue"])
def test_another_moment_lies_within_the_run(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any], ago: timedelta, what: str
) -> None:
    said = answer(carmen, forgotten, what, stop_at=(timezone.now() - ago).isoformat())
    assert (said.status_code, said.json()["message"].partition(":")[0]) == (400, "stop_at")
    assert sandbox.running("carmen") is not None
    assert [each["id"] for each in proposals(carmen)] == [forgotten["id"]]


def test_continue_leaves_the_gap_out_and_runs_on(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any], has_times: bool
) -> None:
    said = answer(carmen, forgotten, "continue")
    running = said.json()["state"]["running"]
    assert (said.status_code, running["entry_id"] == forgotten["entry_id"]) == (200, not has_times), said.content
    assert abs(sum(seconds(sandbox, entry.id) for entry in sandbox.entries_on("T-1")) - 2400) <= NEAR
    assert said.json()["state"]["forgotten"] == []


def test_the_stop_of_a_timer_that_was_continued_adds_what_it_ran_since(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any]
) -> None:
    running = answer(carmen, forgotten, "continue").json()["state"]["running"]
    named = {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}
    assert carmen.post("/timer/stop", click(**named), format="json").status_code == 200
    assert abs(sum(seconds(sandbox, entry.id) for entry in sandbox.entries_on("T-1")) - 2400) <= NEAR


def test_move_gives_the_gap_to_another_entry_and_runs_on(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any]
) -> None:
    project, task = sandbox.picks("carmen")[-1]
    chosen = {"project_id": project.id, "task_id": task.id, "notes": "Meeting"}
    said = answer(carmen, forgotten, "move", **chosen)
    assert said.status_code == 200, said.content
    assert said.json()["state"]["running"]["item"]["id"] == "T-1"
    (gap,) = (entry for entry in sandbox.entries("carmen") if entry.notes == "Meeting")
    assert abs(seconds(sandbox, gap.id) - 3000) <= NEAR
    assert abs(sum(seconds(sandbox, entry.id) for entry in sandbox.entries_on("T-1")) - 2400) <= NEAR
    assert Event.objects.filter(type="timer.added").count() == 1


@pytest.mark.parametrize("what", ["continue", "move"])
def test_an_answer_that_comes_late_leaves_alone_what_was_started_again_after_it(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, forgotten: dict[str, Any], what: str
) -> None:
    before = (timezone.now() - timedelta(minutes=1)).isoformat()
    assert carmen.post("/timer/stop", click(entry_id=forgotten["entry_id"]), format="json").status_code == 200
    assert carmen.post("/timer/start", click(item=ITEM, notes="Fix", **pick), format="json").status_code == 201
    held = sum(seconds(sandbox, entry.id) for entry in sandbox.entries_on("T-1"))
    said = answer(carmen, forgotten, what, clicked_at=before, **(pick if what == "move" else {}))
    assert (said.status_code, said.json().get("code")) == (409, "not_running"), said.content
    assert abs(sum(seconds(sandbox, entry.id) for entry in sandbox.entries_on("T-1")) - held) <= NEAR
    assert sandbox.running("carmen") is not None


@one_kind
def test_keep_writes_nothing_and_asks_again_only_after_another_run_as_long(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any]
) -> None:
    writes = len([each for each in sandbox.requests() if each.method != "GET"])
    assert answer(carmen, forgotten, "keep").status_code == 200
    assert len([each for each in sandbox.requests() if each.method != "GET"]) == writes
    look(minutes=50)
    assert proposals(carmen) == []
    look(minutes=70)
    assert ForgottenTimer.objects.filter(status="open").count() == 1


def test_an_answer_whose_own_answer_was_lost_is_done_once(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any]
) -> None:
    project, task = sandbox.picks("carmen")[-1]
    sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*", times=1)
    sandbox.fault("lost_answer", method="POST", path="/v2/time_entries", times=1)
    answer(carmen, forgotten, "move", project_id=project.id, task_id=task.id, notes="Meeting")
    for _ in range(3):
        no_longer_on_its_way()
        work()
    assert len([entry for entry in sandbox.entries("carmen") if entry.notes == "Meeting"]) == 1
    assert abs(sum(seconds(sandbox, entry.id) for entry in sandbox.entries_on("T-1")) - 2400) <= NEAR


@one_kind
def test_an_answer_while_harvest_is_away_waits_and_ends_at_the_same_moment(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any]
) -> None:
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    said = answer(carmen, forgotten, "stop")
    assert (said.status_code, said.json()["state"]["forgotten"]) == (202, [])
    assert said.json()["click"]["kind"] == "answer"
    sandbox.clear_faults()
    work()
    assert abs(seconds(sandbox, forgotten["entry_id"]) - 2400) <= NEAR


@one_kind
def test_a_question_costs_the_state_no_second_look_at_the_clicks(carmen: APIClient, forgotten: dict[str, Any]) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert proposals(carmen)
    assert len([each for each in asked if 'FROM "timer_widget_intent"' in each["sql"]]) <= 1


@pytest.fixture
def stopped(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any], rules: TimerSettings
) -> dict[str, Any]:
    """Stopped by itself, as nobody has answered for ten minutes."""
    rules.stops_forgotten_after_minutes = 10
    rules.save()
    look(minutes=11)
    work()
    assert sandbox.running("carmen") is None
    (found,) = proposals(carmen)
    return found


def test_a_timer_that_nobody_answers_for_is_stopped_at_the_last_sign_and_marked(
    carmen: APIClient, sandbox: RunningSandbox, stopped: dict[str, Any]
) -> None:
    assert (stopped["status"], stopped["answers"]) == ("stopped", ["restore", "accept"])
    assert abs(seconds(sandbox, stopped["entry_id"]) - 2400) <= NEAR
    assert Event.objects.filter(type="timer.stopped").latest("sequence").data["automatic"] is True
    until = moment(stopped["reversible_until"]) - timezone.now()
    assert timedelta(days=6, hours=23) < until <= timedelta(days=7)


def test_what_was_left_out_can_be_put_back_for_seven_days(
    carmen: APIClient, sandbox: RunningSandbox, stopped: dict[str, Any]
) -> None:
    said = answer(carmen, stopped, "restore")
    assert (said.status_code, said.json()["state"]["forgotten"]) == (200, []), said.content
    assert abs(seconds(sandbox, stopped["entry_id"]) - BEGAN.total_seconds()) <= NEAR


@one_kind
def test_after_seven_days_it_cannot_and_is_shown_no_more(carmen: APIClient, stopped: dict[str, Any]) -> None:
    ForgottenTimer.objects.update(reversible_until=timezone.now() - timedelta(seconds=1))
    assert proposals(carmen) == []
    assert answer(carmen, stopped, "restore").json()["code"] == "nothing_to_undo"


@one_kind
def test_an_automatic_stop_that_was_right_is_shown_no_more(
    carmen: APIClient, sandbox: RunningSandbox, stopped: dict[str, Any]
) -> None:
    assert answer(carmen, stopped, "accept").json()["state"]["forgotten"] == []
    assert abs(seconds(sandbox, stopped["entry_id"]) - 2400) <= NEAR


@one_kind
def test_nobody_is_stopped_while_they_are_seen(
    carmen: APIClient, sandbox: RunningSandbox, forgotten: dict[str, Any], rules: TimerSettings
) -> None:
    rules.stops_forgotten_after_minutes = 10
    rules.save()
    PersonState.objects.update(active_at=timezone.now() + timedelta(minutes=5))
    look(minutes=11)
    work()
    assert sandbox.running("carmen") is not None


def test_people_are_not_reminded_unless_an_operator_wants_it(carmen: APIClient, board: NewHostApp) -> None:
    from timer_widget.forgotten.reminders import reminder_of

    person = Person.objects.get()
    assert reminder_of(person) is None
    TimerSettings.objects.create(host_app=board.host_app, reminds_after_minutes=30, weekend="none")
    said = reminder_of(person)
    assert said is not None
    assert said["after_seconds"] == 1800


class TestHistory:
    """What became of a forgotten timer, as its history tells it: which answer, of what, and by whom."""

    @one_kind
    @pytest.mark.parametrize("what", ["stop", "continue", "keep"])
    def test_it_names_the_answer_and_the_timer(self, carmen: APIClient, forgotten: dict[str, Any], what: str) -> None:
        assert answer(carmen, forgotten, what).status_code == 200
        told = carmen.get("/timer/history", {"item_id": "T-1", "group_id": "web"}).json()["events"][0]
        assert (told["kind"], told["answer"], told["is_automatic"]) == ("answer", what, False)
        assert (told["item"]["id"], told["entry_id"]) == ("T-1", forgotten["entry_id"])
        assert (told["project"], told["task"]) == (forgotten["project"]["name"], forgotten["task"]["name"])
        ended = told["ended_at"] and moment(told["ended_at"])
        assert ended == (None if what == "keep" else moment(forgotten["likely_stop_at"]))

    @one_kind
    def test_a_stop_that_came_by_itself_is_nobodys_act(self, carmen: APIClient, stopped: dict[str, Any]) -> None:
        told = carmen.get("/timer/history").json()["events"][0]
        assert (told["answer"], told["is_automatic"], told["ended_at"]) == ("stop", True, stopped["likely_stop_at"])
        row = next(csv.DictReader(io.StringIO(csv_of(carmen).removeprefix("\ufeff"))))
        assert (row["kind"], row["answer"], row["is_automatic"]) == ("answer", "stop", "True")
        browser = signed_in(superuser())
        page = browser.get(HISTORY).content.decode()
        at = Intent.objects.get(kind="answer").clicked_at
        assert f"Stopped by itself at {at:%H:%M} (forgotten)" in page
        assert ">Answer on a forgotten timer</a>" not in page
        assert answer(carmen, stopped, "restore").status_code == 200
        assert "Forgotten timer: put the time back" in browser.get(HISTORY).content.decode()


def csv_of(widget: APIClient) -> str:
    return b"".join(widget.get("/timer/history.csv").streaming_content).decode()  # type: ignore[attr-defined]

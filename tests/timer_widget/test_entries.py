"""Time without a timer: added, changed, deleted; starts corrected; switches undone; in accounts of both kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget import state
from timer_widget.access import harvest_for
from timer_widget.account_mode import Mode, learn_mode
from timer_widget.models import Intent, Person

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def today(carmen: APIClient) -> str:
    said: str = carmen.get("/timer/day").json()["today"]
    return said


def start(widget: APIClient, pick: dict[str, int], **item: Any) -> dict[str, Any]:
    made: dict[str, Any] = widget.post("/timer/start", click(item=ITEM | item, **pick), format="json").json()
    return made


def add(widget: APIClient, pick: dict[str, int], **asked: Any) -> Any:
    return widget.post("/timer/entry", click(**{"item": ITEM, **pick, **asked}), format="json")


def move(widget: APIClient, entry_id: int, moment: datetime) -> dict[str, Any]:
    body = click(entry_id=entry_id, started_at=moment.isoformat())
    made: dict[str, Any] = widget.post("/timer/beginning", body, format="json").json()
    return made


def entry_of(sandbox: RunningSandbox, entry_id: int) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()
    return found


def choose_mode(sandbox: RunningSandbox, *, has_times: bool, is_known: bool = True) -> None:
    """What a member can learn of the mode is in what they tracked before: here one stopped entry, or nothing."""
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    with sandbox.world.lock:
        for entry in sandbox.entries("carmen"):
            sandbox.account.time_entries.remove(entry)
    cache.clear()
    if is_known:
        project, task = sandbox.pick("carmen")
        given = {"started_time": "07:00", "ended_time": "07:06"} if has_times else {"hours": 0.1}
        tracked = {"project_id": project.id, "task_id": task.id, "spent_date": sandbox.now().date().isoformat()}
        assert sandbox.post("/v2/time_entries", "carmen", json=tracked | given).status_code == 201


def test_hours_on_another_day_are_an_entry_that_does_not_run(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    day = (datetime.fromisoformat(today) - timedelta(days=1)).date().isoformat()
    carmen.get("/timer/state", {"item_id": "T-1", "group_id": "web"})
    response = add(carmen, pick, spent_date=day, hours="1.5", notes="By hand")
    assert response.status_code == 201, response.content
    made = entry_of(sandbox, response.json()["entry"]["entry_id"])
    assert (made["hours"], made["spent_date"], made["is_running"], made["notes"]) == (1.5, day, False, "By hand")
    assert made["external_reference"]["id"] == "T-1"
    assert response.json()["state"]["item"]["seconds"] == 5400
    assert Intent.objects.get().kind == "add"


def test_adding_time_leaves_the_running_timer_alone(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    running = start(carmen, pick)["state"]["running"]["entry_id"]
    assert add(carmen, pick, spent_date=today, hours=0.25).json()["state"]["running"]["entry_id"] == running


@pytest.mark.parametrize(("hours", "times"), [("1.25", {}), (None, {"started_time": "09:00", "ended_time": "10:15"})])
@pytest.mark.parametrize("has_times", [False, True])
@pytest.mark.parametrize("is_known", [False, True])
def test_either_way_to_say_how_long_works_in_either_account(
    carmen: APIClient,
    pick: dict[str, int],
    today: str,
    sandbox: RunningSandbox,
    hours: str | None,
    times: dict[str, str],
    has_times: bool,
    is_known: bool,
) -> None:
    """A member cannot ask for the mode; an entry from before shows it, and without one both kinds of field are sent."""
    choose_mode(sandbox, has_times=has_times, is_known=is_known)
    response = add(carmen, pick, spent_date=today, hours=hours, **times)
    made = entry_of(sandbox, response.json()["entry"]["entry_id"])
    assert (made["hours"], made["is_running"]) == (1.25, False)
    assert bool(made["started_time"]) == has_times


@pytest.mark.parametrize("has_times", [False, True])
def test_an_account_that_changed_its_mode_is_understood_at_the_first_entry(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=not has_times)
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    made = add(carmen, pick, spent_date=today, hours="1.25").json()["entry"]
    entry = entry_of(sandbox, made["entry_id"])
    assert (entry["hours"], entry["is_running"], bool(entry["ended_time"])) == (1.25, False, has_times)
    assert carmen.get("/timer/day").json()["mode"] == ("clock" if has_times else "hours")


@pytest.mark.parametrize("has_times", [False, True])
def test_two_people_find_out_at_once_that_their_account_changed_its_mode(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=not has_times)
    assert carmen.get("/timer/day").json()["mode"] == ("hours" if has_times else "clock")
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    harvest = harvest_for(Person.objects.get())
    right = Mode.CLOCK if has_times else Mode.HOURS
    sandbox.meanwhile(lambda: learn_mode(harvest, right), "/v2/time_entries*")
    made = add(carmen, pick, spent_date=today, hours="1.25").json()["entry"]
    entry = entry_of(sandbox, made["entry_id"])
    assert (entry["hours"], entry["is_running"]) == (1.25, False)


@pytest.mark.parametrize(
    "said", [{"hours": "2.5"}, {"started_time": "08:00", "ended_time": "10:30"}], ids=["hours", "times"]
)
@pytest.mark.parametrize("has_times", [False, True])
def test_an_edit_reaches_an_account_that_changed_its_mode(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox, has_times: bool, said: dict[str, str]
) -> None:
    choose_mode(sandbox, has_times=not has_times)
    entry_id = add(carmen, pick, spent_date=today, started_time="09:00", ended_time="10:15").json()["entry"]["entry_id"]
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    answer = carmen.patch("/timer/entry", click(entry_id=entry_id, notes="Longer", **said), format="json")
    entry = entry_of(sandbox, entry_id)
    assert (entry["hours"], entry["is_running"], entry["notes"]) == (2.5, False, "Longer")
    assert answer.json()["entry"]["hours"] in ("2.5", "2.50")
    assert carmen.get("/timer/day").json()["mode"] == ("clock" if has_times else "hours")


@pytest.mark.parametrize("has_times", [False, True])
def test_an_addition_in_an_account_that_changed_its_mode_leaves_a_timer_running(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=not has_times)
    assert carmen.get("/timer/day").json()["mode"] == ("hours" if has_times else "clock")
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    start(carmen, pick, id="T-2")
    sandbox.advance(600)
    assert add(carmen, pick, spent_date=today, hours="1.25").json()["state"]["running"]["item"]["id"] == "T-2"


def test_times_of_the_same_length_reach_an_account_that_began_to_count_times(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    choose_mode(sandbox, has_times=True)
    entry_id = add(carmen, pick, spent_date=today, started_time="09:00", ended_time="10:15").json()["entry"]["entry_id"]
    sandbox.set_mode(sandbox.account, timestamp=False)
    add(carmen, pick, spent_date=today, hours="1")  # learns that hours count
    sandbox.set_mode(sandbox.account, timestamp=True)
    said = {"started_time": "11:00", "ended_time": "12:15"}
    carmen.patch("/timer/entry", click(entry_id=entry_id, **said), format="json")
    assert state.clock_time(entry_of(sandbox, entry_id)["started_time"]) == "11:00"


def test_time_added_a_moment_before_is_not_started_again_when_the_mode_has_changed(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    choose_mode(sandbox, has_times=True)
    entry_id = add(carmen, pick, spent_date=today, started_time="09:00", ended_time="10:15").json()["entry"]["entry_id"]
    sandbox.set_mode(sandbox.account, timestamp=False)
    add(carmen, pick, spent_date=today, hours="1")
    assert not entry_of(sandbox, entry_id)["is_running"]


def test_an_edit_of_notes_alone_is_one_write(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    choose_mode(sandbox, has_times=False)
    entry_id = add(carmen, pick, spent_date=today, hours="1.25").json()["entry"]["entry_id"]
    sandbox.journal.clear()
    carmen.patch("/timer/entry", click(entry_id=entry_id, hours="1.25", notes="Same"), format="json")
    assert len(sandbox.requests(method="PATCH")) == 1


@pytest.mark.parametrize("has_times", [False, True])
def test_a_corrected_start_reaches_an_account_that_changed_its_mode(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=not has_times)
    assert carmen.get("/timer/day").json()["mode"] == ("hours" if has_times else "clock")
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    running = start(carmen, pick)["state"]["running"]["entry_id"]
    answer = move(carmen, running, datetime.now(UTC) - timedelta(minutes=30))
    assert abs(answer["entry"]["seconds"] - 1800) <= 90
    assert carmen.get("/timer/day").json()["mode"] == ("clock" if has_times else "hours")


@pytest.mark.parametrize("has_times", [False, True])
def test_an_undone_switch_reaches_an_account_that_changed_its_mode(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=not has_times)
    assert carmen.get("/timer/day").json()["mode"] == ("hours" if has_times else "clock")
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    first = start(carmen, pick)["state"]["running"]["entry_id"]
    second = start(carmen, pick, id="T-2")["state"]["running"]["entry_id"]
    move(carmen, second, datetime.now(UTC) - timedelta(minutes=30))
    learn_mode(harvest_for(Person.objects.get()), Mode.HOURS if has_times else Mode.CLOCK)
    state = carmen.post("/timer/undo", click(entry_id=second, previous_id=first), format="json").json()["state"]
    shown = datetime.now(UTC) - datetime.fromisoformat(state["running"]["started_at"])
    assert abs(shown.total_seconds() + state["running"]["seconds_before"] - 1800) <= 90


@pytest.mark.parametrize("has_times", [False, True])
def test_a_deletion_is_undone_in_an_account_that_changed_its_mode(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=not has_times)
    entry_id = add(carmen, pick, spent_date=today, hours="1.25").json()["entry"]["entry_id"]
    carmen.delete("/timer/entry", click(entry_id=entry_id), format="json")
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    assert carmen.post("/timer/undo", click(entry_id=entry_id), format="json").status_code == 200
    (entry,) = sandbox.entries_on("T-1")
    made = entry_of(sandbox, entry.id)
    assert (made["hours"], made["is_running"], bool(made["ended_time"])) == (1.25, False, has_times)


@pytest.mark.parametrize("zone", ["Pacific Time (US & Canada)", "Kathmandu", "Auckland", "London"])
def test_a_start_before_midnight_belongs_to_the_day_before(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, zone: str
) -> None:
    """In accounts with start and end times, where the day and the clock are the owner's."""
    sandbox.user("carmen").timezone = zone
    choose_mode(sandbox, has_times=True)
    local = datetime.now(zone_named(zone))
    running = start(carmen, pick)["state"]["running"]["entry_id"]
    assert entry_of(sandbox, running)["spent_date"] == local.date().isoformat()
    wanted = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC) - timedelta(minutes=20)
    if local.hour == 23 and local.minute >= 40:
        wanted += timedelta(minutes=19)  # no further back than a day
    answer = move(carmen, running, wanted)
    made = entry_of(sandbox, running)
    day_before = (local.date() - timedelta(days=1)).isoformat()
    assert (made["spent_date"], state.clock_time(made["started_time"])) == (
        day_before,
        wanted.astimezone(zone_named(zone)).strftime("%H:%M"),
    )
    assert abs(answer["entry"]["seconds"] - (datetime.now(UTC) - wanted).total_seconds()) <= 60
    answer = move(carmen, running, datetime.now(UTC))
    assert answer["entry"]["spent_date"] == datetime.now(zone_named(zone)).date().isoformat()


def test_a_start_before_midnight_keeps_the_day_where_hours_count(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    choose_mode(sandbox, has_times=False)
    running = start(carmen, pick)["state"]["running"]["entry_id"]
    answer = move(carmen, running, datetime.now(UTC) - timedelta(hours=23, minutes=50))
    assert (answer["entry"]["spent_date"], answer["entry"]["hours"]) == (today, "23.83")


def test_an_addition_that_was_half_done_is_not_done_again(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox, settings: Any
) -> None:
    """Harvest took the time for a timer and then refused to correct that: a second entry would be one too many."""
    settings.HARVEST_TIMEOUT_SECONDS = 2
    choose_mode(sandbox, has_times=True)
    sandbox.set_mode(sandbox.account, timestamp=False)
    sandbox.fault("status", method="PATCH", path="/v2/time_entries/*", status=429, retry_after=30, times=None)
    before, key = len(sandbox.entries("carmen")), "half of it"
    answers = [add(carmen, pick, spent_date=today, hours="1.25", idempotency_key=key) for _ in range(2)]
    assert [answer.json()["click"]["code"] for answer in answers] == ["harvest_rate_limited"] * 2
    assert len(sandbox.entries("carmen")) == before + 1


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"hours": 0}, "hours"),
        ({"hours": 24.5}, "hours"),
        ({}, "hours"),
        ({"started_time": "09:00"}, "ended_time"),
        ({"hours": 1, "spent_date": "yesterday"}, "spent_date"),
    ],
    ids=str,
)
def test_what_cannot_be_time_is_refused_by_name(
    carmen: APIClient, pick: dict[str, int], today: str, changes: dict[str, Any], named: str
) -> None:
    response = add(carmen, pick, **{"spent_date": today, **changes})
    assert response.status_code == 400
    assert named in response.json()["fields"]
    assert not Intent.objects.exists()


def test_the_same_addition_twice_and_one_with_a_lost_answer_are_one_entry_each(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    same = click(item=ITEM, **pick, spent_date=today, hours=1)
    sandbox.fault("lost_answer", method="POST", path="/v2/time_entries")
    first, again = (carmen.post("/timer/entry", same, format="json").json() for _ in range(2))
    assert first["entry"]["entry_id"] == again["entry"]["entry_id"]
    assert len(sandbox.entries_on("T-1")) == 1


def test_a_day_lists_ones_own_entries_with_their_sum_and_the_last_stop(
    carmen: APIClient, pick: dict[str, int], today: str, sandbox: RunningSandbox
) -> None:
    before = carmen.get("/timer/day").json()
    add(carmen, pick, spent_date=today, hours=1.5, notes="One")
    running = start(carmen, pick, id="T-2")["state"]["running"]["entry_id"]
    sandbox.advance(600)
    stopped = click(entry_id=running, clicked_at=datetime.now(UTC).isoformat())
    carmen.post("/timer/stop", stopped, format="json")
    day = carmen.get("/timer/day", {"date": today}).json()
    assert len(day["entries"]) == len(before["entries"]) + 2
    assert abs(day["seconds"] - before["seconds"] - 6000) < 40
    assert day["mode"] == "hours"
    assert day["last_stop"][:16] == stopped["clicked_at"][:16]
    assert day["timezone"] == str(zone_named(sandbox.user("carmen").timezone))
    assert carmen.get("/timer/day", {"date": "soon"}).json()["code"] == "invalid_request"


def test_an_entry_is_changed_in_every_part_at_once(
    carmen: APIClient, today: str, sandbox: RunningSandbox, pick: dict[str, int]
) -> None:
    entry_id = add(carmen, pick, spent_date=today, hours=1).json()["entry"]["entry_id"]
    project, task = sandbox.picks("carmen")[1]
    changes = {"project_id": project.id, "task_id": task.id, "hours": "2.75", "notes": "Better"}
    response = carmen.patch("/timer/entry", click(entry_id=entry_id, **changes), format="json")
    made = entry_of(sandbox, entry_id)
    assert response.json()["entry"]["hours"] == "2.75"
    assert (made["project"]["id"], made["task"]["id"], made["notes"]) == (project.id, task.id, "Better")


def test_a_deleted_entry_can_be_brought_back_whole(
    carmen: APIClient, today: str, sandbox: RunningSandbox, pick: dict[str, int]
) -> None:
    entry_id = add(carmen, pick, spent_date=today, hours=1, notes="Mine").json()["entry"]["entry_id"]
    body = click(entry_id=entry_id)
    assert carmen.delete("/timer/entry", body, format="json").json()["entry"]["entry_id"] == entry_id
    assert not sandbox.entries_on("T-1")
    assert carmen.delete("/timer/entry", body, format="json").json()["entry"] is None
    assert carmen.post("/timer/undo", click(entry_id=entry_id), format="json").status_code == 200
    (entry,) = sandbox.entries_on("T-1")
    made = entry_of(sandbox, entry.id)
    assert (made["hours"], made["notes"], made["is_running"]) == (1.0, "Mine", False)
    assert made["external_reference"]["permalink"] == ITEM["permalink"]
    assert carmen.post("/timer/undo", click(entry_id=entry_id), format="json").status_code == 200
    assert [each.id for each in sandbox.entries_on("T-1")] == [entry.id]  # a second press, or another device's
    refused = carmen.post("/timer/undo", click(entry_id=999), format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_undo")


def test_a_lost_answer_to_a_deletion_is_looked_up(
    carmen: APIClient, today: str, sandbox: RunningSandbox, pick: dict[str, int]
) -> None:
    entry_id = add(carmen, pick, spent_date=today, hours=1).json()["entry"]["entry_id"]
    sandbox.fault("lost_answer", method="DELETE", path="/v2/time_entries/*")
    assert carmen.delete("/timer/entry", click(entry_id=entry_id), format="json").status_code == 200


def test_somebody_elses_entry_is_neither_changed_nor_deleted(
    board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    """An administrator's own rights in Harvest reach everybody; her widget does not."""
    link("alice", board.host_app, user_id="alice")
    other = sandbox.add_entry("carmen", hours="1.00", item_id="T-9")
    widget = session(board, sub="alice")
    for call, asked in ((widget.patch, {"notes": "mine"}), (widget.delete, {})):
        refused = call("/timer/entry", click(entry_id=other.id, **asked), format="json")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_entry")
    assert sandbox.entries_on("T-9")


def test_a_locked_entry_says_why_and_stays_as_it_is(
    carmen: APIClient, today: str, sandbox: RunningSandbox, pick: dict[str, int]
) -> None:
    entry_id = add(carmen, pick, spent_date=today, hours=1).json()["entry"]["entry_id"]
    with sandbox.world.lock:
        next(entry for entry in sandbox.entries("carmen") if entry.id == entry_id).approval_status = "approved"
    listed = next(entry for entry in carmen.get("/timer/day").json()["entries"] if entry["entry_id"] == entry_id)
    assert listed["lock"]["reason"] == "approved"
    for call, asked in ((carmen.patch, {"notes": "x"}), (carmen.delete, {})):
        refused = call("/timer/entry", click(entry_id=entry_id, **asked), format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "entry_locked")
        assert "Approved" in refused.json()["message"]


@pytest.mark.parametrize("has_times", [False, True])
def test_a_timer_pressed_too_late_gets_the_time_before(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=has_times)
    entry_id = start(carmen, pick)["state"]["running"]["entry_id"]
    wanted = datetime.now(UTC) - timedelta(minutes=15)
    body = click(entry_id=entry_id, started_at=wanted.isoformat())
    running = carmen.post("/timer/beginning", body, format="json").json()["state"]["running"]
    began = datetime.fromisoformat(running["started_at"]) - timedelta(seconds=running["seconds_before"])
    assert abs(began - wanted) <= timedelta(minutes=1)
    assert running["entry_id"] == entry_id


def test_a_start_is_moved_by_a_day_at_most_and_only_while_it_runs(
    carmen: APIClient, pick: dict[str, int], today: str
) -> None:
    entry_id = start(carmen, pick)["state"]["running"]["entry_id"]
    for days in (-2, 1):
        moment = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        refused = carmen.post("/timer/beginning", click(entry_id=entry_id, started_at=moment), format="json")
        assert refused.json()["code"] == "start_out_of_reach"
    done = add(carmen, pick, spent_date=today, hours=1).json()["entry"]["entry_id"]
    body = click(entry_id=done, started_at=datetime.now(UTC).isoformat())
    assert carmen.post("/timer/beginning", body, format="json").json()["code"] == "not_running"


def test_an_undo_that_comes_days_after_its_click_brings_the_entry_back(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    entry_id = start(carmen, pick)["state"]["running"]["entry_id"]
    carmen.delete("/timer/entry", click(entry_id=entry_id), format="json")
    days_ago = timezone.now() - timedelta(hours=50)
    Intent.objects.filter(kind="delete").update(created_at=days_ago, clicked_at=days_ago)
    asked = click(entry_id=entry_id, clicked_at=(days_ago + timedelta(minutes=1)).isoformat())
    assert carmen.post("/timer/undo", asked, format="json").status_code == 200
    assert len(sandbox.entries_on("T-1")) == 1


@pytest.mark.parametrize("has_times", [False, True])
def test_an_undone_switch_leaves_one_timer_with_the_time_of_both(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    choose_mode(sandbox, has_times=has_times)
    first = start(carmen, pick)["state"]["running"]["entry_id"]
    sandbox.advance(1800)
    switched = start(carmen, pick, id="T-2")
    assert switched["stopped"]["entry_id"] == first
    second = switched["state"]["running"]["entry_id"]
    state = carmen.post("/timer/undo", click(entry_id=second, previous_id=first), format="json").json()["state"]
    assert state["running"]["item"]["id"] == "T-1"
    assert not sandbox.entries_on("T-2")
    assert sum(float(entry_of(sandbox, entry.id)["hours"]) for entry in sandbox.entries_on("T-1")) >= 0.5


def test_a_session_for_certain_items_changes_nothing_else(
    carmen: APIClient, board: NewHostApp, today: str, sandbox: RunningSandbox, pick: dict[str, int]
) -> None:
    """Every way to change an entry, and to take a change back."""
    deleted = add(carmen, pick, spent_date=today, hours=1).json()["entry"]["entry_id"]
    carmen.delete("/timer/entry", click(entry_id=deleted), format="json")
    first = carmen.post("/timer/start", click(item=ITEM, **pick), format="json").json()["state"]["running"]["entry_id"]
    second = carmen.post("/timer/start", click(item=ITEM, **pick), format="json").json()["state"]["running"]["entry_id"]
    limited, before = session(board, items=["T-7"]), sandbox.entries_on("T-1")
    now = timezone.now().isoformat()
    asked = {
        "a deletion undone": limited.post("/timer/undo", click(entry_id=deleted), format="json"),
        "a switch undone": limited.post("/timer/undo", click(entry_id=second, previous_id=first), format="json"),
        "edited": limited.patch("/timer/entry", click(entry_id=first, notes="x"), format="json"),
        "deleted": limited.delete("/timer/entry", click(entry_id=first), format="json"),
        "moved": limited.post("/timer/beginning", click(entry_id=second, started_at=now), format="json"),
        "stopped": limited.post("/timer/stop", click(entry_id=second), format="json"),
        "started": limited.post("/timer/start", click(item=ITEM, **pick), format="json"),
        "added": add(limited, pick, spent_date=today, hours=1),
        "a project": limited.post("/timer/project", click(item=ITEM, client_id=1, name="x"), format="json"),
    }
    assert {what: answer.json()["code"] for what, answer in asked.items()} == dict.fromkeys(asked, "item_not_allowed")
    assert [entry.id for entry in sandbox.entries_on("T-1")] == [entry.id for entry in before]
    assert carmen.post("/timer/undo", click(entry_id=deleted), format="json").status_code == 200


def test_a_switch_that_is_over_cannot_be_undone(carmen: APIClient, pick: dict[str, int]) -> None:
    first = start(carmen, pick)["state"]["running"]["entry_id"]
    second = start(carmen, pick, id="T-2")["state"]["running"]["entry_id"]
    carmen.post("/timer/stop", click(entry_id=second), format="json")
    refused = carmen.post("/timer/undo", click(entry_id=second, previous_id=first), format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_running")


class TestProjects:
    """A project from the item's group, by those who may."""

    def make(self, widget: APIClient, client_id: int) -> Any:
        return widget.post("/timer/project", click(item=ITEM, client_id=client_id, name="Web"), format="json")

    def test_an_administrators_new_project_is_offered_and_suggested(
        self, board: NewHostApp, link: Callable[..., Connection]
    ) -> None:
        link("alice", board.host_app, user_id="alice")
        widget = session(board, sub="alice")
        offer = widget.get("/timer/projects").json()
        assert offer["may_create_project"] is True
        made = self.make(widget, offer["projects"][0]["client"]["id"])
        assert made.status_code == 201, made.content
        offer = widget.get("/timer/projects", {"item_id": "T-8", "group_id": "web"}).json()
        assert made.json()["project_id"] in [project["id"] for project in offer["projects"]]
        assert (offer["suggested"]["project_id"], offer["suggested"]["from"]) == (made.json()["project_id"], "group")

    def test_a_member_may_not(self, carmen: APIClient) -> None:
        offer = carmen.get("/timer/projects").json()
        assert offer["may_create_project"] is False
        assert self.make(carmen, offer["projects"][0]["client"]["id"]).json()["code"] == "project_not_allowed"


def test_signing_out_forgets_the_account_of_this_person_alone(
    carmen: APIClient, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    link("bruno", board.host_app, user_id="bruno")
    assert carmen.post("/timer/sign-out", {}, format="json").json()["state"]["connection"]["status"] == "none"
    assert session(board, sub="bruno").get("/timer/state").json()["connection"]["status"] == "active"


@pytest.mark.parametrize(
    "body", ['{"notes": "\\ud800"}', "[" * 100_000], ids=["half a surrogate pair", "endless nesting"]
)
def test_what_is_no_json_is_said_to_be_none(carmen: APIClient, body: str) -> None:
    response = carmen.generic("POST", "/timer/entry", body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "parse_error")


def test_a_change_names_its_entry(carmen: APIClient, pick: dict[str, int]) -> None:
    answer = carmen.patch("/timer/entry", click(notes="Whose?"), format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert set(answer.json()["fields"]) == {"entry_id"}
    assert not Intent.objects.exists()

"""What is tracked on the items of a page, for one call of the page and a bounded number of Harvest's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.identities import services
from timer_widget.display import totals
from timer_widget.live import publishing
from timer_widget.models import Person

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db
WHOLE_PAGE = [{"id": f"T-{number}", "group_id": "web"} for number in range(1, 201)]


@pytest.fixture(autouse=True)
def _no_answers_remembered() -> None:
    caches["answers"].clear()


@pytest.fixture
def alice(board: NewHostApp, link: Callable[..., Connection]) -> APIClient:
    """An administrator's widget, with her own account."""
    link("alice", board.host_app, user_id="alice")
    return session(board, sub="alice")


def ask(widget: APIClient, items: list[dict[str, Any]] = WHOLE_PAGE) -> dict[str, Any]:
    answer = widget.post("/timer/totals", {"items": items}, format="json")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def first(told: dict[str, Any]) -> tuple[int, int | None]:
    return told["items"][0]["mine"], told["items"][0]["everyone"]


def track(sandbox: RunningSandbox, who: str, *, day: date | None = None, hours: float = 1.5, item: str = "T-1") -> None:
    project, task = sandbox.pick(who)
    body = {
        "project_id": project.id,
        "task_id": task.id,
        "spent_date": (day or sandbox.now().date()).isoformat(),
        "hours": hours,
        "external_reference": {"id": item, "group_id": "web", "permalink": "https://tickets.example/1"},
    }
    assert sandbox.post("/v2/time_entries", who, json=body).status_code == 201


def lists(sandbox: RunningSandbox) -> int:
    return len(sandbox.requests("GET", "/v2/time_entries"))


def test_a_page_of_two_hundred_items_is_one_call_of_harvest(carmen: APIClient, sandbox: RunningSandbox) -> None:
    track(sandbox, "carmen")
    track(sandbox, "carmen", hours=0.5)
    before = lists(sandbox)
    told = ask(carmen)
    assert (len(told["items"]), first(told), told["since"]) == (200, (7200, None), None)
    ask(carmen)
    assert lists(sandbox) - before == 1


def test_an_administrator_sees_everybodys_time_beside_their_own(alice: APIClient, sandbox: RunningSandbox) -> None:
    track(sandbox, "alice")
    track(sandbox, "carmen")
    before = lists(sandbox)
    told = ask(alice)
    assert first(told) == (5400, 10800)
    assert told["others_since"] is None
    assert lists(sandbox) - before == 2


def test_everybodys_time_takes_three_pages_of_harvest_at_most_and_says_how_far_it_goes(
    alice: APIClient, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = sandbox.now().date()
    for days in range(8):
        track(sandbox, "carmen", day=today - timedelta(days=days))
    monkeypatch.setattr(totals, "_PAGE", 2)
    before = lists(sandbox)
    told = ask(alice)
    assert lists(sandbox) - before == 4
    since = date.fromisoformat(told["others_since"])
    assert first(told)[1] == 5400 * sum(today - timedelta(days=days) >= since for days in range(8)) > 0


def test_everybodys_time_is_not_lent_to_those_for_whom_an_administrators_account_acts(
    board: NewHostApp, alices: Connection, sandbox: RunningSandbox
) -> None:
    services.upload(
        connection=alices,
        people=[{"external_id": "carmen", "email": sandbox.user("carmen").email, "name": ""}],
        failed=[],
    )
    track(sandbox, "carmen")
    track(sandbox, "alice")
    assert first(ask(session(board))) == (5400, None)


def test_everybodys_time_needs_the_right_to_see_harvest(alice: APIClient, sandbox: RunningSandbox) -> None:
    track(sandbox, "carmen")
    Connection.objects.update(rights=["time"])
    assert first(ask(alice)) == (0, None)


def test_a_group_that_differs_is_another_item(carmen: APIClient, sandbox: RunningSandbox) -> None:
    track(sandbox, "carmen")
    told = ask(carmen, [{"id": " T-1 ", "group_id": "web"}, {"id": "T-1"}, {"id": "T-1", "group_id": "web"}])
    assert [(item["group_id"], item["mine"]) for item in told["items"]] == [("web", 5400), (None, 0)]


def test_a_session_for_some_items_is_told_of_those_alone(
    board: NewHostApp, carmen: APIClient, sandbox: RunningSandbox
) -> None:
    track(sandbox, "carmen", item="T-2")
    locked = session(board, items=["T-1"])
    assert [item["id"] for item in ask(locked)["items"]] == ["T-1"]


def test_a_click_is_counted_at_the_next_question(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    assert first(ask(carmen)) == (0, None)
    today = sandbox.now().date().isoformat()
    added = carmen.post("/timer/entry", click(item=ITEM, spent_date=today, hours="2.00", **pick), format="json")
    assert added.status_code == 201, added.content
    assert first(ask(carmen)) == (7200, None)


def test_what_was_read_before_a_click_is_not_kept_after_it(
    carmen: APIClient, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person.objects.get(user_id="carmen")

    def then_a_click(*args: Any) -> dict[str, int]:
        track(sandbox, "carmen")
        publishing.publish_state(person, {})
        return {}

    with monkeypatch.context() as patched:
        patched.setattr(totals, "by_item", then_a_click)
        ask(carmen)
    assert first(ask(carmen)) == (5400, None)


def test_the_running_timer_is_left_out(carmen: APIClient, pick: dict[str, int]) -> None:
    carmen.post("/timer/start", click(item=ITEM, **pick), format="json")
    assert first(ask(carmen)) == (0, None)


def test_what_does_not_fit_is_said_by_its_first_whole_day(
    carmen: APIClient, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = sandbox.now().date()
    for days in (0, 1, 1, 2):
        track(sandbox, "carmen", day=today - timedelta(days=days))
    monkeypatch.setattr(totals, "_PAGE", 2)
    told = ask(carmen)
    assert (told["since"], first(told)[0]) == (today.isoformat(), 5400)


def test_everybodys_time_that_cannot_be_read_leaves_ones_own(alice: APIClient, sandbox: RunningSandbox) -> None:
    track(sandbox, "alice")
    sandbox.fault("status", status=500, method="GET", path="/v2/time_entries", after=1, times=None)
    assert first(ask(alice)) == (5400, None)


@pytest.mark.parametrize("items", [None, "T-1", [{"group_id": "web"}], [{"id": "1"}] * 501])
def test_what_is_no_list_of_items_is_refused(carmen: APIClient, items: Any) -> None:
    answer = carmen.post("/timer/totals", {"items": items}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert "items" in str(answer.json()["message"])


def test_nobody_who_is_not_linked_has_totals(board: NewHostApp) -> None:
    answer = session(board).post("/timer/totals", {"items": WHOLE_PAGE}, format="json")
    assert answer.json()["code"] == "connection_required"

"""A click becomes a time entry with a link back, and every click leaves a row that says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import ORIGIN
from timer_widget.models import Intent

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db


def start(widget: APIClient, pick: dict[str, int], **asked: Any) -> Any:
    body = click(**{"item": ITEM, "notes": "Fix the login", **pick, **asked})
    return widget.post("/timer/start", body, format="json")


def stop(widget: APIClient, entry_id: int, **asked: Any) -> Any:
    return widget.post("/timer/stop", click(entry_id=entry_id, item=ITEM, **asked), format="json")


def test_start_makes_a_running_entry_with_a_link_back(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    response = start(carmen, pick)
    running = response.json()["state"]["running"]
    assert response.status_code == 201
    entry = sandbox.get(f"/v2/time_entries/{running['entry_id']}", "carmen").json()
    assert entry["is_running"] is True
    assert (entry["project"]["id"], entry["task"]["id"], entry["notes"]) == (*pick.values(), "Fix the login")
    reference = entry["external_reference"]
    assert {name: reference[name] for name in ("id", "group_id", "account_id", "permalink")} == {
        "id": "T-1",
        "group_id": "web",
        "account_id": "77",
        "permalink": f"{ORIGIN}/tickets/1",
    }
    assert running["item"]["id"] == "T-1"


def test_a_click_is_one_write_to_harvest(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    entry_id = start(carmen, pick).json()["state"]["running"]["entry_id"]
    stop(carmen, entry_id)
    writes = [(request.method, request.path) for request in sandbox.requests() if request.method != "GET"]
    assert writes == [("POST", "/v2/time_entries"), ("PATCH", f"/v2/time_entries/{entry_id}/stop")]


def test_stop_stops_it_and_keeps_the_time(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> None:
    carmen.get("/timer/state", {"item_id": "T-1", "group_id": "web"})
    entry_id = start(carmen, pick).json()["state"]["running"]["entry_id"]
    sandbox.advance(1800)
    state = stop(carmen, entry_id).json()["state"]
    assert state["running"] is None
    assert state["item"] == {"id": "T-1", "group_id": "web", "seconds": 1800}
    assert sandbox.running("carmen") is None


def test_the_total_counts_this_item_in_this_group_alone(carmen: APIClient, sandbox: RunningSandbox) -> None:
    for who, hours, group in (("carmen", 1.25, "web"), ("carmen", 2, "other"), ("alice", 4, "web")):
        project, task = sandbox.pick(who)
        tracked = {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-20", "hours": hours}
        reference = {"id": "T-1", "group_id": group, "permalink": ITEM["permalink"]}
        made = sandbox.post("/v2/time_entries", who, json=tracked | {"external_reference": reference})
        assert made.status_code == 201
    total = carmen.get("/timer/state", {"item_id": "T-1", "group_id": "web"}).json()["item"]
    assert total["seconds"] == 4500


def test_starting_another_keeps_the_first_ones_time_and_says_so(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    first = start(carmen, pick).json()["state"]["running"]["entry_id"]
    sandbox.advance(3600)
    second = start(carmen, pick, item=ITEM | {"id": "T-2"}).json()
    assert second["stopped"]["entry_id"] == first
    assert second["state"]["running"]["item"]["id"] == "T-2"
    assert sandbox.get(f"/v2/time_entries/{first}", "carmen").json()["hours"] == 1.0


def test_the_same_click_twice_is_one_entry(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> None:
    same = click(item=ITEM, **pick)
    first, again = (carmen.post("/timer/start", same, format="json").json() for _ in range(2))
    assert first["state"]["running"]["entry_id"] == again["state"]["running"]["entry_id"]
    assert len(sandbox.entries_on("T-1")) == 1


def test_stopping_what_has_stopped_is_no_error(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    entry_id = start(carmen, pick).json()["state"]["running"]["entry_id"]
    sandbox.patch(f"/v2/time_entries/{entry_id}/stop", "carmen")
    assert stop(carmen, entry_id).status_code == 200


def test_a_stale_stop_leaves_the_timer_that_runs_now_alone(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    first = start(carmen, pick).json()["state"]["running"]["entry_id"]
    second = start(carmen, pick, item=ITEM | {"id": "T-2"}).json()["state"]["running"]["entry_id"]
    assert stop(carmen, first).json()["state"]["running"]["entry_id"] == second
    assert sandbox.running("carmen") is not None


def test_notes_change_while_it_runs(carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> None:
    entry_id = start(carmen, pick).json()["state"]["running"]["entry_id"]
    response = carmen.patch("/timer/entry", click(entry_id=entry_id, notes="Second thoughts"), format="json")
    assert response.json()["state"]["running"]["notes"] == "Second thoughts"
    assert sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()["is_running"] is True


def test_somebody_elses_entry_is_out_of_reach(
    board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    """An administrator's own rights in Harvest reach everybody; her widget does not."""
    link("alice", board.host_app, user_id="alice")
    other = sandbox.add_entry("carmen", hours="1.00", item_id="T-9")
    widget = session(board, sub="alice")
    refused = widget.patch("/timer/entry", click(entry_id=other.id, notes="mine"), format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_your_entry")


def test_the_pickers_offer_what_harvest_lets_one_track_to(carmen: APIClient, sandbox: RunningSandbox) -> None:
    projects = carmen.get("/timer/projects").json()["projects"]
    assert {project["id"] for project in projects} == {project.id for project, _ in sandbox.picks("carmen")}
    assert all(project["tasks"] and project["client"]["name"] for project in projects)


def test_an_account_with_start_and_end_times_works_the_same(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.set_mode(sandbox.account, timestamp=True)
    entry_id = start(carmen, pick).json()["state"]["running"]["entry_id"]
    assert sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()["started_time"]
    assert stop(carmen, entry_id).json()["state"]["running"] is None


def test_a_timer_that_another_host_app_started_runs_here_without_its_item(
    carmen: APIClient, sandbox: RunningSandbox, pick: dict[str, int]
) -> None:
    elsewhere = {"id": "secret-7", "permalink": "https://elsewhere.example/7"}
    body = pick | {"spent_date": "2026-11-24", "external_reference": elsewhere}
    assert sandbox.post("/v2/time_entries", "carmen", json=body).status_code == 201
    running = carmen.get("/timer/state").json()["running"]
    assert running["entry_id"]
    assert running["item"] is None


def test_a_timer_started_here_keeps_its_item_wherever_its_link_leads(carmen: APIClient, pick: dict[str, int]) -> None:
    start(carmen, pick, item=ITEM | {"permalink": "https://tickets.example/1"})
    assert carmen.get("/timer/state").json()["running"]["item"]["id"] == "T-1"


def test_one_hosts_people_do_not_see_anothers(carmen: APIClient, board: NewHostApp, stranger: NewHostApp) -> None:
    assert session(board, tenant_id="another tenant").get("/timer/state").json()["connection"]["status"] == "none"
    assert session(board, sub="bob").get("/timer/state").json()["connection"]["status"] == "none"


class TestRefused:
    """Bad input is a clear error, and nothing is lost or half-written."""

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"item": ITEM | {"id": ""}}, "item.id"),
            ({"item": {"name": "no id"}}, "item.id"),
            ({"item": ITEM | {"permalink": "javascript:alert(1)"}}, "item.permalink"),
            ({"item": ITEM | {"permalink": "data:text/html,x"}}, "item.permalink"),
            ({"item": ITEM | {"permalink": "//evil.example"}}, "item.permalink"),
            ({"item": ITEM | {"permalink": "https://"}}, "item.permalink"),
            ({"item": ITEM | {"id": "x" * 256}}, "item.id"),
            ({"project_id": None}, "project_id"),
            ({"task_id": "x"}, "task_id"),
            ({"clicked_at": "soon"}, "clicked_at"),
            ({"idempotency_key": ""}, "idempotency_key"),
        ],
        ids=str,
    )
    def test_a_field_is_named(
        self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, changes: dict[str, Any], named: str
    ) -> None:
        response = start(carmen, pick, **changes)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
        assert named in response.json()["fields"]
        assert not Intent.objects.exists()
        assert not sandbox.entries_on("T-1")

    def test_a_person_without_a_connection_is_asked_to_connect(self, board: NewHostApp, pick: dict[str, int]) -> None:
        response = start(session(board, sub="bob"), pick)
        assert (response.status_code, response.json()["code"]) == (409, "connection_required")
        assert not Intent.objects.exists()

    def test_a_token_for_certain_items_times_no_others(self, carmen: APIClient, board: NewHostApp, pick: Any) -> None:
        widget = session(board, items=["T-7"])
        assert start(widget, pick).json()["code"] == "item_not_allowed"
        assert start(widget, pick, item=ITEM | {"id": "T-7"}).status_code == 201

    def test_a_project_that_is_not_theirs_is_harvests_422_and_the_intent_says_so(
        self, carmen: APIClient, sandbox: RunningSandbox
    ) -> None:
        response = start(carmen, {"project_id": 1, "task_id": 1})
        assert (response.status_code, response.json()["code"]) == (422, "harvest_rejected")
        intent = Intent.objects.get()
        assert (intent.status, intent.outcome["code"]) == ("failed", "harvest_rejected")

    def test_a_revoked_grant_asks_to_connect_again(
        self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
    ) -> None:
        sandbox.revoke_all("carmen")
        assert start(carmen, pick).json()["code"] == "needs_reauth"
        assert carmen.get("/timer/state").json()["connection"]["status"] == "needs_reauth"


class TestFaults:
    """Harvest away, slow or lying."""

    def test_harvest_down_is_a_202_with_the_click_that_waits(
        self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, settings: Any
    ) -> None:
        settings.HARVEST_TIMEOUT_SECONDS = 1
        sandbox.fault("status", method="POST", path="/v2/time_entries", status=503, times=None)
        response = start(carmen, pick)
        shown = response.json()["click"]
        assert (response.status_code, shown["status"], shown["kind"]) == (202, "pending", "start")
        assert (shown["item"], shown["choices"]) == ({"id": "T-1", "group_id": "web"}, [])
        assert Intent.objects.get().settled_at is None
        assert not sandbox.entries_on("T-1")

    def test_a_lost_answer_is_looked_up_and_never_doubled(
        self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
    ) -> None:
        sandbox.fault("lost_answer", method="POST", path="/v2/time_entries")
        response = start(carmen, pick)
        assert response.status_code == 201, response.content
        assert len(sandbox.entries_on("T-1")) == 1
        intent = Intent.objects.get()
        assert (intent.status, intent.harvest_entry_id) == ("done", sandbox.entries_on("T-1")[0].id)

    def test_a_lost_answer_to_stop_is_looked_up_too(
        self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
    ) -> None:
        entry_id = start(carmen, pick).json()["state"]["running"]["entry_id"]
        sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*")
        assert stop(carmen, entry_id).json()["state"]["running"] is None
        assert set(Intent.objects.values_list("status", flat=True)) == {"done"}

    def test_a_lost_answer_that_cannot_be_looked_up_stays_pending_and_is_no_failure(
        self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, settings: Any
    ) -> None:
        settings.HARVEST_TIMEOUT_SECONDS = 1
        sandbox.fault("lost_answer", method="POST", path="/v2/time_entries")
        sandbox.fault("status", method="GET", path="/v2/time_entries*", status=500, times=None, after=1)
        response = start(carmen, pick)
        assert (response.status_code, response.json()["click"]["code"]) == (202, "harvest_outcome_unknown")
        intent = Intent.objects.get()
        assert (intent.status, intent.settled_at, intent.attempted_at is None) == ("pending", None, False)

    def test_a_click_is_committed_before_it_is_sent(
        self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Killed(BaseException):
            pass

        def die(**_: object) -> None:
            raise Killed

        monkeypatch.setattr("timer_widget.clicks.entry_creation.create_time_entry", die)
        with pytest.raises(Killed):
            start(carmen, pick)
        intent = Intent.objects.get()
        assert (intent.status, intent.asked["item"]["id"], intent.asked["project_id"]) == (
            "pending",
            "T-1",
            pick["project_id"],
        )


def test_a_click_that_never_left_is_done_when_it_is_sent_again(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    """The token endpoint is ill for a moment; nobody has to click anew for that."""
    Connection.objects.update(access_token_expires_at=timezone.now())
    sandbox.fault("status", path="/api/v2/oauth2/token", status=500)
    refused = start(carmen, pick, idempotency_key="one click")
    assert (refused.status_code, refused.json()["click"]["code"]) == (202, "token_refresh_failed")
    Connection.objects.update(refresh_not_before=timezone.now())
    assert start(carmen, pick, idempotency_key="one click").status_code == 201
    assert len(sandbox.requests("POST", "/v2/time_entries")) == 1
    assert [intent.status for intent in Intent.objects.all()] == ["done"]


@pytest.mark.parametrize("other", ["another task", "another kind"])
def test_the_key_of_a_click_that_never_left_is_no_key_for_another_one(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, other: str
) -> None:
    Connection.objects.update(access_token_expires_at=timezone.now())
    sandbox.fault("status", path="/api/v2/oauth2/token", status=500)
    same = click(entry_id=7, item=ITEM, idempotency_key="one click")
    assert carmen.post("/timer/stop", same, format="json").status_code == 202
    Connection.objects.update(refresh_not_before=timezone.now())
    if other == "another kind":
        Intent.objects.update(kind="start")
    second = carmen.post("/timer/stop", same | {"entry_id": 8 if other == "another task" else 7}, format="json")
    assert (second.status_code, second.json()["code"]) == (409, "click_repeated")
    assert Intent.objects.get().status == "pending"

"""In the timer an account connection acts for those whom it is matched to, as themselves and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.identities import services
from harvest_bridge.unified.identities.models import Identity
from timer_widget import running_timers
from timer_widget.models import PersonState

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(alices: Connection) -> Callable[..., Identity]:
    def one(email: str = "", name: str = "") -> Identity:
        services.upload(connection=alices, people=[{"external_id": "carmen", "email": email, "name": name}], failed=[])
        return Identity.objects.get()

    return one


@pytest.fixture
def matched(upload: Callable[..., Identity], sandbox: RunningSandbox) -> Identity:
    return upload(sandbox.user("carmen").email)


def start(widget: APIClient, pick: dict[str, int]) -> Any:
    return widget.post("/timer/start", click(item=ITEM, notes="Fix", **pick), format="json")


def shown(board: NewHostApp) -> dict[str, Any]:
    connection: dict[str, Any] = session(board).get("/timer/state").json()["connection"]
    return connection


def test_a_matched_person_starts_and_stops_as_themselves(
    board: NewHostApp, matched: Identity, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    widget = session(board)
    assert shown(board)["via"] == "account"
    started = start(widget, pick)
    assert started.status_code == 201, started.content
    entry_id = started.json()["state"]["running"]["entry_id"]
    entry = sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()
    assert (entry["user"]["id"], entry["is_running"]) == (sandbox.user("carmen").id, True)
    assert sandbox.running("alice") is None
    stopped = widget.post("/timer/stop", click(entry_id=entry_id, item=ITEM), format="json")
    assert stopped.json()["state"]["running"] is None
    assert sandbox.running("carmen") is None


def test_the_administrators_own_timer_is_neither_shown_nor_stopped(
    board: NewHostApp, matched: Identity, sandbox: RunningSandbox
) -> None:
    project, task = sandbox.pick("alice")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-24"}
    entry = sandbox.post("/v2/time_entries", "alice", json=body).json()
    widget = session(board)
    assert widget.get("/timer/state").json()["running"] is None
    widget.post("/timer/stop", click(entry_id=entry["id"], item=None), format="json")
    changed = widget.patch("/timer/entry", click(entry_id=entry["id"], notes="Mine"), format="json")
    assert (changed.status_code, changed.json()["code"]) == (403, "not_your_entry")
    assert sandbox.running("alice") is not None


def test_projects_are_the_persons_and_an_administrators_rights_are_not_lent(
    board: NewHostApp, matched: Identity, sandbox: RunningSandbox
) -> None:
    offered = session(board).get("/timer/projects").json()
    theirs = sandbox.get("/v2/users/me/project_assignments", "carmen").json()["project_assignments"]
    assert {project["id"] for project in offered["projects"]} == {one["project"]["id"] for one in theirs}
    assert offered["may_create_project"] is False


def test_time_added_and_brought_back_is_the_persons(
    board: NewHostApp, matched: Identity, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    widget, carmen = session(board), sandbox.user("carmen").id
    body = click(item=ITEM, notes="", spent_date="2026-11-20", hours="1.5", **pick)
    added = widget.post("/timer/entry", body, format="json").json()["entry"]
    assert sandbox.get(f"/v2/time_entries/{added['entry_id']}", "alice").json()["user"]["id"] == carmen
    widget.delete("/timer/entry", click(entry_id=added["entry_id"]), format="json")
    widget.post("/timer/undo", click(entry_id=added["entry_id"]), format="json")
    again = sandbox.get("/v2/time_entries", "carmen").json()["time_entries"]
    assert [entry["user"]["id"] for entry in again if entry["spent_date"] == "2026-11-20"][:1] == [carmen]


def test_a_connection_of_their_own_beats_the_match(
    board: NewHostApp, matched: Identity, link: Callable[..., Connection]
) -> None:
    link("carmen", board.host_app, user_id="carmen")
    assert shown(board)["via"] == "personal"


def test_a_suggestion_never_acts(board: NewHostApp, upload: Callable[..., Identity], pick: dict[str, int]) -> None:
    upload(name="Carmen Diaz")
    Identity.objects.update(state="suggested", harvest_user_id=None)
    assert {"status": "none", "via": None, "reason": "suggested"}.items() <= shown(board).items()
    refused = start(session(board), pick)
    assert (refused.status_code, refused.json()["code"], refused.json()["reason"]) == (
        409,
        "connection_required",
        "suggested",
    )


@pytest.mark.parametrize(
    ("rows", "connection", "reason"),
    [
        ({"flag": "archived"}, {}, "archived"),
        ({"flag": "vanished"}, {}, "vanished"),
        ({"state": "ambiguous", "harvest_user_id": None}, {}, "ambiguous"),
        ({"state": "unmatched", "harvest_user_id": None}, {}, "unmatched"),
        ({"external_id": "somebody-else"}, {}, "no_identity"),
        ({}, {"access_roles": ["manager"]}, "administrator_needed"),
        ({}, {"status": "needs_reauth"}, "account_needs_reauth"),
        ({}, {"tenant_id": "another"}, "not_linked"),
    ],
)
def test_without_a_way_the_state_says_why_and_connecting_oneself_stays_open(
    board: NewHostApp, matched: Identity, rows: dict[str, Any], connection: dict[str, Any], reason: str
) -> None:
    Identity.objects.update(**rows)
    Connection.objects.update(**connection)
    assert {"status": "none", "via": None, "reason": reason}.items() <= shown(board).items()
    assert session(board).post("/timer/connect", {}, format="json").status_code == 201


@pytest.mark.parametrize(
    ("connection", "rows"),
    [
        ({"status": "needs_reauth"}, {}),
        ({"access_roles": ["manager"]}, {}),
        ({"tenant_id": "another"}, {}),
        ({}, {"flag": "archived"}),
        ({}, {"state": "unmatched", "harvest_user_id": None}),
        ({}, {"external_id": "somebody-else"}),
    ],
)
def test_an_account_that_cannot_be_asked_says_nothing_of_the_timer_that_ran(
    board: NewHostApp, matched: Identity, pick: dict[str, int], connection: dict[str, Any], rows: dict[str, Any]
) -> None:
    """It runs on in Harvest: nobody has stopped it."""
    widget = session(board)
    running = start(widget, pick).json()["state"]["running"]
    Connection.objects.update(**connection)
    Identity.objects.update(**rows)
    said = widget.get("/timer/state").json()
    assert (said["is_known"], said["running"]["entry_id"]) == (False, running["entry_id"])


def looks(sandbox: RunningSandbox) -> int:
    return len([each for each in sandbox.requests("GET", "/v2/time_entries") if "is_running" in each.query])


def test_pages_on_one_connection_look_together_and_see_their_own_clicks_at_once(
    board: NewHostApp, alices: Connection, pick: dict[str, int], sandbox: RunningSandbox, settings: Any
) -> None:
    settings.TIMER_LOOK_SECONDS = 60  # longer than this test takes
    names = ["carmen", "dev", "elif", "finn"]
    people = [{"external_id": who, "email": sandbox.user(who).email, "name": ""} for who in names]
    services.upload(connection=alices, people=people, failed=[])
    pages = {who: session(board, sub=who) for who in names}
    sandbox.journal.clear()
    before = looks(sandbox)
    for page in pages.values():
        assert page.get("/timer/state").json()["running"] is None
    assert looks(sandbox) - before <= 1
    started = start(pages["carmen"], pick).json()["state"]["running"]["entry_id"]
    assert pages["carmen"].get("/timer/state").json()["running"]["entry_id"] == started
    assert pages["dev"].get("/timer/state").json()["running"] is None


def test_a_look_that_failed_is_not_made_anew_by_every_page(
    board: NewHostApp, matched: Identity, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_timers, "_FAILED_SECONDS", 60)
    widget = session(board)
    caches["answers"].clear()
    PersonState.objects.all().delete()
    sandbox.fault("status", path="/v2/time_entries", status=403, times=None)
    assert widget.get("/timer/state").status_code == 403
    sandbox.journal.clear()
    assert widget.get("/timer/state").json()["is_known"] is False
    assert not looks(sandbox)

"""Writes to the directory, against a real sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import ApiKey, Scope
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import rest
from tests.unified.conftest import Ask

pytestmark = pytest.mark.django_db
ZOE = {
    "first_name": "Zoë",
    "last_name": "Okonkwo",
    "emails": [{"email": "zoe@example.com"}],
    "user_type": "contractor",
    "timezone": "Europe/Berlin",
    "roles": [{"name": "Designer"}, {"name": "manager", "group": "access"}],
    "weekly_capacity": 72000,
}


def test_a_person_is_invited_and_read_back(ask: Ask, sandbox: RunningSandbox) -> None:
    made = ask("users", "post", ZOE)
    assert made.status_code == 201, made.content
    person = made.json()
    assert (person["name"], person["user_type"], person["timezone"]) == ("Zoë Okonkwo", "contractor", "Europe/Berlin")
    assert [role["name"] for role in person["roles"]] == ["Designer", "manager"]
    assert ask(f"users/{person['id']}").json() == person


def test_a_person_is_changed_archived_and_restored(ask: Ask) -> None:
    person = ask("users", "post", ZOE).json()["id"]
    assert ask(f"users/{person}", "patch", {"last_name": "Adeyemi"}).json()["name"] == "Zoë Adeyemi"
    assert ask(f"users/{person}", "patch", {"status": "inactive"}).json()["status"] == "inactive"
    assert ask(f"users/{person}/restore", "post").json()["status"] == "active"
    assert ask(f"users/{person}/archive", "post").json()["status"] == "inactive"


def test_a_person_is_deleted_unless_they_have_time(ask: Ask, sandbox: RunningSandbox) -> None:
    person = ask("users", "post", ZOE).json()["id"]
    assert ask(f"users/{person}", "delete").json() == {"id": person}
    assert ask(f"users/{person}").status_code == 404
    refused = ask(f"users/{sandbox.user('carmen').id}", "delete")
    assert (refused.status_code, refused.json()["code"]) == (422, "harvest_rejected")
    assert "Archive them instead" in refused.json()["message"]


def test_a_role_with_its_members(ask: Ask, sandbox: RunningSandbox) -> None:
    carmen, dev = (str(sandbox.user(name).id) for name in ("carmen", "dev"))
    role = ask("roles", "post", {"name": "Plumber", "user_ids": [carmen]}).json()
    assert role["user_ids"] == [carmen]
    assert ask(f"roles/{role['id']}", "patch", {"user_ids": [dev]}).json()["user_ids"] == [dev]
    assert "Plumber" in [job["name"] for job in ask(f"users/{dev}").json()["roles"]]
    assert ask(f"roles/{role['id']}", "delete").json() == {"id": role["id"]}
    assert "Plumber" not in [job["name"] for job in ask(f"users/{dev}").json()["roles"]]


def test_the_same_key_invites_once(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    answers = [ask("users", "post", ZOE, {"Idempotency-Key": "zoe-1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(sandbox.requests("POST", "/v2/users")) == 1


def test_an_answer_that_cannot_be_completed_leaves_nothing_written(ask: Ask, sandbox: RunningSandbox) -> None:
    """Whoever is told that nothing was done tries again, and would invite a second person."""
    sandbox.fault("status", method="GET", path="/v2/roles*", status=503, times=None)
    sandbox.journal.clear()
    refused = ask("users", "post", ZOE, {"Idempotency-Key": "zoe-2"}, expand="roles")
    assert (refused.status_code, refused.json()["code"]) == (503, "harvest_unavailable")
    assert not sandbox.requests("POST")


def test_a_written_record_that_can_be_read_in_part_is_shown_in_part_and_not_written_again(
    ask: Ask, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", method="POST", path="/v2/users", status=201, body='{"id": 7, "roles": "Designer"}')
    sandbox.journal.clear()
    answers = [ask("users", "post", ZOE, {"Idempotency-Key": "zoe-3"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["warnings"][0]["field"] for answer in answers] == ["roles", "roles"]
    assert len(sandbox.requests("POST", "/v2/users")) == 1


def test_harvests_own_fields_pass_under_those_that_are_named(ask: Ask) -> None:
    body = ZOE | {"remote_data": {"has_access_to_all_future_projects": True, "first_name": "Nobody"}}
    person = ask("users", "post", body).json()
    assert person["first_name"] == "Zoë"
    assert person["remote_data"]["has_access_to_all_future_projects"] is True


def test_a_body_can_be_passed_through_whole(ask: Ask) -> None:
    raw = {"first_name": "Raw", "last_name": "Body", "email": "raw@example.com"}
    assert ask("users", "post", raw, truto_body_passthrough="true").json()["name"] == "Raw Body"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"shoe_size": 43}, "shoe_size"),
        ({"id": "7"}, "id"),
        ({"avatar": "x"}, "avatar"),
        ({"first_name": "Zoë"}, "last_name"),
        (ZOE | {"emails": []}, "emails"),
        (ZOE | {"emails": [{"email": "nonsense"}]}, "emails"),
        (ZOE | {"emails": [{"email": "a@b.example"}, {"email": "c@d.example"}]}, "emails"),
        (ZOE | {"timezone": "Mars/Olympus"}, "timezone"),
        (ZOE | {"timezone": "Asia/Beirut"}, "timezone"),
        (ZOE | {"status": "deleted"}, "status"),
        (ZOE | {"weekly_capacity": -1}, "weekly_capacity"),
        (ZOE | {"emails": [{"email": "zoe@example.com", "is_primary": False}]}, "emails.0.is_primary"),
        (ZOE | {"emails": [{"email": "zoe@example.com", "label": "x"}]}, "emails.0.label"),
        (ZOE | {"phones": [{"number": "1", "extension": "77"}]}, "phones.0.extension"),
        (ZOE | {"roles": [{"name": "Designer", "workspace": "x"}]}, "roles.0.workspace"),
        ([1], "The body"),
    ],
)
def test_a_field_that_cannot_be_written_is_named(ask: Ask, sandbox: RunningSandbox, body: Any, named: str) -> None:
    sandbox.journal.clear()
    response = ask("users", "post", body)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert named in response.json()["message"]
    assert not sandbox.requests("POST")


def test_an_address_that_is_taken_is_harvests_own_refusal(ask: Ask, sandbox: RunningSandbox) -> None:
    response = ask("users", "post", ZOE | {"emails": [{"email": sandbox.user("carmen").email}]})
    assert (response.status_code, response.json()["truto_is_remote_error"]) == (422, True)


def test_a_managers_connection_is_told_which_right_is_missing(
    api: Any, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    brunos = link("bruno", board.host_app, tenant_id="brunos")
    response = api.post(f"/unified/user-directory/users?integrated_account_id={brunos.pk}", ZOE, format="json")
    assert (response.status_code, response.json()["code"]) == (403, "harvest_forbidden")
    assert "administrator" in response.json()["message"]


def test_reading_alone_does_not_let_write(ask: Ask, board: NewHostApp, alices: Connection) -> None:
    ApiKey.objects.filter(host_app=board.host_app).update(scopes=[Scope.DIRECTORY])
    response = ask("users", "post", ZOE)
    assert (response.status_code, response.json()["code"]) == (403, "missing_scope")
    assert ask("users").status_code == 200


@pytest.mark.parametrize(
    "path", ["users", "roles", "me", "organizations", "groups", "workspaces", "users/1", "roles/1"]
)
@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_another_hosts_account_does_not_exist(stranger: NewHostApp, alices: Connection, path: str, method: str) -> None:
    address = f"/unified/user-directory/{path}?integrated_account_id={alices.pk}"
    response = getattr(rest(stranger.api_key), method)(address, {} if method != "get" else None, format="json")
    assert response.status_code in (404, 405), response.content


def test_me_is_asked_once_a_minute_unless_it_must_be_new(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    answers = [ask("me") for _ in range(3)]
    assert len(sandbox.requests("GET", "/v2/users/me")) == 1
    assert {answer["Cache-Control"] for answer in answers} == {"private, max-age=60"}
    ask("me", _headers={"Cache-Control": "no-cache"})
    assert len(sandbox.requests("GET", "/v2/users/me")) == 2


def test_a_change_of_oneself_shows_at_once(ask: Ask, sandbox: RunningSandbox) -> None:
    ask("me")
    ask(f"users/{sandbox.user('alice').id}", "patch", {"last_name": "Changed"})
    assert ask("me").json()["result"][0]["last_name"] == "Changed"

"""Many decisions in one call: each row is answered for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.identities.models import IdentityEvent
from tests.people import rest

from .conftest import PATH, Ask, one, person

pytestmark = pytest.mark.django_db


def decide(ask: Ask, *rows: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ask("post", "/decisions", body={"decisions": list(rows)}).json()
    return answer


def suggested(ask: Ask, sandbox: RunningSandbox, *nicknames: str) -> list[str]:
    """People known by their names alone; their ids."""
    users = [sandbox.user(nickname) for nickname in nicknames]
    ask("put", body=[person(f"p{n}", "", f"{user.first_name} {user.last_name}") for n, user in enumerate(users)])
    return [one(ask, f"p{n}")["id"] for n in range(len(users))]


def test_rows_are_decided_in_order_and_the_bad_ones_say_why(ask: Ask, sandbox: RunningSandbox) -> None:
    ivan, julia = suggested(ask, sandbox, "ivan", "julia")
    answer = decide(
        ask,
        {"id": ivan, "decision": "confirm"},
        {"id": julia, "decision": "override", "harvest_user_id": sandbox.user("ivan").id},
        {"id": julia, "decision": "reject"},
        {"id": "nobody", "decision": "confirm"},
        {"id": ivan, "decision": "override"},
        {"id": ivan, "decision": "marry"},
        "text",
    )
    assert [row["error"] and row["error"]["code"] for row in answer["result"]] == [
        None,
        "harvest_user_claimed",
        None,
        "no_such_identity",
        "invalid_request",
        "invalid_request",
        "invalid_request",
    ]
    assert (answer["decided"], answer["failed"]) == (2, 5)
    assert [row["id"] for row in answer["result"]] == [ivan, julia, julia, "nobody", ivan, ivan, None]
    assert [row["identity"] and row["identity"]["state"] for row in answer["result"][:3]] == [
        "matched",
        None,
        "unmatched",
    ]
    assert answer["result"][1]["error"]["claimed_by"] == "p0"
    assert "harvest_user_id" in answer["result"][4]["error"]["message"]
    assert set(IdentityEvent.objects.values_list("what", "actor")) == {("confirmed", "host"), ("rejected", "host")}


def test_a_match_is_ended_and_taken_over_in_one_call(ask: Ask, sandbox: RunningSandbox) -> None:
    first, second = suggested(ask, sandbox, "ivan", "julia")
    user = sandbox.user("ivan").id
    answer = decide(
        ask,
        {"id": first, "decision": "confirm", "harvest_user_id": user},
        {"id": second, "decision": "override", "harvest_user_id": user, "take_over": True},
        {"id": second, "decision": "override", "harvest_user_id": None},
    )
    assert (answer["decided"], answer["failed"]) == (3, 0)
    assert {one(ask, "p0")["state"], one(ask, "p1")["state"]} == {"unmatched"}


@pytest.mark.parametrize("body", [{}, {"decisions": {}}, "text", [{}] * 501])
def test_a_body_that_is_no_list_or_too_long_is_refused_whole(ask: Ask, body: Any) -> None:
    refused = ask("post", "/decisions", body=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert refused.json()["message"].startswith("decisions: ")


def test_another_connections_people_cannot_be_decided_about(
    ask: Ask, stranger: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    [ivan] = suggested(ask, sandbox, "ivan")
    theirs = link("alice", stranger.host_app)
    rows = {"decisions": [{"id": ivan, "decision": "confirm"}]}
    where = f"{PATH}/decisions?integrated_account_id={theirs.pk}"
    [row] = rest(stranger.api_key).post(where, rows, format="json").json()["result"]
    assert row["error"]["code"] == "no_such_identity"
    assert one(ask, "p0")["state"] == "suggested"

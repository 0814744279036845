"""Uploading people, reading what was found, deciding: as a host's back end sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import disconnect
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.identities.models import HarvestUser, Identity, IdentityEvent, MatchingRun
from harvest_bridge.unified.identities.retention import forget_old
from harvest_bridge.unified.identities.tasks import match_what_was_left
from tests.people import rest

from .conftest import PATH, Ask, one, person

pytestmark = pytest.mark.django_db


def test_an_equal_email_matches_and_a_name_only_suggests(ask: Ask, sandbox: RunningSandbox) -> None:
    carmen, ivan = sandbox.user("carmen"), sandbox.user("ivan")
    people = [person("c", carmen.email.upper(), "X"), person("i", "", f"{ivan.last_name}, {ivan.first_name}")]
    answer = ask("put", body=[*people, person("n", "nobody@else.example", "Nobody Known")]).json()
    assert (answer["created"], answer["failed"], answer["matching"]["status"]) == (3, [], "done")
    assert answer["matching"]["counts"] == {"matched": 1, "suggested": 1, "ambiguous": 0, "unmatched": 1}
    matched, suggested = one(ask, "c"), one(ask, "i")
    assert (matched["state"], matched["basis"], matched["harvest_user"]["id"]) == ("matched", "email", str(carmen.id))
    assert (suggested["state"], suggested["harvest_user"]) == ("suggested", None)
    assert suggested["candidates"][0]["harvest_user"]["id"] == str(ivan.id)
    assert suggested["candidates"][0]["reasons"] == ["same_name"]


def test_the_same_upload_again_changes_nothing(ask: Ask, sandbox: RunningSandbox) -> None:
    body = {"identities": [person("c", sandbox.user("carmen").email, "Carmen")]}
    ask("post", body=body)
    before = list(Identity.objects.values())
    sandbox.journal.clear()
    again = ask("put", body=body).json()
    assert (again["created"], again["updated"], again["unchanged"], again["matching"]) == (0, 0, 1, None)
    assert (list(Identity.objects.values()), sandbox.requests()) == (before, [])


def test_the_same_upload_is_another_try_where_harvest_was_away(ask: Ask, sandbox: RunningSandbox) -> None:
    body = [person("c", sandbox.user("carmen").email)]
    sandbox.fault("status", method="GET", path="/v2/users*", status=503, times=None)
    assert ask("put", body=body).json()["matching"]["error"]["code"] == "harvest_unavailable"
    sandbox.clear_faults()
    assert ask("put", body=body).json()["unchanged"] == 1
    assert one(ask, "c")["state"] == "matched"
    assert ask("put", body=body).json()["matching"] is None


def test_rows_that_fail_are_named_by_index_and_field_and_the_others_are_kept(ask: Ask) -> None:
    rows: list[Any] = [
        person("a"),
        {"email": "x@y.example"},
        person("b", "no address"),
        "c",
        person("a"),
        {"external_id": 7},
    ]
    answer = ask("put", body=rows).json()
    failed = [(row["index"], row["external_id"], row["field"]) for row in answer["failed"]]
    assert failed == [(1, None, "external_id"), (2, "b", "email"), (3, None, ""), (4, "a", "external_id")]
    assert [row["external_id"] for row in ask("get").json()["result"]] == ["7", "a"]


def test_ten_thousand_fit_in_one_upload_in_any_script(api: APIClient, alices: Connection) -> None:
    """JSON encoders escape what is not ASCII: six characters for each letter. These rows fail, for speed alone."""
    row = {
        "external_id": "",
        "email": "konstantin.alexandrov@example.com",
        "name": "Константин Александрович Александров",
    }
    body = json.dumps([row] * 10_000)
    answer = api.put(f"{PATH}?integrated_account_id={alices.pk}", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["failed"]) == 10_000


@pytest.mark.parametrize("body", [{}, {"identities": {}}, "text", [{}] * 10_001])
def test_a_body_that_is_no_list_or_too_long_is_refused_whole(ask: Ask, body: Any) -> None:
    refused = ask("put", body=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert "identities" in refused.json()["message"]


def test_the_list_is_narrowed_and_paged(ask: Ask, sandbox: RunningSandbox) -> None:
    ask("put", body=[person("c", sandbox.user("carmen").email), *(person(f"n{n}", "", f"Quux {n}") for n in range(4))])
    seen, cursor = [], ""
    while cursor is not None:
        page = ask("get", limit="2", state="unmatched", next_cursor=cursor).json()
        seen += [row["external_id"] for row in page["result"]]
        cursor = page["next_cursor"]
    assert seen == ["n0", "n1", "n2", "n3"]
    assert [row["external_id"] for row in ask("get", q="quux 3").json()["result"]] == ["n3"]
    for query in ({"state": "odd"}, {"harvest_user_id": "x"}, {"unknown": "1"}):
        assert ask("get", **query).status_code == 400


def test_listing_costs_the_same_queries_however_many_people(
    ask: Ask, django_assert_num_queries: Callable[[int], Any]
) -> None:
    ask("put", body=[person("a"), person("b"), person("c")])
    ask("get")
    with django_assert_num_queries(3):
        ask("get")


def test_confirm_reject_and_override_are_written_down(ask: Ask, sandbox: RunningSandbox) -> None:
    ivan, bob = sandbox.user("ivan"), sandbox.user("bruno")
    ask("put", body=[person("i", "", f"{ivan.first_name} {ivan.last_name}"), person("n")])
    identity = one(ask, "i")["id"]
    rejected = ask("post", f"/{identity}/reject", body={}).json()
    assert (rejected["state"], rejected["candidates"]) == ("unmatched", [])
    ask("post", "/matching")
    assert one(ask, "i")["state"] == "unmatched"  # never suggested again
    nothing = ask("post", f"/{identity}/confirm", body={})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_suggested")
    overridden = ask("post", f"/{identity}/override", body={"harvest_user_id": bob.id}).json()
    assert (overridden["state"], overridden["basis"]) == ("matched", "override")
    ended = ask("post", f"/{identity}/override", body={"harvest_user_id": None}).json()
    assert (ended["state"], ended["harvest_user"]) == ("unmatched", None)
    assert [event["what"] for event in ended["history"]] == ["unlinked", "overridden", "rejected"]
    assert {event["actor"] for event in ended["history"]} == {"host"}


def test_a_suggestion_is_confirmed(ask: Ask, sandbox: RunningSandbox) -> None:
    ivan = sandbox.user("ivan")
    ask("put", body=[person("i", "", f"{ivan.first_name} {ivan.last_name}")])
    identity = one(ask, "i")
    user_id = identity["candidates"][0]["harvest_user"]["id"]
    confirmed = ask("post", f"/{identity['id']}/confirm", body={"harvest_user_id": user_id}).json()
    assert (confirmed["state"], confirmed["basis"]) == ("matched", "confirmed")
    assert confirmed["harvest_user"]["id"] == user_id == str(ivan.id)


def test_one_harvest_user_is_given_to_a_second_person_only_on_purpose(ask: Ask, sandbox: RunningSandbox) -> None:
    bob = sandbox.user("bruno")
    ask("put", body=[person("b", bob.email), person("b2", bob.email)])
    assert {one(ask, "b")["state"], one(ask, "b2")["state"]} == {"ambiguous"}
    first, second = one(ask, "b")["id"], one(ask, "b2")["id"]
    ask("post", f"/{first}/confirm", body={"harvest_user_id": bob.id})
    refused = ask("post", f"/{second}/override", body={"harvest_user_id": bob.id})
    assert (refused.status_code, refused.json()["code"], refused.json()["claimed_by"]) == (
        409,
        "harvest_user_claimed",
        "b",
    )
    taken = ask("post", f"/{second}/override", body={"harvest_user_id": bob.id, "take_over": True})
    assert taken.json()["state"] == "matched"
    assert (one(ask, "b")["state"], one(ask, "b2")["harvest_user"]["id"]) == ("unmatched", str(bob.id))
    ask("post", "/matching")
    assert one(ask, "b")["state"] == "unmatched"


def test_nobody_outside_the_account_can_be_chosen(ask: Ask) -> None:
    ask("put", body=[person("a")])
    refused = ask("post", f"/{one(ask, 'a')['id']}/override", body={"harvest_user_id": 999})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_harvest_user")


def test_a_match_survives_new_names_and_addresses_on_both_sides(ask: Ask, sandbox: RunningSandbox) -> None:
    ivan = sandbox.user("ivan")
    ask("put", body=[person("i", ivan.email, "Ivan")])
    sandbox.patch(f"/v2/users/{ivan.id}", "alice", json={"first_name": "Johan", "last_name": "Neumann"})
    ask("put", body=[person("i", "johan@elsewhere.example", "Johan N.")])
    kept = one(ask, "i")
    assert (kept["state"], kept["harvest_user"]["id"], kept["email"]) == (
        "matched",
        str(ivan.id),
        "johan@elsewhere.example",
    )
    ask("post", "/matching")
    assert one(ask, "i")["harvest_user"]["name"] == "Johan Neumann"


def test_many_changed_at_once_keep_what_was_decided_and_come_in_parts(ask: Ask, sandbox: RunningSandbox) -> None:
    """In parts, each its own transaction and one statement, so that clicks in the timer come in between."""
    people = [person("c", sandbox.user("carmen").email), *(person(f"n{n:03}") for n in range(550))]
    ask("put", body=people)
    before = dict(Identity.objects.values_list("external_id", "version"))
    changed = [{**one, "name": f"New {place}"} for place, one in enumerate(people)]
    with CaptureQueriesContext(database) as asked:
        assert ask("put", body=changed).json()["updated"] == 551
    statements = [query["sql"] for query in asked if "unified_identity" in query["sql"]]
    assert not [sql for sql in statements if sql.startswith("UPDATE") and "CASE" in sql and "version" in sql]
    assert one(ask, "c")["harvest_user"]["id"] == str(sandbox.user("carmen").id)
    assert dict(Identity.objects.values_list("external_id", "version")) == {key: n + 1 for key, n in before.items()}


def test_an_archived_harvest_user_is_flagged_until_restored(ask: Ask, sandbox: RunningSandbox) -> None:
    ivan = sandbox.user("ivan")
    ask("put", body=[person("i", ivan.email)])
    for is_active, flag in ((False, "archived"), (True, None)):
        assert sandbox.patch(f"/v2/users/{ivan.id}", "alice", json={"is_active": is_active}).status_code == 200
        ask("post", "/matching")
        assert (one(ask, "i")["state"], one(ask, "i")["flag"]) == ("matched", flag)
    history = ask("get", f"/{one(ask, 'i')['id']}").json()["history"]
    assert [event["what"] for event in history] == ["returned", "flagged", "matched"]


def test_a_harvest_user_who_was_deleted_is_flagged_as_vanished(ask: Ask, sandbox: RunningSandbox) -> None:
    new = {"first_name": "Vera", "last_name": "Vane", "email": "vera@fennelfinch.example"}
    vera = sandbox.post("/v2/users", "alice", json=new).json()["id"]
    ask("put", body=[person("v", "vera@fennelfinch.example")])
    assert one(ask, "v")["harvest_user"]["status"] == "active"
    assert sandbox.delete(f"/v2/users/{vera}", "alice").status_code == 200
    ask("post", "/matching")
    gone = one(ask, "v")
    assert (gone["state"], gone["flag"], gone["harvest_user"]["status"]) == ("matched", "vanished", "vanished")
    assert [row["external_id"] for row in ask("get", flag="vanished").json()["result"]] == ["v"]
    refused = ask("post", f"/{gone['id']}/override", body={"harvest_user_id": vera})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_harvest_user")


def test_a_person_is_erased_with_their_history(ask: Ask, sandbox: RunningSandbox) -> None:
    ask("put", body=[person("c", sandbox.user("carmen").email, "Carmen")])
    identity = one(ask, "c")["id"]
    assert ask("delete", f"/{identity}").json() == {"id": identity}
    assert (Identity.objects.count(), IdentityEvent.objects.count()) == (0, 0)
    gone = ask("get", f"/{identity}")
    assert (gone.status_code, gone.json()["code"]) == (404, "no_such_identity")


def test_people_of_an_ended_connection_are_kept_a_month_and_then_erased(
    ask: Ask, alices: Connection, sandbox: RunningSandbox
) -> None:
    """Nobody could erase them then; within it, linking the account again finds them."""
    ask("put", body=[person("c", sandbox.user("carmen").email)])
    MatchingRun.objects.create(connection=alices)  # nobody will carry it out
    disconnect(connection=alices, actor="host")
    for days, left in ((29, 1), (31, 0)):
        forget_old(now=timezone.now() + timedelta(days=days))
        assert Identity.objects.count() == IdentityEvent.objects.count() == left
        assert HarvestUser.objects.exists() == bool(left)
    assert not MatchingRun.objects.exists()


def test_many_are_matched_by_the_worker_with_progress(ask: Ask) -> None:
    answer = ask("put", body=[person(f"n{n:03}", f"n{n}@x.example") for n in range(120)]).json()
    run = ask("get", "/matching").json()
    assert answer["matching"]["people"] == 120
    assert run["counts"].get("unmatched", 120) == 120


def test_a_run_that_a_dead_process_left_is_finished(ask: Ask, alices: Connection, sandbox: RunningSandbox) -> None:
    Identity.objects.create(connection=alices, external_id="c", email=sandbox.user("carmen").email)
    MatchingRun.objects.create(connection=alices, status="running")
    match_what_was_left()
    assert (one(ask, "c")["state"], MatchingRun.objects.get().status) == ("matched", "done")


def test_only_an_administrators_account_connection_can_match(
    api: APIClient, link: Callable[..., Connection], board: NewHostApp
) -> None:
    carmens = link("carmen", board.host_app)
    refused = api.put(f"{PATH}?integrated_account_id={carmens.pk}", [person("c")], format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "administrator_needed")
    assert "linked by a member" in refused.json()["message"]
    assert "a part of it" not in refused.json()["message"]
    own = link("carmen", board.host_app, user_id="carmen")
    refused = api.put(f"{PATH}?integrated_account_id={own.pk}", [person("c")], format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "account_connection_needed")


def test_a_linker_who_lost_their_rights_makes_nobody_vanish(
    ask: Ask, alices: Connection, sandbox: RunningSandbox
) -> None:
    ask("put", body=[person("c", sandbox.user("carmen").email)])
    with sandbox.world.lock:
        sandbox.user("alice").access_roles = ["manager"]
    ask("post", "/matching")
    run = ask("get", "/matching").json()
    assert (run["status"], run["error"]["code"]) == ("failed", "administrator_needed")
    assert (one(ask, "c")["state"], one(ask, "c")["flag"]) == ("matched", None)


ROUTES = [
    ("get", ""),
    ("put", ""),
    ("post", ""),
    ("get", "/matching"),
    ("post", "/matching"),
    ("get", "/{id}"),
    ("delete", "/{id}"),
    ("post", "/decisions"),
    ("post", "/{id}/confirm"),
    ("post", "/{id}/reject"),
    ("post", "/{id}/override"),
]


@pytest.mark.parametrize(("verb", "path"), ROUTES)
def test_another_host_app_and_another_connection_see_nothing(
    ask: Ask, alices: Connection, stranger: NewHostApp, link: Callable[..., Connection], verb: str, path: str
) -> None:
    ask("put", body=[person("c")])
    where = PATH + path.format(id=one(ask, "c")["id"])
    theirs = link("alice", stranger.host_app)
    for connection, code in ((alices, "no_such_connection"), (theirs, "no_such_identity")):
        response = getattr(rest(stranger.api_key), verb)(
            f"{where}?integrated_account_id={connection.pk}",
            {"harvest_user_id": 1} if verb == "post" else None,
            format="json",
        )
        if "{id}" in path or connection == alices:
            assert (response.status_code, response.json()["code"]) == (404, code)
    assert one(ask, "c")["state"] == "unmatched"

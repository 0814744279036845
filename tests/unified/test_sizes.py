"""Nobody, five thousand people, names in every script, and what is null or empty in Harvest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.testing import RunningSandbox

pytestmark = pytest.mark.django_db
USERS = "/unified/user-directory/users"
NAMES = [
    ("Łukasz", "Žižek"),
    ("李", "小龙"),
    ("さくら", "田中"),
    ("محمد", "الفاتح"),
    ("שרה", "כהן"),
    ("प्रिया", "शर्मा"),
    ("Ольга", "Ёлкина"),
    ("Nguyễn", "Thị Hồng"),
    ("Zoe\u0308", "combining"),
    ("👩🏽‍🚀", "family 👨‍👩‍👧"),
    ("O’Brien", 'quote " \\ back'),
    ("\u202eright", "to left"),
    ("<script>", "&amp;"),
    ("line\nbreak", "tab\t"),
]


def add_people(sandbox: RunningSandbox, names: list[tuple[Any, Any]], **fields: Any) -> list[User]:
    with sandbox.world.lock:
        now, people = sandbox.world.clock.stamp(), []
        for number, (first, last) in enumerate(names):
            user = User(
                id=sandbox.world.ids.next("users"),
                created_at=now,
                updated_at=now,
                first_name=first,
                last_name=last,
                **{"email": f"crowd.{number}@example.com", "timezone": "Berlin", **fields},
            )
            people.append(sandbox.account.users.add(user))
        return people


def walked(api: APIClient, connection: Connection, **query: Any) -> list[list[dict[str, Any]]]:
    pages, cursor = [], ""
    while cursor is not None:
        query |= {"integrated_account_id": str(connection.pk), "next_cursor": cursor}
        answer = api.get(USERS, query)
        assert answer.status_code == 200, answer.content
        pages.append(answer.json()["result"])
        cursor = answer.json()["next_cursor"]
    return pages


def test_five_thousand_people_come_once_each_in_as_many_requests_as_pages(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    add_people(sandbox, [("Nobody", str(number)) for number in range(5000 - len(sandbox.account.users))])
    sandbox.journal.clear()
    pages = walked(api, alices, limit=2000)
    assert [len(page) for page in pages] == [2000, 2000, 1000]
    assert len({user["id"] for page in pages for user in page}) == 5000
    assert len(sandbox.requests("GET", "/v2/users")) == 3


def test_a_manager_without_a_team_gets_an_empty_list(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    """Harvest lets managers list their teammates: that there are none is the truth, and no missing right."""
    with sandbox.world.lock:
        sandbox.user("bruno").teammates = []
    brunos = link("bruno", board.host_app, tenant_id="brunos")
    answer = api.get(USERS, {"integrated_account_id": str(brunos.pk)}).json()
    assert (answer["result"], answer["result_count"], answer["next_cursor"]) == ([], 0, None)


def test_a_members_connection_is_told_what_it_takes_and_still_has_me(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    query = {"integrated_account_id": str(link("carmen", board.host_app, tenant_id="carmens").pk)}
    for path in (USERS, "/unified/user-directory/roles"):
        answer = api.get(path, query)
        assert answer.status_code == 403
        assert "linked by a member" in answer.json()["message"]
        assert f"{path.rpartition('/')[2]} need an administrator" in answer.json()["message"]
    assert api.get("/unified/user-directory/me", query).json()["result"][0]["first_name"] == "Carmen"


def test_names_in_every_script_arrive_as_they_are(api: APIClient, alices: Connection, sandbox: RunningSandbox) -> None:
    people = add_people(sandbox, list(NAMES))
    found = {user["id"]: user for page in walked(api, alices, limit=5) for user in page}
    for user, (first, last) in zip(people, NAMES, strict=True):
        shown = found[str(user.id)]
        assert (shown["first_name"], shown["last_name"], shown["name"]) == (first, last, f"{first} {last}".strip())


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_is_nothing_whether_null_or_empty(
    api: APIClient, alices: Connection, sandbox: RunningSandbox, nothing: str | None
) -> None:
    [user] = add_people(
        sandbox, [(nothing, nothing)], email=nothing, telephone=nothing, timezone="", avatar_url=nothing
    )
    shown = api.get(f"{USERS}/{user.id}", {"integrated_account_id": str(alices.pk)}).json()
    assert (shown["emails"], shown["phones"], shown["avatar"], shown["timezone"]) == ([], [], None, None)
    assert not any(shown[name] for name in ("first_name", "last_name", "name"))
    assert shown["remote_data"]["first_name"] == nothing

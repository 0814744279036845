"""No key and no token reads or writes another tenant's directory, whatever id it guesses, at any route there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.data_views import DataView
from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import create_link_token
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.urls import urlpatterns
from tests.people import account_token, rest

pytestmark = pytest.mark.django_db
BODY = {"name": "Intruder", "first_name": "Eve", "last_name": "Il", "emails": [{"email": "eve@example.com"}]}


def routes(patterns: list[Any]) -> Iterator[tuple[str, str]]:
    """Every verb and path of the directory that is about one connection's Harvest."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns)
            continue
        view = pattern.callback.view_class
        for verb in ("get", "post", "put", "patch", "delete"):
            if issubclass(view, DataView) and hasattr(view, verb) and verb in view.http_method_names:
                yield verb, f"/{pattern.pattern}"


ROUTES = sorted(set(routes(urlpatterns)))


def asked(client: APIClient, verb: str, route: str, *, record: int, connection: str = "") -> Any:
    query = {"integrated_account_id": connection} if connection else {}
    body = {} if verb == "get" else {"data": BODY, "format": "json"}
    return getattr(client, verb)(re.sub(r"<str:\w+>", str(record), route), query_params=query, **body)


def test_the_whole_directory_is_walked() -> None:
    plain = {(verb, re.sub(r"<str:\w+>", "{}", route)) for verb, route in ROUTES}
    assert {("get", f"/unified/user-directory/{path}") for path in ("users", "users/{}", "roles", "me")} <= plain


def test_a_strangers_key_finds_no_connection_and_harvest_hears_nothing(
    stranger: NewHostApp, alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.journal.clear()
    intruder, bruno = rest(stranger.api_key), sandbox.user("bruno").id
    for verb, route in ROUTES:
        answer = asked(intruder, verb, route, record=bruno, connection=str(alices.pk))
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_connection"), (verb, route)
    assert sandbox.requests() == []


def test_a_token_of_one_connection_is_good_for_no_other(
    board: NewHostApp, alices: Connection, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    studios = link("alice", board.host_app, tenant_id="studio", accounts=[sandbox.studio])
    intruder = rest(account_token(studios))
    sandbox.journal.clear()
    for verb, route in ROUTES:
        answer = asked(intruder, verb, route, record=sandbox.user("bruno").id, connection=str(alices.pk))
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_connection"), (verb, route)
    assert sandbox.requests() == []


@pytest.mark.parametrize("kind", ["none", "link token", "nonsense"])
def test_what_is_no_key_opens_nothing(
    board: NewHostApp, alices: Connection, sandbox: RunningSandbox, kind: str
) -> None:
    token = create_link_token(host_app=board.host_app, tenant_id="acme", user_id="") if kind == "link token" else kind
    caller = APIClient() if kind == "none" else rest(token)
    sandbox.journal.clear()
    for verb, route in ROUTES:
        answer = asked(caller, verb, route, record=1, connection=str(alices.pk))
        assert answer.status_code in (401, 403), (verb, route)
    assert sandbox.requests() == []


def test_an_id_of_another_harvest_account_is_not_found(
    board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    """Whoever links two accounts, and whatever is remembered between requests, their people stay apart."""
    agencys = link("alice", board.host_app, tenant_id="agency")
    studios = link("alice", board.host_app, tenant_id="studio", accounts=[sandbox.studio])
    api, bruno, mona = rest(board.api_key), sandbox.user("bruno").id, sandbox.user("mona", sandbox.studio).id
    users = "/unified/user-directory/users"
    for connection, theirs, others in ((agencys, bruno, mona), (studios, mona, bruno)):
        query = {"integrated_account_id": str(connection.pk)}
        assert api.get(f"{users}/{theirs}", query).status_code == 200
        assert api.get(f"{users}/{others}", query).status_code == 404
        seen = {user["id"] for user in api.get(users, query).json()["result"]}
        assert str(theirs) in seen
        assert str(others) not in seen


def test_a_cursor_of_one_connection_is_refused_by_another(
    board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    agencys = link("alice", board.host_app, tenant_id="agency")
    studios = link("alice", board.host_app, tenant_id="studio", accounts=[sandbox.studio])
    api, path = rest(board.api_key), "/unified/user-directory/users"
    cursor = api.get(path, {"integrated_account_id": str(agencys.pk), "limit": 2}).json()["next_cursor"]
    refused = api.get(path, {"integrated_account_id": str(studios.pk), "limit": 2, "next_cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")


def test_me_is_the_linker_of_that_connection_each_time(
    board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    alices = link("alice", board.host_app, tenant_id="acme")
    carmens = link("carmen", board.host_app, tenant_id="acme", user_id="carmen")
    api = rest(board.api_key)
    for connection, name in ((alices, "Alice"), (carmens, "Carmen"), (alices, "Alice")):
        answer = api.get("/unified/user-directory/me", {"integrated_account_id": str(connection.pk)})
        assert [person["first_name"] for person in answer.json()["result"]] == [name]

"""Lists of every collection through /proxy, held against Harvest's own answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.proxy.resource import Resource, Verb
from harvest_bridge.proxy.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox

from .conftest import Ask
from .owners import owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LISTS = [row for row in RESOURCES if Verb.LIST in row.verbs]
PERIOD = {"from": "2026-10-01", "to": "2026-11-30"}


def needed(resource: Resource) -> dict[str, str]:
    return {name: PERIOD[name] for name in resource.required}


@pytest.mark.parametrize("resource", LISTS, ids=lambda row: row.name)
@pytest.mark.parametrize("limit", [2, 100])
def test_a_collection_comes_whole_and_untouched_whatever_the_page_size(
    every_page: Callable[..., list[list[Any]]], sandbox: RunningSandbox, resource: Resource, limit: int
) -> None:
    owner, query = owner_of(resource, sandbox), needed(resource)
    if "updated_since" in resource.filters:
        query["updated_since"] = "2026-11-19T00:00:00Z"
    answer = sandbox.get(resource.path.format(**owner), "alice", params=query)
    pages = every_page(f"/proxy/{resource.name}", limit=limit, **owner, **query)
    assert [record for page in pages for record in page] == answer.json()[resource.list_key]
    assert all(pages[:-1]), "an empty page came with a cursor"


@pytest.mark.parametrize("resource", [row for row in LISTS if row.alone], ids=lambda row: row.name)
def test_without_its_parent_a_nested_collection_is_the_whole_accounts(
    ask: Ask, sandbox: RunningSandbox, resource: Resource
) -> None:
    assert resource.alone is not None
    theirs = sandbox.get(resource.alone.path, "alice").json()[resource.list_key]
    assert ask("get", f"/proxy/{resource.name}", limit=2000).json()["result"] == theirs


@pytest.mark.parametrize(
    ("path", "style"), [("clients", "cursor"), ("time_entries", "cursor"), ("time_entries", "page")]
)
def test_one_cursor_serves_both_of_harvests_styles_forwards_and_back(
    ask: Ask, sandbox: RunningSandbox, path: str, style: str
) -> None:
    sandbox.switch(time_entries_next=style)

    def page(cursor: str) -> Any:
        return ask("get", f"/proxy/{path}", limit=2, next_cursor=cursor).json()

    first = page("")
    second = page(first["next_cursor"])
    third = page(second["next_cursor"])
    assert len({record["id"] for found in (first, second, third) for record in found["result"]}) == 6
    assert page(third["prev_cursor"])["result"] == second["result"]
    assert page(page(third["prev_cursor"])["prev_cursor"])["result"] == first["result"]
    assert page(page(third["prev_cursor"])["next_cursor"])["result"] == third["result"]
    assert first["prev_cursor"] is None


def test_a_page_says_how_much_it_holds(ask: Ask) -> None:
    page = ask("get", "/proxy/clients", limit=4).json()
    assert list(page) == ["result", "next_cursor", "prev_cursor", "result_count", "limit"]
    assert (len(page["result"]), page["result_count"], page["limit"]) == (4, 4, 4)


def test_a_page_is_one_harvest_request_and_few_queries(
    ask: Ask, sandbox: RunningSandbox, django_assert_max_num_queries: Any
) -> None:
    sandbox.journal.clear()
    with django_assert_max_num_queries(8):
        ask("get", "/proxy/clients", limit=4)
    assert len(sandbox.requests()) == 1


def test_an_empty_page_in_the_middle_is_walked_over(
    ask: Ask, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Harvest hides rows after it has cut the pages, for one."""
    from harvest_bridge.connections import calls
    from harvest_bridge.harvest.pages import Page, Position

    pages: list[Page[Any]] = [Page((), next=Position("page", str(n))) for n in (2, 3)] + [Page(({"id": 1},))]
    monkeypatch.setattr(calls, "send", lambda *_, **__: pages.pop(0))
    assert ask("get", "/proxy/clients").json()["result"] == [{"id": 1}]
    pages[:] = [Page((), next=Position("page", "2"))] * 99
    response = ask("get", "/proxy/clients")
    assert (response.status_code, response.json()["code"]) == (502, "harvest_too_many_pages")


class TestCursors:
    def test_an_empty_one_means_the_first_page(self, ask: Ask) -> None:
        assert ask("get", "/proxy/clients", next_cursor="").json() == ask("get", "/proxy/clients").json()

    def test_it_keeps_its_limit(self, ask: Ask) -> None:
        cursor = ask("get", "/proxy/clients", limit=2).json()["next_cursor"]
        assert ask("get", "/proxy/clients", next_cursor=cursor).json()["limit"] == 2

    def test_numbered_pages_cannot_change_their_size_on_the_way(self, ask: Ask, sandbox: RunningSandbox) -> None:
        sandbox.switch(time_entries_next="page")
        cursor = ask("get", "/proxy/time_entries", limit=5).json()["next_cursor"]
        response = ask("get", "/proxy/time_entries", limit=7, next_cursor=cursor)
        assert response.status_code == 400
        assert response.json()["message"].startswith("limit: keep limit=5")

    @pytest.mark.parametrize("other", [{"is_active": "true"}, {}])
    def test_it_belongs_to_its_list(self, ask: Ask, other: dict[str, str]) -> None:
        cursor = ask("get", "/proxy/clients", limit=2).json()["next_cursor"]
        path = "/proxy/clients" if other else "/proxy/projects"
        response = ask("get", path, limit=2, next_cursor=cursor, **other)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_request")

    def test_it_belongs_to_its_connection(self, ask: Ask, board: Any, link: Callable[..., Connection]) -> None:
        cursor = ask("get", "/proxy/clients", limit=2).json()["next_cursor"]
        other = link("alice", board.host_app, tenant_id="globex")
        response = ask("get", "/proxy/clients", limit=2, next_cursor=cursor, integrated_account_id=str(other.pk))
        assert response.status_code == 400

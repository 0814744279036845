"""Lists of every collection through /proxy, held against Harvest's own answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.proxy.queries import DAY, FLAG, MOMENT, TEXT, WHOLE, Kind
from harvest_bridge.proxy.resource import Resource, Verb
from harvest_bridge.proxy.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox

from .conftest import Ask
from .owners import owner_of

pytestmark = pytest.mark.django_db

LISTS = [row for row in RESOURCES if Verb.LIST in row.verbs]
PERIOD = {"from": "2026-10-01", "to": "2026-11-30"}
SAMPLES = {WHOLE: "7", FLAG: "true", DAY: "2026-11-02", MOMENT: "2026-11-02T06:00:00Z", TEXT: "ticket,7"}
WRONG = {WHOLE: "seven", FLAG: "perhaps", DAY: "2026-02-30", MOMENT: "yesterday"}


def sample(kind: Kind) -> str:
    return SAMPLES.get(kind) or str(kind.schema["enum"][0])


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


@pytest.mark.parametrize("resource", LISTS, ids=lambda row: row.name)
def test_filters_reach_harvest_as_they_were_given(ask: Ask, sandbox: RunningSandbox, resource: Resource) -> None:
    owner, filters = owner_of(resource, sandbox), {name: sample(kind) for name, kind in resource.filters.items()}
    sandbox.journal.clear()
    response = ask("get", f"/proxy/{resource.name}", **owner, **filters)
    assert response.status_code == 200, response.content
    [asked] = sandbox.requests("GET", resource.path.format(**owner))
    assert parse_qs(asked.query) == {"per_page": ["100"], **{name: [value] for name, value in filters.items()}}


@pytest.mark.parametrize("resource", LISTS, ids=lambda row: row.name)
def test_an_unknown_filter_is_a_400_that_names_the_known_ones(
    ask: Ask, sandbox: RunningSandbox, resource: Resource
) -> None:
    sandbox.journal.clear()
    response = ask("get", f"/proxy/{resource.name}", colour="red")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    message = response.json()["message"]
    assert message.startswith("colour: ")
    assert all(name in message for name in (*resource.filters, "limit", "next_cursor"))
    assert sandbox.requests() == []


@pytest.mark.parametrize("resource", LISTS, ids=lambda row: row.name)
def test_a_filter_of_the_wrong_kind_is_a_400_that_names_it(
    ask: Ask, sandbox: RunningSandbox, resource: Resource
) -> None:
    owner = owner_of(resource, sandbox)
    for name in [resource.parent, *(name for name, kind in resource.filters.items() if kind is not TEXT)]:
        if name is not None:
            wrong = WRONG.get(resource.filters.get(name, WHOLE), "purple")
            response = ask("get", f"/proxy/{resource.name}", **{**needed(resource), **owner, name: wrong})
            assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
            assert response.json()["message"].startswith(f"{name}: must be ")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("teammates", "user_id"),
        ("billable_rates", "user_id"),
        ("invoice_payments", "invoice_id"),
        ("reports_time_team", "from"),
        ("reports/expenses/categories", "from"),
    ],
)
def test_what_a_collection_cannot_do_without_is_named(ask: Ask, path: str, named: str) -> None:
    response = ask("get", f"/proxy/{path}")
    assert response.status_code == 400
    assert response.json()["message"].startswith(f"{named}: ")


def test_a_filter_that_needs_a_parent_is_not_dropped_without_it(ask: Ask) -> None:
    response = ask("get", "/proxy/project_assignments", updated_since="2026-11-01")
    assert response.status_code == 400
    assert "user_id" in response.json()["message"]


@pytest.mark.parametrize(
    "query",
    [{"user_id[]": "{}"}, {"user_id[0]": "{}"}, {"user_id": "{0},{0}"}, {"user_id": ["{}", "{}"]}, {"user_id": "{}"}],
)
def test_the_list_encodings_of_the_sdks_are_read(ask: Ask, sandbox: RunningSandbox, query: dict[str, Any]) -> None:
    bruno = str(sandbox.user("bruno").id)
    sent = {k: [x.format(bruno) for x in v] if isinstance(v, list) else v.format(bruno) for k, v in query.items()}
    sandbox.journal.clear()
    assert ask("get", "/proxy/time_entries", limit=1, **sent).status_code == 200
    assert parse_qs(sandbox.requests()[0].query)["user_id"] == [bruno]


@pytest.mark.parametrize(
    "query", [{"user_id[]": ["1", "2"]}, {"user_id": "1,2"}, {"user_id[0]": "1", "user_id[1]": "2"}]
)
def test_several_values_are_refused_where_harvest_takes_one(ask: Ask, query: dict[str, Any]) -> None:
    response = ask("get", "/proxy/time_entries", **query)
    assert response.status_code == 400
    assert response.json()["message"].startswith("user_id: Harvest takes one value")


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

"""Pages, cursors and links, REFERENCE §4."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

CURSOR_LISTS = ["clients", "contacts", "projects", "tasks", "roles", "users", "user_assignments", "task_assignments"]
PAGE_LISTS = ["expenses", "invoices", "estimates", "users/me/project_assignments"]
ENVELOPE = ["per_page", "total_pages", "total_entries", "next_page", "previous_page", "page", "links"]


def page(harvest: RunningSandbox, path: str, **params: Any) -> dict[str, Any]:
    answer = harvest.get(f"/v2/{path}", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def walk(harvest: RunningSandbox, path: str, **params: Any) -> list[dict[str, Any]]:
    pages = [page(harvest, path, **params)]
    while pages[-1]["links"]["next"]:
        pages.append(harvest.get(pages[-1]["links"]["next"]).json())
    return pages


def ids(pages: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for one in pages for row in next(iter(one.values()))]


@pytest.mark.parametrize("path", [*CURSOR_LISTS, *PAGE_LISTS, "time_entries"])
def test_following_next_sees_every_record_once_in_order(harvest: RunningSandbox, path: str) -> None:
    whole = page(harvest, path)
    per_page = max(2, whole["total_entries"] // 5)
    pages = walk(harvest, path, per_page=per_page)
    assert ids(pages) == ids([whole])
    assert len(pages) == pages[0]["total_pages"] > 1
    assert list(whole)[1:] == ENVELOPE


@pytest.mark.parametrize("path", CURSOR_LISTS)
def test_cursor_lists_know_page_numbers_at_both_ends_only(harvest: RunningSandbox, path: str) -> None:
    pages = walk(harvest, path, per_page=2)
    first, middle, last = pages[0], pages[1], pages[-1]
    assert (first["page"], first["next_page"], first["previous_page"]) == (1, 2, None)
    assert (middle["page"], middle["next_page"], middle["previous_page"]) == (None, None, None)
    assert (last["page"], last["next_page"], last["previous_page"]) == (len(pages), None, len(pages) - 1)


def test_links_keep_filters_sort_parameters_and_say_what_they_are(harvest: RunningSandbox) -> None:
    first = page(harvest, "clients", per_page=2, is_active="true")
    base = f"{harvest.url}/v2/clients?"
    assert first["links"]["first"] == f"{base}is_active=true&page=1&per_page=2&ref=first"
    assert first["links"]["last"] == f"{base}is_active=true&page=3&per_page=2&ref=last"
    assert first["links"]["previous"] is None
    following = first["links"]["next"]
    assert following.startswith(f"{base}cursor=")
    assert following.endswith("&is_active=true&per_page=2&ref=next_cursor")
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    assert json.loads(base64.b64decode(cursor)) == {"after": {"id": first["clients"][-1]["id"]}}


def test_pages_are_still_served_on_cursor_lists(harvest: RunningSandbox) -> None:
    second = page(harvest, "clients", per_page=2, page=2)
    assert (second["page"], second["next_page"], second["previous_page"]) == (2, 3, 1)
    assert second["links"]["previous"].endswith("page=1&per_page=2&ref=previous")


def test_the_cursor_wins_over_the_page(harvest: RunningSandbox) -> None:
    pages = walk(harvest, "clients", per_page=2)
    again = harvest.get(pages[0]["links"]["next"] + "&page=1").json()
    assert ids([again]) == ids([pages[1]])


def test_time_entries_begin_with_a_number_and_go_on_by_cursor(harvest: RunningSandbox) -> None:
    first = page(harvest, "time_entries", per_page=100)
    assert first["next_page"] == 2
    assert "cursor=" in first["links"]["next"]
    harvest.switch(time_entries_next="page")
    first = page(harvest, "time_entries", per_page=100)
    assert first["links"]["next"].endswith("page=2&per_page=100&ref=next")


def test_page_lists_go_on_by_page(harvest: RunningSandbox) -> None:
    first = page(harvest, "expenses", per_page=10)
    assert first["links"]["next"] == f"{harvest.url}/v2/expenses?page=2&per_page=10&ref=next"


@pytest.mark.parametrize("per_page", ["2001", "0", "-1", "many"])
def test_a_per_page_out_of_range_is_a_422(harvest: RunningSandbox, per_page: str) -> None:
    answer = harvest.get("/v2/clients", params={"per_page": per_page})
    assert (answer.status_code, answer.json()) == (422, {"message": "Invalid per_page parameter"})


def test_the_largest_page_can_be_a_hundred(harvest: RunningSandbox) -> None:
    harvest.switch(max_per_page=100)
    assert page(harvest, "time_entries")["per_page"] == 100
    assert harvest.get("/v2/time_entries?per_page=101").status_code == 422


@pytest.mark.parametrize(
    "cursor", ["%%%", "bm90IGpzb24=", "e30=", base64.b64encode(b'{"after":{"key":["x"]}}').decode()]
)
def test_a_made_up_cursor_is_a_422(harvest: RunningSandbox, cursor: str) -> None:
    assert harvest.get("/v2/clients", params={"cursor": cursor}).status_code == 422


def test_an_empty_list_has_one_page(harvest: RunningSandbox) -> None:
    empty = page(harvest, "time_entries", external_reference_id="nothing")
    assert (empty["time_entries"], empty["total_entries"], empty["total_pages"]) == ([], 0, 1)
    assert empty["links"]["next"] is None


def test_a_page_beyond_the_last_is_empty(harvest: RunningSandbox) -> None:
    beyond = page(harvest, "clients", per_page=2, page=9)
    assert (beyond["clients"], beyond["next_page"], beyond["links"]["next"]) == ([], None, None)


def test_a_record_deleted_between_pages_does_not_hide_another(harvest: RunningSandbox) -> None:
    first = page(harvest, "time_entries", per_page=50)
    rest = set(ids([page(harvest, "time_entries")])[50:])
    gone = harvest.account.time_entries[first["time_entries"][-1]["id"]]
    with harvest.world.lock:
        harvest.account.time_entries.remove(gone)
    seen, following = set(), first["links"]["next"]
    while following:
        one = harvest.get(following).json()
        seen |= set(ids([one]))
        following = one["links"]["next"]
    assert seen == rest


def test_lists_stand_newest_first_and_entries_by_day(harvest: RunningSandbox) -> None:
    clients = ids([page(harvest, "clients")])
    assert clients == sorted(clients, reverse=True)
    entries = page(harvest, "time_entries")["time_entries"]
    keys = [(entry["spent_date"], entry["id"]) for entry in entries]
    assert keys == sorted(keys, reverse=True)
    issued = [one["issue_date"] for one in page(harvest, "invoices")["invoices"]]
    assert issued == sorted(issued, reverse=True)

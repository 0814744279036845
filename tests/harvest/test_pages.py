"""Following Harvest's lists from page to page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harvest_bridge.harvest.errors import HarvestMalformed, TooManyPages
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position, page_of, paged, walk_pages, walk_pages_async
from harvest_bridge.harvest.records import Named

HOST = "https://api.harvestapp.com/v2/roles"


def list_roles(position: Position | None = None) -> Operation[Page[Named]]:
    return Operation("GET", "/v2/roles", page_of("roles", Named.from_harvest), paged(position, None))


def read(**envelope: Any) -> Page[Named]:
    return list_roles().read({"roles": [], **envelope})


@pytest.mark.parametrize(
    ("envelope", "position"),
    [
        ({"links": {"next": f"{HOST}?cursor=eyJhIjoxfQ%3D%3D&per_page=2&ref=next_cursor"}}, "cursor:eyJhIjoxfQ=="),
        ({"links": {"next": f"{HOST}?page=3&per_page=2&ref=next"}}, "page:3"),
        ({"links": {"next": f"{HOST}?page=3&cursor=abc"}}, "cursor:abc"),
        ({"links": {"next": f"{HOST}?cursor=abc"}, "next_page": 2}, "cursor:abc"),
        ({"links": {"next": "https://evil.example/steal?cursor=abc"}}, "cursor:abc"),
        ({"links": {"next": "/v2/roles?page=2"}}, "page:2"),
        ({"next_page": 2}, "page:2"),
        ({"next_page": "2", "links": {}}, "page:2"),
        ({"links": {"next": None}, "next_page": 2}, None),
        ({"links": {"next": None}}, None),
        ({"next_page": None}, None),
        ({}, None),
    ],
)
def test_the_next_page_is_taken_from_the_links_query_or_else_from_its_number(
    envelope: dict[str, Any], position: str | None
) -> None:
    page = read(**envelope)
    assert (str(page.next) if page.next else None) == position


def test_the_previous_page_is_found_alike() -> None:
    assert read(links={"previous": f"{HOST}?page=1"}).previous == Position("page", "1")
    assert read(previous_page=4).previous == Position("page", "4")


@pytest.mark.parametrize("link", [f"{HOST}?per_page=2", "", 5, {"href": HOST}])
def test_a_link_that_leads_nowhere_is_malformed(link: Any) -> None:
    with pytest.raises(HarvestMalformed):
        read(links={"next": link})


@pytest.mark.parametrize("envelope", [None, [], {}, {"roles": None}, {"roles": {}}, {"users": []}, "roles"])
def test_an_answer_without_its_list_is_malformed(envelope: Any) -> None:
    with pytest.raises(HarvestMalformed):
        list_roles().read(envelope)


@pytest.mark.parametrize("text", ["cursor:a:b=/+", "page:2"])
def test_a_position_survives_as_text(text: str) -> None:
    assert str(Position.parse(text)) == text


@pytest.mark.parametrize("text", ["", "cursor:", "page:", "page:x", "page:٣", "offset:3", "per_page:1"])
def test_text_that_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a position"):
        Position.parse(text)


def pages_of(*links: str | None) -> Callable[[Operation[Page[Named]]], Page[Named]]:
    """A sender that answers page after page, each with such a link to the next, and its number as its only role."""
    left = list(enumerate(links))

    def send(operation: Operation[Page[Named]]) -> Page[Named]:
        number, link = left.pop(0)
        return operation.read({"roles": [{"id": number}], "links": {"next": link and f"{HOST}?cursor={link}"}})

    return send


def test_a_walk_ends_with_the_last_page() -> None:
    pages = walk_pages(pages_of("a", "b", None), list_roles)
    assert [role.id for page in pages for role in page.items] == [0, 1, 2]


async def test_an_asynchronous_walk_is_the_same() -> None:
    send = pages_of("a", "b", None)

    async def send_async(operation: Operation[Page[Named]]) -> Page[Named]:
        return send(operation)

    assert [page.items[0].id async for page in walk_pages_async(send_async, list_roles)] == [0, 1, 2]


def test_a_walk_in_a_circle_is_malformed() -> None:
    with pytest.raises(HarvestMalformed, match="circle"):
        list(walk_pages(pages_of("a", "b", "a"), list_roles))


def test_a_walk_beyond_its_bound_fails_rather_than_pass_off_a_part() -> None:
    assert len(list(walk_pages(pages_of("a", None), list_roles, max_pages=2))) == 2
    with pytest.raises(TooManyPages):
        list(walk_pages(pages_of("a", "b", None), list_roles, max_pages=2))

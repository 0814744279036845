"""Every list of the OpenAPI file: envelope, links and the way through its pages (REFERENCE §4)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.corrections import ALSO_CURSOR
from tests.sandbox.conformance.openapi import Operation, operations
from tests.sandbox.conformance.strict import complaints, corrected, schema_name_of

LISTS = [one for one in operations() if one.method == "GET" and "per_page" in one.query]
every_list = pytest.mark.parametrize("listing", LISTS, ids=str)
BELOW = ["per_page", "total_pages", "total_entries", "next_page", "previous_page", "page", "links"]


def walk(caller: Caller, listing: Operation) -> list[dict[str, Any]]:
    """One row a page, from link to link."""
    pages = [caller.call(listing, params={**caller.params(listing), "per_page": 1}).json()]
    while pages[-1]["links"]["next"]:
        pages.append(caller.ask("GET", pages[-1]["links"]["next"]).json())
    return pages


def rows(page: dict[str, Any]) -> list[Any]:
    found: list[Any] = next(iter(page.values()))
    return found


def knows_cursors(listing: Operation) -> bool:
    return "cursor" in listing.query or listing.path in ALSO_CURSOR


@every_list
def test_the_envelope_stands_in_harvests_order(caller: Caller, listing: Operation) -> None:
    page = caller.call(listing).json()
    key = next(iter(corrected()[str(schema_name_of(listing))]["properties"]))
    assert list(page) == [key, *BELOW]
    assert list(page["links"]) == ["first", "next", "previous", "last"]
    assert (page["per_page"], page["total_pages"], page["page"]) == (2000, 1, 1)
    assert page["total_entries"] == len(page[key]) > 2


@every_list
def test_every_page_has_the_shape_of_a_list(caller: Caller, listing: Operation) -> None:
    """The null page numbers of cursor mode included."""
    name = schema_name_of(listing)
    assert name is not None
    assert [complaint for page in walk(caller, listing) for complaint in complaints(name, page)] == []


@every_list
def test_the_links_lead_through_all_rows_once(caller: Caller, listing: Operation) -> None:
    whole, pages = caller.call(listing).json(), walk(caller, listing)
    assert [row for page in pages for row in rows(page)] == rows(whole)
    assert {page["total_pages"] for page in pages} == {len(pages)} == {whole["total_entries"]}


@every_list
def test_page_numbers_are_null_in_the_middle_of_a_cursor_walk_only(caller: Caller, listing: Operation) -> None:
    pages = walk(caller, listing)
    last = len(pages)
    seen = [(page["previous_page"], page["page"], page["next_page"]) for page in pages]
    middle = (
        [(None, None, None)] * (last - 2) if knows_cursors(listing) else [(n - 1, n, n + 1) for n in range(2, last)]
    )
    assert seen == [(None, 1, 2), *middle, (last - 1, last, None)]


@every_list
def test_links_keep_what_was_asked_and_say_what_they_are(caller: Caller, listing: Operation) -> None:
    first, *_, last = walk(caller, listing)
    start = f"{caller.harvest.url}{caller.path(listing)}?"

    def link(page: int, ref: str) -> str:
        return start + urlencode(sorted({**caller.params(listing), "page": page, "per_page": 1, "ref": ref}.items()))

    assert first["links"]["first"] == link(1, "first")
    assert first["links"]["previous"] is None
    assert first["links"]["last"] == link(first["total_pages"], "last")
    assert last["links"]["previous"] == link(first["total_pages"] - 1, "previous")
    if knows_cursors(listing):
        assert first["links"]["next"].startswith(f"{start}cursor=")
        assert first["links"]["next"].endswith("&per_page=1&ref=next_cursor")
    else:
        assert first["links"]["next"] == link(2, "next")


@every_list
def test_more_than_two_thousand_a_page_are_refused(caller: Caller, listing: Operation) -> None:
    answer = caller.call(listing, params={**caller.params(listing), "per_page": 2001})
    assert (answer.status_code, answer.json()) == (422, {"message": "Invalid per_page parameter"})

"""Cursors over Harvest's lists: where a caller stands, and where the next page begins.

Harvest pages in two styles. With numbers it links both ways; with cursors it links onwards only, yet still knows its
pages by number. So our cursor counts the pages: that is the way back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rest_framework.request import Request

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import limit_from
from harvest_bridge.harvest.pages import Page, Position


@dataclass(frozen=True)
class PageCursor:
    """Shape: `at` is None at the beginning; `number` counts pages from 1, 0 where the count was lost."""

    list_id: str
    at: Position | None = None
    limit: int | None = None
    number: int = 1

    def with_limit(self, limit: int) -> PageCursor:
        return replace(self, limit=limit)

    def after(self, page: Page[Any]) -> PageCursor | None:
        """The page that follows `page`, which stands here."""
        return replace(self, at=page.next, number=self.number and self.number + 1) if page.next else None

    def before(self, page: Page[Any]) -> PageCursor | None:
        if page.previous is not None:
            return replace(self, at=page.previous, number=max(0, self.number - 1))
        if self.number < 2:
            return None
        return replace(self, at=Position("page", str(self.number - 1)), number=self.number - 1)

    def cursor(self) -> str:
        return encode_cursor([str(self.at), self.limit, self.number], list_id=self.list_id)


def place_in(list_id: str, request: Request) -> PageCursor:
    """Where the request wants to read. A cursor keeps its limit where the request names none.

    Errors: InvalidRequest; for another limit in a list that is paged by number too, as rows would go missing.
    """
    limit = limit_from(request) if request.query_params.get("limit") else None
    found = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
    if found is None:
        return PageCursor(list_id, limit=limit)
    place = PageCursor(list_id, Position.parse(found[0]), found[1], found[2])
    if limit in (None, place.limit):
        return place
    if place.at is not None and place.at.kind == "page":
        raise InvalidRequest(f"limit: keep limit={place.limit} while you follow the cursors of this list.")
    return replace(place, limit=limit, number=0)

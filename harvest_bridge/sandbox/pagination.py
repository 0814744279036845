"""Lists: the envelope, its links and their cursors (REFERENCE §4)."""

from __future__ import annotations

import base64
import binascii
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import as_int

R = TypeVar("R")
CREDENTIALS = ("access_token", "account_id")


class Position(msgspec.Struct, omit_defaults=True):
    id: int = 0
    key: tuple[int, ...] = ()


class Cursor(msgspec.Struct):
    after: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging(Generic[R]):
    """How one list pages.

    Shape: `order` is the key that the rows are sorted by, ascending, and that a cursor remembers; `next_by` is the kind
    of `links.next`; endpoints that know pages only ignore `cursor`.
    """

    order: Callable[[R], tuple[int, ...]]
    takes_cursor: bool
    next_by: str


@dataclass(frozen=True, slots=True)
class Window(Generic[R]):
    """A page of rows. Shape: `page` is None in the middle of a walk by cursor."""

    rows: Sequence[R]
    start: int
    page: int | None


def page_of(rows: Sequence[R], query: dict[str, str], paging: Paging[R], max_per_page: int) -> Window[R]:
    """Errors: 422 for a `per_page`, `page` or `cursor` that makes no sense."""
    per_page = per_page_of(query, max_per_page)
    if paging.takes_cursor and "cursor" in query:
        after = _decode(query["cursor"])
        start = bisect_right(rows, after, key=paging.order)
        return Window(rows[start : start + per_page], start, None)
    page = as_int(query.get("page", "1"))
    if not page:
        raise unprocessable("Invalid page parameter")
    start = (page - 1) * per_page
    return Window(rows[start : start + per_page], start, page)


def per_page_of(query: dict[str, str], maximum: int) -> int:
    per_page = as_int(query.get("per_page", maximum))
    if per_page is None or not 1 <= per_page <= maximum:
        raise unprocessable("Invalid per_page parameter")
    return per_page


def envelope(
    window: Window[R], *, total: int, url: str, query: dict[str, str], paging: Paging[R], max_per_page: int
) -> dict[str, Any]:
    """Everything that stands below the rows, in Harvest's order.

    In the middle of a walk by cursor the page numbers are null; its last page knows them again (REFERENCE §4.2).
    """
    per_page = per_page_of(query, max_per_page)
    pages = max(1, math.ceil(total / per_page))
    more = window.start + len(window.rows) < total
    page = window.page if window.page is not None or more else pages
    previous = min(page - 1, pages) if page and page > 1 else None
    link = _links(url, query, per_page)
    following = None
    if more and paging.next_by == "cursor":
        following = link(cursor=_encode(paging.order(window.rows[-1])), ref="next_cursor")
    elif more and page:
        following = link(page=page + 1, ref="next")
    return {
        "per_page": per_page,
        "total_pages": pages,
        "total_entries": total,
        "next_page": page + 1 if page and more else None,
        "previous_page": previous,
        "page": page,
        "links": {
            "first": link(page=1, ref="first"),
            "next": following,
            "previous": link(page=previous, ref="previous") if previous else None,
            "last": link(page=pages, ref="last"),
        },
    }


def _links(url: str, query: dict[str, str], per_page: int) -> Callable[..., str]:
    kept = {k: v for k, v in query.items() if k not in ("page", "cursor", "per_page", "ref", *CREDENTIALS)}

    def link(**place: Any) -> str:
        return f"{url}?{urlencode(sorted({**kept, 'per_page': per_page, **place}.items()))}"

    return link


def _encode(key: tuple[int, ...]) -> str:
    """`{"after":{"id":3007}}` as Harvest writes it; lists in another order remember their whole key."""
    position = Position(id=-key[0]) if len(key) == 1 and key[0] < 0 else Position(key=key)
    return base64.b64encode(msgspec.json.encode(Cursor(position))).decode()


def _decode(cursor: str) -> tuple[int, ...]:
    try:
        after = msgspec.json.decode(base64.b64decode(cursor, validate=True), type=Cursor).after
    except (binascii.Error, msgspec.DecodeError):
        raise unprocessable("Invalid cursor parameter") from None
    return after.key or (-after.id,)

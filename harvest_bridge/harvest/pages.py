"""Pagination of Harvest's lists."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import parse_qs

import structlog

from harvest_bridge.harvest.errors import HarvestMalformed, TooManyPages

if TYPE_CHECKING:
    from harvest_bridge.harvest.operations.operation import Operation

T = TypeVar("T")
log = structlog.get_logger(__name__)
# What a list's envelope tells of a page, besides its records.
OF_ENVELOPE = frozenset({"links", "next_page", "previous_page", "per_page", "total_entries"})
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: Harvest's opaque `cursor`, or its page number.

    Shape: `str()` gives `cursor:…` or `page:…`, and `parse` takes it back.
    """

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Errors: ValueError for text that `str(position)` cannot have given."""
        kind, _, value = text.partition(":")
        if (kind == "cursor" and value) or (kind == "page" and value.isascii() and value.isdigit()):
            return cls(kind, value)
        raise ValueError("not a position in one of Harvest's lists")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. `total` is the number of entries in the whole list, where Harvest tells.

    `unreadable` counts records that contradict their types: they are left out of `items` and hide none of the others.
    """

    items: tuple[T, ...]
    next: Position | None = None
    previous: Position | None = None
    per_page: int | None = None
    total: int | None = None
    unreadable: int = 0


def paged(position: Position | None, per_page: int | None, **filters: Any) -> dict[str, Any]:
    """The query of a list call."""
    where = {} if position is None else {position.kind: position.value}
    return {**filters, "per_page": per_page, **where}


def page_of(key: str, read_item: Callable[[Any], T]) -> Callable[[Any], Page[T]]:
    """A reader of Harvest's list envelope, whose array is called `key`.

    Errors (of the reader): HarvestMalformed, for the envelope alone.
    """

    def read(envelope: Any) -> Page[T]:
        if not isinstance(envelope, Mapping) or not isinstance(envelope.get(key), list):
            raise HarvestMalformed(f"Harvest answered without a list of {key}.")
        found = [*_readable(read_item, envelope[key])]
        return replace(page_in(envelope, found), unreadable=len(envelope[key]) - len(found))

    return read


def _readable(read_item: Callable[[Any], T], items: Iterable[Any]) -> Iterator[T]:
    for item in items:
        try:
            yield read_item(item)
        except HarvestMalformed as error:
            log.warning("a record in one of Harvest's lists cannot be read", error=error.message)


def page_in(envelope: Mapping[str, Any], items: Iterable[T]) -> Page[T]:
    """`items` with what the envelope around them says of their place. Errors: HarvestMalformed."""
    return Page(
        items=tuple(items),
        next=_position(envelope, "next"),
        previous=_position(envelope, "previous"),
        per_page=_whole(envelope.get("per_page")),
        total=_whole(envelope.get("total_entries")),
    )


def walk_pages(
    send: Callable[[Operation[Page[T]]], Page[T]],
    list_at: Callable[[Position | None], Operation[Page[T]]],
    *,
    max_pages: int = 1000,
) -> Iterator[Page[T]]:
    """Every page from the first to the last.

    Errors: TooManyPages beyond `max_pages`; HarvestMalformed if Harvest sends us round in a circle.
    """
    trail = _Trail(max_pages)
    while trail.goes_on:
        page = send(list_at(trail.position))
        trail.follow(page)
        yield page


async def walk_pages_async(
    send: Callable[[Operation[Page[T]]], Awaitable[Page[T]]],
    list_at: Callable[[Position | None], Operation[Page[T]]],
    *,
    max_pages: int = 1000,
) -> AsyncIterator[Page[T]]:
    """`walk_pages` for asynchronous callers."""
    trail = _Trail(max_pages)
    while trail.goes_on:
        page = await send(list_at(trail.position))
        trail.follow(page)
        yield page


class _Trail:
    """Where a walk has been and where it goes next."""

    def __init__(self, max_pages: int) -> None:
        self.position: Position | None = None
        self.goes_on = True
        self._max_pages = max_pages
        self._seen: set[Position | None] = {None}

    def follow(self, page: Page[Any]) -> None:
        self.position = page.next
        if page.next is None:
            self.goes_on = False
        elif page.next in self._seen:
            raise HarvestMalformed("Harvest's pages lead round in a circle.")
        elif len(self._seen) >= self._max_pages:
            raise TooManyPages(f"The list has more than {self._max_pages} pages; ask for a smaller part of it.")
        self._seen.add(page.next)


def _position(envelope: Mapping[str, Any], side: str) -> Position | None:
    """From the link's query alone, as its host and path are the upstream's to choose and ours to ignore.

    The link wins over the number: time entries hand out a cursor while `next_page` still says 2 (REFERENCE §4.2).
    """
    links = envelope.get("links")
    if isinstance(links, Mapping) and side in links:
        return _from_link(links[side])
    number = _whole(envelope.get(f"{side}_page"))
    return None if number is None else Position("page", str(number))


def _from_link(link: Any) -> Position | None:
    if link is None:
        return None
    query = parse_qs(link.partition("?")[2].partition("#")[0]) if isinstance(link, str) else {}
    for kind in ("cursor", "page"):
        for value in query.get(kind, ()):
            return Position(kind, value)
    raise HarvestMalformed("Harvest linked to a page without saying where it begins.")


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None

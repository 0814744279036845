"""The base class of views that read or write Harvest through one connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from harvest_bridge.api.callers import Caller, HostBackEnd
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import DEFAULT_LIMIT, max_wait_from
from harvest_bridge.api.maximum_wait import DEADLINE
from harvest_bridge.api.parsers import AnyTypeJsonParser
from harvest_bridge.api.views import CallerView
from harvest_bridge.client_disconnect import for_client_alone
from harvest_bridge.harvest.errors import TooManyPages
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position

from . import calls
from .authentication import ConnectionHolder, connection_for
from .models import Connection
from .page_cursors import PageCursor, place_in

CONNECTION = OpenApiParameter(
    "integrated_account_id",
    UUID,
    description="The linked account; needed with an API key. An integrated-account token names its own.",
)
MAX_WAIT = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description="`wait=N`: answer 429 rather than wait longer for Harvest's budget.",
)
UNTIL = OpenApiParameter(
    DEADLINE,
    str,
    OpenApiParameter.HEADER,
    description="The same as a moment, such as `2026-11-24T10:00:05Z` or seconds since 1970.",
)

T = TypeVar("T")
ListAt = Callable[[Position | None, int | None], Operation[Page[T]]]
MAX_EMPTY_PAGES = 10


class DataView(CallerView[Caller]):
    """For API keys and integrated-account tokens."""

    accepts = (HostBackEnd, ConnectionHolder)
    parser_classes: tuple[type[BaseParser], ...] = (AnyTypeJsonParser,)
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = (CONNECTION, MAX_WAIT, UNTIL)
    reaches_harvest = True

    @cached_property
    def connection(self) -> Connection:
        """The one that the request names. Errors: MissingConnection, NoSuchConnection, TooManyAtOnce."""
        connection = connection_for(self.request)
        self.count_as(f"{connection.host_app_id} {connection.tenant_id}")
        return connection

    def harvest(self, operation: Operation[T]) -> T:
        """When the caller leaves, a read ends, and a write that has not left for Harvest."""
        with for_client_alone():
            return calls.send(self.connection, operation, max_wait=max_wait_from(self.request))

    def listed(
        self, name: str, filters: Mapping[str, Any], list_at: ListAt[T], show: Callable[[T], Any] = lambda item: item
    ) -> Response:
        """One page of Harvest's list as one page of ours.

        `name` and `filters` say which list this is, so that a cursor is good for no other.
        """
        place = self.place_in(name, filters)
        place = place.with_limit(place.limit or DEFAULT_LIMIT)
        return self.page_response(self.harvest(list_at(place.at, place.limit)), place, list_at, show)

    def place_in(self, name: str, filters: Mapping[str, Any]) -> PageCursor:
        return place_in(f"{name} {self.connection.pk} {sorted(filters.items())}", self.request)

    def page_response(
        self, page: Page[T], place: PageCursor, list_at: ListAt[T], show: Callable[[T], Any] = lambda item: item
    ) -> Response:
        """The envelope of `page`, which stands at `place`, or of the first one after it that is not empty."""
        page, place = self.not_empty(page, place, list_at)
        return Response(self.envelope([show(item) for item in page.items], page, place))

    def not_empty(self, page: Page[T], place: PageCursor, list_at: ListAt[T]) -> tuple[Page[T], PageCursor]:
        """`page`, which stands at `place`, or the first one after it that is not empty, and where that stands.

        Callers take an empty page for the end (truto-wire §8.1, 5).
        """
        for _ in range(MAX_EMPTY_PAGES):
            after = place.after(page)
            if page.items or after is None:
                return page, place
            place = after
            page = self.harvest(list_at(place.at, place.limit))
        raise TooManyPages(f"Harvest answered {MAX_EMPTY_PAGES} empty pages in a row; narrow the list by its filters.")

    def envelope(self, shown: Sequence[Any], page: Page[Any], place: PageCursor) -> dict[str, Any]:
        """`shown` in place of the items of `page`, with the cursors that lead on from there."""
        before, after = place.before(page), place.after(page)
        return list_envelope(
            shown,
            limit=place.limit or len(page.items),
            next_cursor=after.cursor() if after else None,
            prev_cursor=before.cursor() if before else None,
        )

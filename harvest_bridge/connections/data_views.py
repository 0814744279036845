"""The base of every view that reads or writes Harvest as one connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import Caller, HostBackEnd
from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import DEFAULT_LIMIT, limit_from, patience_from
from harvest_bridge.api.parsers import AnyTypeJsonParser
from harvest_bridge.api.views import CallerView
from harvest_bridge.harvest.budgets import BudgetMeter
from harvest_bridge.harvest.errors import TooManyPages
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position

from . import calls
from .authentication import ConnectionHolder, connection_for
from .models import Connection

T = TypeVar("T")
ListAt = Callable[[Position | None, int], Operation[Page[T]]]
MAX_EMPTY_PAGES = 10


class DataView(CallerView[Caller]):
    """For API keys and integrated-account tokens. Whatever the answer, its headers tell the budget that is left."""

    accepts = (HostBackEnd, ConnectionHolder)
    parser_classes = (AnyTypeJsonParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.meter = BudgetMeter()
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        for name, value in self.meter.headers().items():
            response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)

    @cached_property
    def connection(self) -> Connection:
        """The one that the request names. Errors: MissingConnection, NoSuchConnection."""
        return connection_for(self.request)

    def harvest(self, operation: Operation[T]) -> T:
        return calls.send(self.connection, operation, meter=self.meter, patience=patience_from(self.request))

    def listed(
        self, name: str, filters: Mapping[str, Any], list_at: ListAt[T], show: Callable[[T], Any] = lambda item: item
    ) -> Response:
        """One page of Harvest's list as one page of ours; our cursor is Harvest's position and our limit, signed.

        `name` and `filters` say which list this is, so that a cursor is good for no other.
        """
        list_id = self.list_id(name, filters)
        at, limit = place(self.request, list_id)
        page = self.first_with_items(list_at, at, limit or DEFAULT_LIMIT)
        return self.shown(page, list_id, limit or DEFAULT_LIMIT, show)

    def list_id(self, name: str, filters: Mapping[str, Any]) -> str:
        return f"{name} {self.connection.pk} {sorted(filters.items())}"

    def shown(self, page: Page[T], list_id: str, limit: int, show: Callable[[T], Any] = lambda item: item) -> Response:
        """The envelope, with cursors for the pages before and after."""

        def cursor(position: Position | None) -> str | None:
            return encode_cursor([str(position), limit], list_id=list_id) if position else None

        items = [show(item) for item in page.items]
        return Response(
            list_envelope(items, limit=limit, next_cursor=cursor(page.next), prev_cursor=cursor(page.previous))
        )

    def first_with_items(self, list_at: ListAt[T], at: Position | None, limit: int) -> Page[T]:
        """Callers take an empty page for the end (truto-wire §8.1, 5), so those are walked over."""
        for _ in range(MAX_EMPTY_PAGES):
            page = self.harvest(list_at(at, limit))
            if page.items or page.next is None:
                return page
            at = page.next
        raise TooManyPages(f"Harvest answered {MAX_EMPTY_PAGES} empty pages in a row; narrow the list by its filters.")


def place(request: Request, list_id: str) -> tuple[Position | None, int | None]:
    """Where the page begins, and its limit. A cursor keeps its limit where the request names none.

    Errors: InvalidRequest; for another limit in a list that Harvest numbers by pages too, as rows would go missing.
    """
    found = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
    has_limit = bool(request.query_params.get("limit"))
    if found is None:
        return None, limit_from(request) if has_limit else None
    at, before = Position.parse(found[0]), int(found[1])
    limit = limit_from(request) if has_limit else before
    if at.kind == "page" and limit != before:
        raise InvalidRequest(f"limit: keep limit={before} while you follow the cursors of this list.")
    return at, limit

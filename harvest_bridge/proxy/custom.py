"""/custom/{path}: any call of Harvest's API, in the envelope."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Raw
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.credentials import refuse_in_parameter
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.harvest.operations import Operation, RawBody
from harvest_bridge.harvest.pages import OF_ENVELOPE, Page, Position, page_in

from .base import HarvestView
from .method_config import with_config
from .paths import route_of
from .proxy_request import PAGING, body_of
from .queries import OURS

# Nothing in Harvest's paths needs more; what it leaves out cannot mean another host or another resource.
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class CustomView(HarvestView):
    """Whatever Harvest answers comes as `result`; a list with cursors, anything else with both of them null."""

    def get(self, request: Request, path: str) -> Response:
        query = _pairs(request)
        body = {} if request.method in ("GET", "HEAD") else body_of(request)
        if isinstance(body, RawBody):
            return self.sent(str(request.method), path, query, body)
        verb, query, sent = with_config(str(request.method), query, body)
        for name in query:
            refuse_in_parameter(name)
        if verb == "GET":
            return self.asked(harvest_path(path), query)
        return self.sent(verb, path, query, sent)

    post = put = patch = delete = get

    def sent(
        self, verb: str, path: str, query: Mapping[str, list[str]], body: Mapping[str, Any] | RawBody | None
    ) -> Response:
        """A write, under Harvest's own status."""
        operation = Operation(
            verb, harvest_path(path), lambda value: {"result": value, **_NO_CURSORS}, query, body, decoded_as=Raw
        )
        return self.write(operation, status=None)

    def asked(self, path: str, query: Mapping[str, list[str]]) -> Response:
        place = self.place_in(f"custom {path}", query)
        if place.at is None and not {"page", "cursor"}.isdisjoint(query):
            place = replace(place, number=0)  # the caller begins somewhere of its own
        list_at = _reading(path, query)
        answer = self.harvest(list_at(place.at, place.limit))
        if not isinstance(answer, Page):
            return Response({"result": answer, **_NO_CURSORS}, status=self.harvests_status)
        return self.page_response(answer, replace(place, limit=place.limit or answer.per_page), list_at)


_NO_CURSORS = {"next_cursor": None, "prev_cursor": None}


def harvest_path(path: str) -> str:
    """`v2/users`, `api/v2/users` and `users` as `/v2/users`.

    Errors: InvalidRequest for what is no plain path; NotFound for what /v2 does not have either.
    """
    segments = [segment for segment in path.split("/") if segment]
    if not segments or not all(map(_SEGMENT.fullmatch, segments)):
        raise InvalidRequest("The path after /custom must be one of Harvest's API, such as /custom/v2/users/me.")
    prefix = 2 if segments[:2] == ["api", "v2"] else int(segments[0] == "v2")
    whole = "/" + "/".join(["v2", *segments[prefix:]])
    route_of(whole.encode())
    return whole


def _pairs(request: Request) -> dict[str, list[str]]:
    """The query as it came, without what is ours."""
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True):
        if name not in (*OURS, *PAGING):
            query.setdefault(name, []).append(value)
    return query


def _reading(path: str, query: Mapping[str, list[str]]) -> Callable[[Position | None, int | None], Operation[Any]]:
    budget = route_of(path.encode()).budget

    def at(position: Position | None, limit: int | None) -> Operation[Any]:
        size = {} if limit is None else {"per_page": [str(limit)]}
        where = {} if position is None else {position.kind: [position.value]}
        return Operation("GET", path, _page_or_value, {**query, **size, **where}, budget=budget, decoded_as=Raw)

    return at


def _page_or_value(answer: Raw | None) -> Page[Raw] | Raw | None:
    """Harvest's lists are objects with one array and with links to other pages; all of it stays as it came."""
    if answer is None or not _begins(answer, b"{"):
        return answer
    envelope = msgspec.json.decode(answer, type=dict[str, Raw])
    arrays = [name for name, inner in envelope.items() if _begins(inner, b"[")]
    if len(arrays) != 1 or not _begins(envelope.get("links", Raw()), b"{"):
        return answer
    place = {name: msgspec.json.decode(envelope[name]) for name in OF_ENVELOPE & envelope.keys()}
    return page_in(place, msgspec.json.decode(envelope[arrays[0]], type=list[Raw]))


def _begins(value: Raw, with_what: bytes) -> bool:
    return bytes(memoryview(value)[:1]) == with_what

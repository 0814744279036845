"""A page of an endpoint's events: those that are delivered to it, in the same bytes, by their sequence."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from harvest_bridge.api.authentication import caller_for
from harvest_bridge.api.callers import Caller, HostBackEnd
from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.api.errors import InvalidRequest, MissingScope, TokenNotAccepted
from harvest_bridge.api.inputs import DEFAULT_LIMIT, MAX_LIMIT, refuse_unknown, whole_number
from harvest_bridge.api.permissions import missing
from harvest_bridge.hosts.models import Scope

from .errors import EventsExpired
from .models import Delivery, Endpoint, EventCounter
from .numbering import number_events_of
from .queries import endpoint_of
from .rendering import body_of

MOST_WAIT_SECONDS = 60
_MOST_BYTES = 8 * 2**20


@dataclass(frozen=True)
class Question:
    """What is asked for. `after` None begins with the oldest event that is kept."""

    token: str
    endpoint_id: str
    after: int | None
    limit: int
    wait: int


@dataclass(frozen=True)
class Page:
    """What a long poll is answered.

    Shape: `newest` was the last number of `key` (a host app, a mirrored connection) when this was read, for whoever
    waits for the next.
    """

    body: bytes
    is_empty: bool
    caller: Caller
    key: UUID
    newest: int


def question_from(token: str, endpoint_id: str, parameters: list[tuple[str, str]]) -> Question:
    """Errors: InvalidRequest."""
    refuse_unknown((name for name, _ in parameters), known=("after", "limit", "wait"))
    given: dict[str, str] = {}
    for name, value in parameters:
        if given.setdefault(name, value) != value:
            raise InvalidRequest(f"{name}: is there twice with different values; send one.")
    after = _number(given, "after", 0, 10**18) if given.get("after") else None
    limit = _number(given, "limit", 1, MAX_LIMIT) if given.get("limit") else DEFAULT_LIMIT
    wait = _number(given, "wait", 0, MOST_WAIT_SECONDS) if given.get("wait") else 0
    return Question(token, endpoint_id, after, limit, wait)


def read_page(question: Question) -> Page:
    """Authenticates anew each time, so that a key that was revoked while its holder waited gets nothing more.

    Errors: those of `caller_for`, TokenNotAccepted, MissingScope, NoSuchWebhook, EventsExpired, InvalidRequest.
    """
    try:
        caller = _caller(question.token)
        endpoint = endpoint_of(caller.host_app, question.endpoint_id)
        number_events_of(endpoint.host_app_id)
        newest = _newest(endpoint)
        after = _position(question, endpoint, newest)
        bodies, last = _events(endpoint, after, question.limit)
        return Page(_envelope(bodies, last, question.limit), not bodies, caller, endpoint.host_app_id, newest)
    finally:
        let_go_of_database()


def _number(given: dict[str, str], name: str, least: int, most: int) -> int:
    number = whole_number(given[name])
    if number is None or not least <= number <= most:
        raise InvalidRequest(f"{name}: must be a whole number from {least} to {most}, not {given[name][:40]!r}.")
    return number


def _caller(token: str) -> HostBackEnd:
    caller = caller_for(token)
    if not isinstance(caller, HostBackEnd):
        raise TokenNotAccepted("This kind of token is not accepted here; see docs/api.md, “Tokens”.")
    if not caller.may(Scope.WEBHOOKS):
        raise MissingScope(missing(Scope.WEBHOOKS))
    return caller


def _newest(endpoint: Endpoint) -> int:
    last = EventCounter.objects.filter(host_app=endpoint.host_app_id).values_list("last", flat=True).first()
    return last or 0


def _position(question: Question, endpoint: Endpoint, newest: int) -> int:
    begins_after = endpoint.forgotten_through
    if question.after is None:
        return begins_after
    if question.after < begins_after:
        raise EventsExpired(
            f"after: events up to {begins_after} are not kept any more. Begin with after={begins_after}, and read what "
            "you need of the time before from the API.",
            oldest_cursor=str(begins_after),
        )
    if question.after > newest:
        raise InvalidRequest(f"after: there is no event {question.after} yet; the newest is {newest}.")
    return question.after


def _events(endpoint: Endpoint, after: int, limit: int) -> tuple[list[bytes], int]:
    """Bodies, and the number of the last; as many as fit."""
    rows = Delivery.objects.select_related("event").filter(endpoint=endpoint, sequence__gt=after).order_by("sequence")
    bodies: list[bytes] = []
    size = 0
    for row in rows[:limit].iterator(chunk_size=100):
        body = body_of(row.event, endpoint)
        size += len(body)
        if bodies and size > _MOST_BYTES:
            break
        bodies.append(body)
        after = row.sequence
    return bodies, after


def _envelope(bodies: list[bytes], last: int, limit: int) -> bytes:
    besides = {"next_cursor": str(last), "prev_cursor": None, "result_count": len(bodies), "limit": limit}
    return b'{"result":[' + b",".join(bodies) + b"]," + json.dumps(besides, separators=(",", ":")).encode()[1:]

"""One request of a caller while it is under way: whoever works on it notes here what the request log will tell.

It rides in a context variable, which asyncio hands on to tasks and Django to its threads, so nobody has to pass it.
Work without a caller (workers, commands) has none.
"""

from __future__ import annotations

import random
import re
from contextvars import ContextVar
from dataclasses import dataclass, replace
from time import perf_counter, time
from typing import Protocol
from uuid import UUID

from harvest_bridge.trace_context import TraceContext

# Ids of load balancers and tracers fit: UUIDs, `Root=1-67891233-abcdef012345678912345678`, base64.
_WELL_FORMED_ID = re.compile(r"[A-Za-z0-9._:=+/@-]{1,128}")


class OwnedConnection(Protocol):
    """A connection, which stands far to the right."""

    pk: UUID
    host_app_id: UUID
    tenant_id: str


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """Whose request it is. `caller` is the kind of token; ids and the customer's name, and never a token.

    `user_id` is the host's own id of the person in whose name a token stands, where it stands for one.
    """

    caller: str = ""
    host_app_id: UUID | None = None
    api_key_id: int | None = None
    connection_id: UUID | None = None
    tenant_id: str = ""
    user_id: str = ""

    def about(self, connection: OwnedConnection) -> CallerIdentity:
        """The same caller, for this connection."""
        owner, tenant = connection.host_app_id, connection.tenant_id
        return replace(self, host_app_id=owner, connection_id=connection.pk, tenant_id=tenant)


ANONYMOUS = CallerIdentity()


@dataclass(slots=True)
class RequestContext:
    """Units: `started_at` is seconds since 1970; the others are seconds of a clock that never jumps.

    `harvest_seconds` is spent waiting for Harvest, `waited_seconds` for a place in its budget.
    """

    area: str
    method: str
    raw_path: bytes
    request_id: str
    trace: TraceContext | None
    started_at: float
    started: float
    ended: float = 0.0
    who: CallerIdentity = ANONYMOUS
    route: str = ""
    status: int = 0
    code: str = ""
    bytes_in: int = 0
    bytes_out: int = 0
    harvest_calls: int = 0
    harvest_seconds: float = 0.0
    waited_seconds: float = 0.0
    budget_limit: int | None = None
    budget_remaining: int | None = None
    is_whole: bool = False
    address: str = ""
    is_audited: bool = False


_current: ContextVar[RequestContext | None] = ContextVar("the request under way", default=None)
current = _current.get


def begin(area: str, method: str, raw_path: bytes, request_id: str, trace: TraceContext | None) -> RequestContext:
    """From now on `current` in this task, and in what it starts."""
    context = RequestContext(area, method, raw_path, request_id, trace, time(), perf_counter())
    _current.set(context)
    return context


def request_id_from(given: list[str]) -> str:
    """The caller's, if there is one and it is well formed; else a new one."""
    if len(given) == 1 and _WELL_FORMED_ID.fullmatch(given[0]):
        return given[0]
    return f"{random.getrandbits(128):032x}"


def note_caller(who: CallerIdentity) -> None:
    if (context := current()) is not None:
        context.who = who


def note_connection(connection: OwnedConnection) -> None:
    """Whose Harvest account it turned out to be about, whoever asks."""
    if (context := current()) is not None:
        context.who = context.who.about(connection)


def note_route(route: str) -> None:
    """Django's pattern for the path."""
    if (context := current()) is not None:
        context.route = route


def note_code(code: str) -> None:
    """The stable code of the error that the caller is told."""
    if (context := current()) is not None:
        context.code = code


def note_harvest(started: float, *, calls: int = 0) -> None:
    """Harvest has been waited for since `started`, by `perf_counter`."""
    if (context := current()) is not None:
        context.harvest_seconds += perf_counter() - started
        context.harvest_calls += calls


def note_wait(started: float) -> None:
    """A place in Harvest's budget has been waited for since `started`."""
    if (context := current()) is not None:
        context.waited_seconds += perf_counter() - started


def note_budget(limit: int, remaining: int) -> None:
    """What a budget holds now that this request has taken from it."""
    if (context := current()) is not None:
        context.budget_limit, context.budget_remaining = limit, remaining

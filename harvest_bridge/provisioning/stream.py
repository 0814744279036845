"""GET /provisioning/runs/{run_id}/events: a run's progress as server-sent events, until it ends or stops.

An ASGI application of its own, because it lives as long as the run. It is read with `fetch`, so that the key rides in a
header.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TypeVar

import orjson
from django.db import close_old_connections
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from harvest_bridge import request_context
from harvest_bridge.api.authentication import bearer_token, caller_for
from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.errors import InvalidRequest, MissingScope, TokenNotAccepted, body_of, headers_of
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.api.permissions import missing
from harvest_bridge.connections.authentication import ConnectionHolder, connection_of_caller
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import Scope

from . import queries
from .models import OPEN, Run
from .presentation import progress_of

ROUTE = "/provisioning/runs/{run_id}/events"
_LOOK_EVERY_SECONDS = 0.5
_SIGN_OF_LIFE_SECONDS = 10.0
_LONGEST_SECONDS = 900.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
T = TypeVar("T")


async def answer(request: Request) -> Response:
    """Errors: those of `caller_for`, TokenNotAccepted, MissingScope, NoSuchConnection, NoSuchRun; in the one shape."""
    request_context.note_route(ROUTE[1:])
    try:
        run = await _in_thread(lambda: _run(request))
    except outages(BridgeError) as error:
        known = error if isinstance(error, BridgeError) else outage_of(error)
        if known is None:
            raise
        request_context.note_code(known.code)
        return JSONResponse(body_of(known), known.status, headers_of(known) | _HEADERS)
    return StreamingResponse(_events(request, run), media_type="text/event-stream", headers=_HEADERS)


async def _events(request: Request, run: Run) -> AsyncIterator[str]:
    """`id` is the run's version; a caller that knows it already hears of the next one first."""
    known = request.headers.get("Last-Event-ID", "")
    told, began, said_at = int(known) if known.isdecimal() else -1, time.monotonic(), time.monotonic()
    while time.monotonic() - began < _LONGEST_SECONDS:
        if run.version != told:
            body = await _in_thread(partial(_told, run))
            told, said_at = run.version, time.monotonic()
            yield f"id: {told}\nevent: {run.status}\ndata: {body}\n\n"
        elif time.monotonic() - said_at > _SIGN_OF_LIFE_SECONDS:
            said_at = time.monotonic()
            yield ": still here\n\n"
        if run.status not in OPEN:
            return
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
        try:
            # The right to hear of it is looked at again each time, so a revoked key hears no more.
            run = await _in_thread(lambda: _run(request))
        except outages(BridgeError):
            return


def _told(run: Run) -> str:
    return orjson.dumps(progress_of(run)).decode()


def _run(request: Request) -> Run:
    caller = caller_for(bearer_token(request.headers.get("Authorization", "")))
    request_context.note_caller(caller.who)
    if not isinstance(caller, HostBackEnd | ConnectionHolder):
        raise TokenNotAccepted("This kind of token is not accepted here; see docs/api.md, “Tokens”.")
    if not caller.may(Scope.PROVISIONING):
        raise MissingScope(missing(Scope.PROVISIONING))
    if unknown := set(request.query_params) - {"integrated_account_id"}:
        raise InvalidRequest(f"{min(unknown)[:40]}: this parameter cannot be applied here.")
    connection = connection_of_caller(caller, request.query_params.get("integrated_account_id", ""))
    return queries.run_of(connection, request.path_params["run_id"])


async def _in_thread(work: Callable[[], T]) -> T:
    def run() -> T:
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.to_thread(run)

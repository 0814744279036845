"""GET /timer/stream: server-sent events with a person's new state.

An ASGI application of its own, because it lives as long as its page. It is read with `fetch`, not `EventSource`: so the
bearer rides in a header, and no cookie anywhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from harvest_bridge import request_context
from harvest_bridge.api.authentication import bearer_token
from harvest_bridge.api.errors import body_of, headers_of
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.errors import BridgeError
from timer_widget.errors import CrossSiteCall
from timer_widget.models import PersonState, TimerSession
from timer_widget.sessions.authentication import TimerUser
from timer_widget.sessions.exchange import alive_among, session_for

from .hub import News, Stream, hub
from .session_checks import session_checks

HEARTBEAT_SECONDS = 8.0
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def answer(request: Request) -> Response:
    """Errors: CrossSiteCall, MissingToken, TimerSessionExpired, TooManyCalls; in the one shape of all errors."""
    request_context.note_route("timer/stream")
    try:
        _check_site(request)
        session = await asyncio.to_thread(_session, bearer_token(request.headers.get("Authorization", "")))
        opened = hub.stream(session.person_id)
        stream = opened.__enter__()
        missed = await asyncio.to_thread(_missed, session.person_id, request.headers.get("Last-Event-ID", ""))
    except outages(BridgeError) as error:
        known = error if isinstance(error, BridgeError) else outage_of(error)
        if known is None:
            raise
        request_context.note_code(known.code)
        return JSONResponse(body_of(known), known.status, headers_of(known) | _HEADERS)

    async def events() -> AsyncIterator[str]:
        try:
            if missed is not None:
                stream.put(missed)
            async for event in _events(stream, session):
                yield event
        finally:
            opened.__exit__(None, None, None)

    return StreamingResponse(events(), media_type="text/event-stream", headers=_HEADERS)


async def _events(stream: Stream, session: TimerSession) -> AsyncIterator[str]:
    """States as they come, between them a sign of life; the session is looked at again before either."""
    yield ": hello\n\n"
    while (left := (session.expires_at - timezone.now()).total_seconds()) > 0:
        try:
            news = await asyncio.wait_for(stream.get(), min(HEARTBEAT_SECONDS, left))
        except TimeoutError:
            if not await _may_go_on(session.token_hash):
                return
            yield ": still here\n\n"
            continue
        if news is None or not await asyncio.to_thread(_still_good, session.token_hash):
            return
        yield _event(news)


async def _may_go_on(token_hash: str) -> bool:
    """A sign of life says nothing, so one that cannot be checked now may be given."""
    try:
        return await session_checks.is_alive(token_hash)
    except outages() as error:
        if outage_of(error) is None:
            raise
        return True


def _event(news: News) -> str:
    number = f"id: {news.version}\n" if news.version is not None else ""
    return f"{number}data: {news.text}\n\n"


def _missed(person_id: int, last_id: str) -> News | None:
    """The newest state, for a page that says which one it heard last, and that was another."""
    try:
        if not last_id.isdecimal():
            return None
        row = PersonState.objects.filter(pk=person_id, version__gt=int(last_id)).first()
        return None if row is None else News(row.version, json.dumps(row.state))
    except outages():
        return None
    finally:
        close_old_connections()


def _check_site(request: Request) -> None:
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if not is_ours or request.headers.get("Origin", settings.PUBLIC_ORIGIN) != settings.PUBLIC_ORIGIN:
        raise CrossSiteCall("The timer's API is called by its own frames only; host back ends use the REST API.")


def _session(text: str) -> TimerSession:
    try:
        session = session_for(text)
        request_context.note_caller(TimerUser(session=session).who)
        return session
    finally:
        close_old_connections()


def _still_good(token_hash: str) -> bool:
    try:
        return bool(alive_among([token_hash]))
    finally:
        close_old_connections()

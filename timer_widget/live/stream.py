"""GET /timer/stream: server-sent events with a person's new state.

An ASGI application of its own, because it lives as long as its page. It is read with `fetch`, not `EventSource`: so the
bearer rides in a header, and no cookie anywhere.
"""

from __future__ import annotations

import asyncio
import json

from django.conf import settings
from django.db import close_old_connections
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from harvest_bridge import request_context
from harvest_bridge.api.authentication import bearer_token
from harvest_bridge.api.errors import body_of, headers_of
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.errors import BridgeError
from timer_widget.errors import CrossSiteCall
from timer_widget.models import PersonState
from timer_widget.sessions.authentication import TimerUser
from timer_widget.sessions.exchange import session_for

from .hub import hub
from .open_stream import News

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_HEAD = Headers({"Content-Type": "text/event-stream; charset=utf-8", **_HEADERS}).raw


class TimerStream:
    """Its task waits for its page to leave; what there is to write, the hub writes (`OpenStream`)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Errors: CrossSiteCall, MissingToken, TimerSessionExpired, TooManyCalls; in the one shape of all errors."""
        request_context.note_route("timer/stream")
        request = Request(scope)
        try:
            _check_site(request)
            bearer = bearer_token(request.headers.get("Authorization", ""))
            person_id, token_hash = await asyncio.to_thread(_opened, bearer)
            with hub.stream(person_id, token_hash) as stream:
                missed = await asyncio.to_thread(_missed, person_id, request.headers.get("Last-Event-ID", ""))
                if missed is not None:
                    stream.tell(missed)
                await send({"type": "http.response.start", "status": 200, "headers": _HEAD})
                await stream.begin(send)
                while (await receive())["type"] != "http.disconnect":
                    continue
        except outages(BridgeError) as error:
            known = error if isinstance(error, BridgeError) else outage_of(error)
            if known is None:
                raise
            request_context.note_code(known.code)
            await JSONResponse(body_of(known), known.status, headers_of(known) | _HEADERS)(scope, receive, send)


def _missed(person_id: int, last_id: str) -> News | None:
    """The newest state, for a page that says which one it heard last, and that was another."""
    try:
        if not last_id.isdecimal():
            return None
        row = PersonState.objects.filter(pk=person_id, version__gt=int(last_id)).first()
        return None if row is None else News.of(row.version, json.dumps(row.state))
    except outages():
        return None
    finally:
        close_old_connections()


def _check_site(request: Request) -> None:
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    if not is_ours or request.headers.get("Origin", settings.PUBLIC_ORIGIN) != settings.PUBLIC_ORIGIN:
        raise CrossSiteCall("The timer's API is called by its own frames only; host back ends use the REST API.")


def _opened(bearer: str) -> tuple[int, str]:
    """Whose stream it is, and the hash of their session: its rows are too large to keep for as long as its page."""
    try:
        session = session_for(bearer)
        request_context.note_caller(TimerUser(session=session).who)
        return session.person_id, session.token_hash
    finally:
        close_old_connections()


timer_stream = TimerStream()

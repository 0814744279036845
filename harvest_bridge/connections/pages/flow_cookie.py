"""The signed cookie that stores the link flows of this browser; no page stores a row for an anonymous caller.

It holds nothing that its browser may not see. A copy of an older cookie brings back nothing that was spent: states and
link tokens are spent in the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "__Host-hb_link" if settings.IS_HTTPS else "hb_link"
SALT = "harvest_bridge.links"


class FlowCookie(SessionStore):
    """A session in the words of Django and allauth; forged, too old or absent it is empty, and no cookie is sent."""

    def load(self) -> dict[str, Any]:
        try:
            loaded: dict[str, Any] = signing.loads(
                self.session_key or "", salt=SALT, serializer=self.serializer, max_age=settings.SESSION_COOKIE_AGE
            )
        except (signing.BadSignature, ValueError):
            return {}
        return loaded

    def _get_session_key(self) -> str:
        return signing.dumps(dict(self.items()), salt=SALT, serializer=self.serializer, compress=True)


def with_memory(request: HttpRequest, page: Callable[[], HttpResponse]) -> HttpResponse:
    """`page` with `request.session` as this browser's memory of links, which is not the operators' session."""
    operators = request.session
    request.session = FlowCookie(request.COOKIES.get(COOKIE))
    try:
        response = page()
        if request.session.modified:
            _send(request.session, response)
    finally:
        request.session = operators
    return response


def _send(memory: Any, response: HttpResponse) -> None:
    memory.save()
    response.set_cookie(
        COOKIE,
        memory.session_key,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",  # Strict would drop the cookie on the way back from Harvest's consent
    )

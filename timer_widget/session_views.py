"""How a widget's session begins."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.outages import best_effort
from harvest_bridge.errors import BridgeError
from timer_widget.base import TimerAPIView
from timer_widget.errors import SignInNeeded
from timer_widget.forgotten.activity import note_sign
from timer_widget.forgotten.reminders import reminder_of
from timer_widget.models import TimerSession
from timer_widget.operators import failures
from timer_widget.queries import cached_state
from timer_widget.running_timers import max_age
from timer_widget.serializers import SessionInput

from .sessions import guests, rate_limits
from .sessions.exchange import SESSION_LIFE, begin_session

# The `__Host-` name is the browser's promise: secure, of this host alone, for every path.
KEPT_COOKIE = "__Host-hb_timer"
_KEPT = f"{KEPT_COOKIE}={{value}}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age={{seconds}}"


class TimerSessionView(TimerAPIView):
    """POST /timer/session: a widget token, once, for a session and the state to draw.

    Without a token (D4): the code of a sign-in window, or the sign-in that this browser keeps for the origin. Only this
    one reads a cookie: JSON alone is taken, from our own frames alone, and the cookie is the embedding site's own.
    Nobody signed in is an answer, not an error, because browsers write every error on the page's console:
    `{"session": null, "expires_in": 0, "state": null}`.
    """

    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Request) -> Response:
        rate_limits.hold_address(request._request)
        asked = SessionInput.validated(request.data)
        try:
            session, text, kept = _begin(asked, request.COOKIES.get(KEPT_COOKIE, ""))
        except SignInNeeded:
            if asked["code"]:
                raise
            return Response({"session": None, "expires_in": 0, "state": None})
        except BridgeError as error:
            failures.note_failure_at(asked["origin"], error)
            raise
        person, now = session.person, timezone.now()
        best_effort(lambda: note_sign(person, now=now))
        answer = Response(
            {
                "session": text,
                "expires_in": int(SESSION_LIFE.total_seconds()),
                "state": cached_state(person, age=max_age()),
                "reminder": best_effort(lambda: reminder_of(person)),
            }
        )
        if kept:
            answer["Set-Cookie"] = _KEPT.format(value=kept, seconds=int(guests.KEPT_LIFE.total_seconds()))
        return answer


def _begin(asked: dict[str, Any], cookie: str) -> tuple[TimerSession, str, str]:
    """The session, its text, and what the browser is to keep of it, if anything."""
    if asked["token"]:
        return *begin_session(token=asked["token"], origin=asked["origin"]), ""
    if asked["code"]:
        session, text = guests.session_by_code(code=asked["code"], origin=asked["origin"])
        return session, text, guests.kept_sign_in(session)
    return *guests.session_by_kept(kept=cookie, origin=asked["origin"]), ""

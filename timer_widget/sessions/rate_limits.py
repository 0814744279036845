"""Rate limits of the timer's API per person, host app and address (D9, D10)."""

from __future__ import annotations

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from harvest_bridge.addresses import network_of
from timer_widget.errors import TooManyCalls
from timer_widget.models import TimerSession

_READS = {"GET", "HEAD", "OPTIONS"}
PERSON_READS = "240/m"
PERSON_WRITES = "120/m"
HOST_APP = "12000/m"
ADDRESS_SESSIONS = "1200/m"  # A whole office may come from one address.
ADDRESS_SIGN_INS = "60/m"


def hold_session(request: HttpRequest, session: TimerSession) -> None:
    """Errors: TooManyCalls."""
    person = session.person
    is_read = request.method in _READS
    kind, rate = ("read", PERSON_READS) if is_read else ("write", PERSON_WRITES)
    hold(request, f"timer-{kind}", f"{person.host_app_id} {person.tenant_id} {person.user_id}", rate)
    hold(request, "timer-host", str(person.host_app_id), HOST_APP)


def hold_address(request: HttpRequest) -> None:
    """Before anything is verified, so by address alone. Errors: TooManyCalls."""
    hold(request, "timer-session", network_of(request.META.get("REMOTE_ADDR") or ""), ADDRESS_SESSIONS)


def hold_sign_in(request: HttpRequest) -> None:
    """Whoever goes on to Harvest from the sign-in window makes a row, and is nobody yet. Errors: TooManyCalls."""
    hold(request, "timer-sign-in", request.META.get("REMOTE_ADDR") or "unknown", ADDRESS_SIGN_INS)


def hold(request: HttpRequest, group: str, key: str, rate: str) -> None:
    """Errors: TooManyCalls."""
    usage = get_usage(request, group=group, key=lambda *_: key, rate=rate, increment=True)
    if usage and usage["should_limit"]:
        raise TooManyCalls(
            "This was asked for too often in a short time; wait a moment.", retry_after=usage["time_left"]
        )

"""How often a portal may be asked: per visitor, per host app, and per address before anything is verified."""

from __future__ import annotations

from django.http import HttpRequest

from harvest_bridge.addresses import network_of
from harvest_bridge.embed.models import PortalSession
from timer_widget.sessions.rate_limits import hold

VISITOR = "120/m"
HOST_APP = "6000/m"
ADDRESS_SESSIONS = "600/m"


def hold_session(request: HttpRequest, session: PortalSession) -> None:
    """Errors: TooManyCalls."""
    connection = session.connection
    hold(request, "portal-visitor", f"{connection.pk} {session.client_id} {session.user_id}", VISITOR)
    hold(request, "portal-host", str(connection.host_app_id), HOST_APP)


def hold_address(request: HttpRequest) -> None:
    """Errors: TooManyCalls."""
    hold(request, "portal-session", network_of(request.META.get("REMOTE_ADDR") or ""), ADDRESS_SESSIONS)

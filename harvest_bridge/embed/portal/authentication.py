"""The caller behind a portal session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from harvest_bridge.api import authentication
from harvest_bridge.api.callers import Caller
from harvest_bridge.embed.models import PortalSession
from harvest_bridge.request_context import CallerIdentity

from .sessions import SESSION_PREFIX, session_for


@dataclass(frozen=True)
class PortalVisitor(Caller):
    """An end client; good for `/portal/…` and nothing else. Looked up anew for every request."""

    session: PortalSession

    @property
    def who(self) -> CallerIdentity:
        return CallerIdentity("portal_session", user_id=self.session.user_id).about(self.session.connection)

    @property
    def ends_at(self) -> datetime:
        return self.session.expires_at


def portal_visitor(token: str) -> PortalVisitor:
    """Errors: PortalSessionExpired."""
    return PortalVisitor(session=session_for(token))


authentication.register(SESSION_PREFIX, portal_visitor)

"""The caller behind a timer session."""

from __future__ import annotations

from dataclasses import dataclass

from harvest_bridge.api import authentication
from harvest_bridge.api.callers import Caller
from harvest_bridge.request_context import CallerIdentity
from timer_widget.models import Person, TimerSession

from .exchange import SESSION_PREFIX, session_for


@dataclass(frozen=True)
class TimerUser(Caller):
    """One person's widget; good for `/timer/…` and nothing else."""

    session: TimerSession

    @property
    def person(self) -> Person:
        return self.session.person

    @property
    def who(self) -> CallerIdentity:
        return CallerIdentity("timer_session", self.person.host_app_id, tenant_id=self.person.tenant_id)


def timer_user(token: str) -> TimerUser:
    """Errors: TimerSessionExpired."""
    return TimerUser(session=session_for(token))


authentication.register(SESSION_PREFIX, timer_user)

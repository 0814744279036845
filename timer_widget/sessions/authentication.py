"""The caller behind a timer session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from harvest_bridge.api import admissions, authentication
from harvest_bridge.api.callers import Caller
from harvest_bridge.request_context import CallerIdentity
from timer_widget.models import Person, TimerSession

from . import cached_rows
from .exchange import SEEN_RESOLUTION, SESSION_PREFIX, session_for


@dataclass(frozen=True)
class TimerUser(Caller):
    """One person's widget; good for `/timer/…` and nothing else."""

    keeps_own_record = True  # each click is a row before it is sent

    session: TimerSession

    @property
    def person(self) -> Person:
        return self.session.person

    @property
    def who(self) -> CallerIdentity:
        person = self.person
        return CallerIdentity("timer_session", person.host_app_id, tenant_id=person.tenant_id, user_id=person.user_id)

    @property
    def ends_at(self) -> datetime:
        """Looked up again when it is due to note that its page is still there."""
        return min(self.session.expires_at, self.session.last_seen_at + SEEN_RESOLUTION)


def timer_user(token: str) -> TimerUser:
    """Errors: TimerSessionExpired."""
    return TimerUser(session=session_for(token))


authentication.register(SESSION_PREFIX, timer_user)
admissions.watch(SESSION_PREFIX, cached_rows.of_session)

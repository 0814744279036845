"""The steps of a renewal in the database, between which nothing is held but its lock (`api/locks.py`).

`renewal.py` puts them together and asks Harvest. `refresh_started_at`, committed before Harvest is asked, tells after a
crash that a renewal was cut off; `refresh_not_before` keeps all processes from asking again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.utils import timezone

from harvest_bridge.api import locks
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.errors import HarvestError
from harvest_bridge.harvest.records import TokenGrant
from harvest_bridge.metrics import REFRESHES

from . import states
from .errors import RefreshFailed
from .models import Connection, Status
from .states import Because
from .token_rows import open_credentials, same_tokens, seal_grant, usable
from .vault import NOT_NOW, REFUSED, REFUSED_PAUSE, Due, check_back_off

log = structlog.get_logger(__name__)

# While users/me refuses even tokens that were just issued: when that is the end.
LONGEST_REFUSED = timedelta(seconds=30)
_LONGEST_BACK_OFF_SECONDS = 15.0


@dataclass(frozen=True)
class Turn:
    """We are the one to ask Harvest, and hold the lock until `over`."""

    row: Connection
    refresh_token: str = field(repr=False)
    is_forced: bool


def begin(due: Due) -> Credentials | Turn | None:
    """Our turn, with the lock; None while another process has it; the tokens if somebody else has renewed them.

    Errors: NeedsReauth, RefreshFailed.
    """
    is_ours = locks.acquire(_lock(due.row))
    turn: Turn | None = None
    try:
        current = Connection.objects.get(pk=due.row.pk)
        if (current.token_generation, current.status) != (due.row.token_generation, due.row.status):
            return open_credentials(usable(current))  # somebody else has the answer, good or bad
        if is_ours:
            check_back_off(current)
            refresh_token = key_ring().open(current.sealed_refresh_token, bound_to=current.binding("refresh token"))
            same_tokens(current).update(refresh_started_at=timezone.now())
            turn = Turn(current, refresh_token, due.is_forced)
        return turn
    finally:
        if is_ours and turn is None:
            locks.release(_lock(due.row))


def store(turn: Turn, grant: TokenGrant) -> Credentials:
    """Errors: NeedsReauth if it was disconnected meanwhile."""
    REFRESHES.labels("renewed").inc()
    row, newer = turn.row, turn.row.token_generation + 1
    fields = seal_grant(row, grant, now=timezone.now())
    fields |= {"token_generation": newer, "refused_since": row.refused_since}
    fields |= {"forced_generation": newer} if turn.is_forced else {}
    if same_tokens(row).update(**fields):
        states.works(row)
        log.info("tokens refreshed", connection=str(row.pk), generation=newer)
    return open_credentials(usable(row))


def refuse(turn: Turn) -> Credentials:
    """Harvest does not know the refresh token. Newer credentials if there are some. Errors: NeedsReauth."""
    REFRESHES.labels("refused").inc()
    states.needs_reauth(turn.row, _refusal(turn.row), because=Because.REFRESH_REFUSED)
    return open_credentials(usable(turn.row))


def put_off(turn: Turn, error: HarvestError) -> RefreshFailed:
    """Nobody asks again for a while, longer after every failure; returns what callers are told."""
    REFRESHES.labels("failed").inc()
    failures = turn.row.refresh_failures + 1
    back_off = min(_LONGEST_BACK_OFF_SECONDS, 2.0 ** min(failures - 1, 10)) * random.uniform(0.8, 1)  # noqa: S311
    wait = max(back_off, min(error.retry_after or 0.0, 60.0))
    until = timezone.now() + timedelta(seconds=wait)
    same_tokens(turn.row).update(refresh_started_at=None, refresh_failures=failures, refresh_not_before=until)
    log.warning("token refresh failed", connection=str(turn.row.pk), code=error.code, failures=failures)
    return RefreshFailed(NOT_NOW, retry_after=wait, truto_is_remote_error=True)


def over(turn: Turn) -> None:
    locks.release(_lock(turn.row))


def end(row: Connection) -> Credentials:
    """users/me says 401 too. Newer credentials if there are some. Errors: NeedsReauth."""
    if row.status != Status.NEEDS_REAUTH:
        reason = "Harvest refuses even the newest token: the person or the account may be archived."
        states.needs_reauth(row, reason, because=Because.UNAUTHORIZED)
    return open_credentials(usable(row))


def refused_anew(row: Connection) -> RefreshFailed:
    """users/me refuses even the token that was just issued: nobody renews it again for a while.

    Returns what callers are told. Errors: NeedsReauth, once that has gone on for LONGEST_REFUSED.
    """
    now = timezone.now()
    if row.refused_since is not None and now - row.refused_since >= LONGEST_REFUSED:
        end(row)
    until = now + REFUSED_PAUSE
    same_tokens(row).update(refused_since=row.refused_since or now, refresh_not_before=until)
    log.warning("Harvest refuses a token that it has just issued", connection=str(row.pk))
    return RefreshFailed(REFUSED, retry_after=REFUSED_PAUSE.total_seconds(), truto_is_remote_error=True)


def confirm(row: Connection, about: str) -> Credentials:
    """users/me takes the token: what was refused is the call `about`, or nothing if that is empty.

    A connection that had ended, or whose tokens were in doubt, works again.
    """
    if row.status == Status.NEEDS_REAUTH:
        states.alive(row)
    elif about and row.refused_since is None:
        states.call_refused(row, about)
    else:
        same_tokens(row).update(checked_at=timezone.now(), refused_since=None, refresh_not_before=None)
    return open_credentials(usable(row))


def _refusal(row: Connection) -> str:
    """A refresh that was under way when its process died may have used up the refresh token."""
    if row.refresh_started_at is not None:
        return "Harvest refused the refresh token; an earlier renewal was cut off before its answer was stored."
    return "Harvest refused the refresh token: access was revoked, or not used for too long."


def _lock(row: Connection) -> str:
    return f"refresh {row.pk}"

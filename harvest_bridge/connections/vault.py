"""The tokens of a connection: stored sealed, opened for a call, renewed before they expire, once.

The row is the authority: `token_generation` counts renewals, and only the holder of the current generation writes the
next. Around the request to Harvest stands a lock that lives and dies with its holder (`locks.py`), so however slow
the answer is, nobody asks twice; and `refresh_started_at`, committed before, tells after a crash that one was cut off.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from harvest_bridge.api.locks import try_lock
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.errors import HarvestError, HarvestGrantRefused
from harvest_bridge.harvest.operations import refresh_access_token
from harvest_bridge.harvest.records import TokenGrant
from harvest_bridge.metrics import REFRESHES

from . import states, upstream
from .errors import NeedsReauth, RefreshInProgress
from .models import Connection, Status

log = structlog.get_logger(__name__)

# A call needs a token that outlives it; the worker renews long before, so that callers seldom wait for it.
CALL_MARGIN = timedelta(minutes=5)
REFRESH_AHEAD = timedelta(hours=1)
# A token that Harvest refuses so soon after a renewal will not get better by another one.
STILL_FRESH = timedelta(minutes=10)
_POLL_SECONDS = 0.1


def seal_grant(connection: Connection, grant: TokenGrant, *, now: datetime) -> dict[str, object]:
    """The fields that store `grant` on this connection's row; the refresh token that came back always wins."""
    ring = key_ring()
    return {
        "sealed_access_token": ring.seal(grant.access_token, bound_to=connection.binding("access token")),
        "sealed_refresh_token": ring.seal(grant.refresh_token, bound_to=connection.binding("refresh token")),
        "access_token_expires_at": now + timedelta(seconds=grant.expires_in),
        "last_refreshed_at": now,
        "refresh_started_at": None,
        "updated_at": now,
    }


def credentials(connection: Connection, *, margin: timedelta = CALL_MARGIN) -> Credentials:
    """An access token good for at least `margin`. Errors: NeedsReauth, RefreshInProgress, HarvestError."""
    row = _usable(connection)
    expires_at = row.access_token_expires_at
    if expires_at is None or timezone.now() < expires_at - margin:
        return _open(row)
    return _renewed(row, is_still_good=timezone.now() < expires_at)


def renew(connection: Connection, *, rejected: Credentials) -> Credentials:
    """After a 401: a newer generation than the rejected one; Harvest is asked at most once per generation."""
    row = _usable(connection)
    if row.token_generation > rejected.generation:
        return _open(row)
    if _is_hopeless(row):
        states.needs_reauth(row, "Harvest refuses even the newest token: the person or the account may be archived.")
        return _open(_usable(row))
    return _renewed(row, is_still_good=False, is_forced=True)


def refresh_now(connection: Connection) -> None:
    """Renew whatever the state, for operators and `/refresh-credentials`; one that must be linked again may recover.

    Errors: NeedsReauth, RefreshInProgress, HarvestError.
    """
    row = Connection.objects.get(pk=connection.pk)
    if not row.sealed_refresh_token:
        raise NeedsReauth("There is nothing to renew: this connection has no refresh token. Link it again instead.")
    _renewed(row, is_still_good=False)


def refresh_due(*, now: datetime) -> list[Connection]:
    """Active connections whose token ends soon, for the worker."""
    due = Connection.objects.filter(status=Status.ACTIVE, disconnected_at=None)
    return list(due.filter(access_token_expires_at__lt=now + REFRESH_AHEAD))


def _renewed(row: Connection, *, is_still_good: bool, is_forced: bool = False) -> Credentials:
    """Ask Harvest, or wait for whoever does; an old token that is still good serves meanwhile."""
    deadline = time.monotonic() + settings.HARVEST_TIMEOUT_SECONDS
    while True:
        with try_lock(f"refresh {row.pk}") as is_ours:
            current = Connection.objects.get(pk=row.pk)
            if (current.token_generation, current.status) != (row.token_generation, row.status):
                return _open(_usable(row))  # somebody else has the answer, good or bad
            if is_ours:
                return _ask_or_make_do(current, is_still_good=is_still_good, is_forced=is_forced)
        if is_still_good:
            return _open(row)
        if time.monotonic() > deadline:
            raise RefreshInProgress("Harvest is slow to renew this connection's tokens; try again.", retry_after=5)
        time.sleep(_POLL_SECONDS)


def _ask_or_make_do(row: Connection, *, is_still_good: bool, is_forced: bool) -> Credentials:
    try:
        return _ask_harvest(row, is_forced=is_forced)
    except HarvestError:
        if is_still_good:
            return _open(row)
        raise


def _ask_harvest(row: Connection, *, is_forced: bool) -> Credentials:
    """The one request, and its answer into the row. Whoever calls holds the lock."""
    refresh_token = key_ring().open(row.sealed_refresh_token, bound_to=row.binding("refresh token"))
    same = Connection.objects.filter(pk=row.pk, token_generation=row.token_generation, disconnected_at=None)
    same.update(refresh_started_at=timezone.now())
    try:
        grant = upstream.send(refresh_access_token(refresh_token))
    except HarvestError as error:
        is_refused = isinstance(error, HarvestGrantRefused) and error.reason == "invalid_grant"
        REFRESHES.labels("refused" if is_refused else "failed").inc()
        if is_refused:
            states.needs_reauth(row, _refusal(row))
            return _open(_usable(row))
        same.update(refresh_started_at=None)
        raise
    REFRESHES.labels("renewed").inc()
    fields = seal_grant(row, grant, now=timezone.now())
    newer = row.token_generation + 1
    fields |= {"token_generation": newer} | ({"forced_generation": newer} if is_forced else {})
    if same.update(**fields):
        states.works(row)
        log.info("tokens refreshed", connection=str(row.pk), generation=newer)
    return _open(_usable(row))


def _refusal(row: Connection) -> str:
    """A refresh that was under way when its process died may have used up the refresh token."""
    if row.refresh_started_at is not None:
        return "Harvest refused the refresh token; an earlier renewal was cut off before its answer was stored."
    return "Harvest refused the refresh token: access was revoked, or not used for too long."


def _is_hopeless(row: Connection) -> bool:
    if not row.sealed_refresh_token:
        return True
    is_fresh = row.last_refreshed_at is not None and timezone.now() - row.last_refreshed_at < STILL_FRESH
    return row.forced_generation == row.token_generation and is_fresh


def _usable(connection: Connection) -> Connection:
    """The row as it is now. Errors: NeedsReauth, also for a connection that was disconnected meanwhile."""
    row = Connection.objects.filter(pk=connection.pk, disconnected_at=None).first()
    if row is None or row.status == Status.NEEDS_REAUTH:
        raise NeedsReauth(
            "This Harvest account must be linked again: make a link token with its integrated_account_id and open the "
            "connect page.",
            truto_is_remote_error=True,
        )
    return row


def _open(row: Connection) -> Credentials:
    token = key_ring().open(row.sealed_access_token, bound_to=row.binding("access token"))
    return Credentials(access_token=token, account_id=str(row.harvest_account_id), generation=row.token_generation)

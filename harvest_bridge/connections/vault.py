"""The tokens of a connection: stored sealed, opened for a call, renewed before they expire.

The row is the authority. A refresh is claimed by a conditional update on the generation, and its result is written by
another one, so of many callers one asks Harvest and a late answer never overwrites a newer one.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import structlog
from django.db.models import F, Q
from django.utils import timezone

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.errors import HarvestError, HarvestGrantRefused
from harvest_bridge.harvest.operations import refresh_access_token
from harvest_bridge.harvest.records import TokenGrant

from . import upstream
from .errors import NeedsReauth, RefreshInProgress
from .models import Connection, Status

log = structlog.get_logger(__name__)

# A call needs a token that outlives it; the worker renews long before, so that callers seldom wait for it.
CALL_MARGIN = timedelta(minutes=5)
REFRESH_AHEAD = timedelta(hours=1)
_CLAIM = timedelta(seconds=60)
_WAIT_SECONDS = 10.0
_POLL_SECONDS = 0.1


def seal_grant(connection: Connection, grant: TokenGrant, *, now: datetime) -> dict[str, object]:
    """The fields that store `grant` on this connection's row; the refresh token that came back always wins."""
    ring = key_ring()
    return {
        "sealed_access_token": ring.seal(grant.access_token, bound_to=connection.binding("access token")),
        "sealed_refresh_token": ring.seal(grant.refresh_token, bound_to=connection.binding("refresh token")),
        "access_token_expires_at": now + timedelta(seconds=grant.expires_in),
        "last_refreshed_at": now,
        "refresh_claimed_until": None,
        "updated_at": now,
    }


def credentials(connection: Connection, *, margin: timedelta = CALL_MARGIN) -> Credentials:
    """An access token good for at least `margin`. Errors: NeedsReauth, RefreshInProgress, HarvestError."""
    row = _current(connection)
    expires_at = row.access_token_expires_at
    if expires_at is None or timezone.now() < expires_at - margin:
        return _open(row)
    return _refreshed(row, usable_until=expires_at)


def renew(connection: Connection, *, rejected: Credentials) -> Credentials:
    """After a 401: a newer generation than the rejected one, asking Harvest only if nobody has yet."""
    row = _current(connection)
    if row.token_generation > rejected.generation:
        return _open(row)
    return _refreshed(row, usable_until=None)


def refresh_due(*, now: datetime) -> list[Connection]:
    """Active connections whose token ends soon, for the worker."""
    due = Connection.objects.filter(status=Status.ACTIVE, disconnected_at=None)
    return list(due.filter(access_token_expires_at__lt=now + REFRESH_AHEAD))


def _refreshed(row: Connection, *, usable_until: datetime | None) -> Credentials:
    """Refresh, or wait for whoever does; an old token that is still good serves meanwhile."""
    still_good = usable_until is not None and timezone.now() < usable_until
    if not _claim(row):
        return _open(row) if still_good else _await_newer(row)
    try:
        return _ask_harvest(row)
    except HarvestError:
        if still_good:
            return _open(row)
        raise


def _claim(row: Connection) -> bool:
    now = timezone.now()
    free = Q(refresh_claimed_until=None) | Q(refresh_claimed_until__lt=now)
    mine = Connection.objects.filter(free, pk=row.pk, token_generation=row.token_generation, disconnected_at=None)
    return mine.update(refresh_claimed_until=now + _CLAIM) == 1


def _ask_harvest(row: Connection) -> Credentials:
    refresh_token = key_ring().open(row.sealed_refresh_token, bound_to=row.binding("refresh token"))
    same = Connection.objects.filter(pk=row.pk, token_generation=row.token_generation)
    try:
        grant = upstream.send(refresh_access_token(refresh_token))
    except HarvestError as error:
        if isinstance(error, HarvestGrantRefused) and error.reason == "invalid_grant":
            return _adopt_or_give_up(row)
        same.update(refresh_claimed_until=None)
        raise
    same.update(**seal_grant(row, grant, now=timezone.now()), token_generation=F("token_generation") + 1)
    log.info("tokens refreshed", connection=str(row.pk))
    return _open(_current(row))


def _adopt_or_give_up(row: Connection) -> Credentials:
    """`invalid_grant`: perhaps somebody refreshed meanwhile; if not, the connection must be linked again."""
    error = {
        "code": NeedsReauth.code,
        "message": "Harvest refused the refresh token.",
        "at": timezone.now().isoformat(),
    }
    changed = Connection.objects.filter(pk=row.pk, token_generation=row.token_generation, status=Status.ACTIVE).update(
        status=Status.NEEDS_REAUTH, last_error=error, refresh_claimed_until=None, updated_at=timezone.now()
    )
    if changed:
        log.warning("connection needs to be linked again", connection=str(row.pk))
    return _open(_current(row))


def _await_newer(row: Connection) -> Credentials:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        current = _current(row)
        if current.token_generation > row.token_generation:
            return _open(current)
    raise RefreshInProgress("Harvest is slow to renew this connection's tokens; try again shortly.", retry_after=5)


def _current(connection: Connection) -> Connection:
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

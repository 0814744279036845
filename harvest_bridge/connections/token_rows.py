"""The tokens of a connection in its row: sealed at rest, opened for a call.

The row is the authority: `token_generation` counts renewals, and only the holder of the current generation writes the
next.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.records import TokenGrant

from .errors import NeedsReauth
from .models import Connection, Status


def seal_grant(connection: Connection, grant: TokenGrant, *, now: datetime) -> dict[str, object]:
    """The fields that store `grant` on this connection's row; the refresh token that came back always wins."""
    ring = key_ring()
    return {
        "sealed_access_token": ring.seal(grant.access_token, bound_to=connection.binding("access token")),
        "sealed_refresh_token": ring.seal(grant.refresh_token, bound_to=connection.binding("refresh token")),
        "access_token_expires_at": now + timedelta(seconds=grant.expires_in),
        "last_refreshed_at": now,
        "refresh_started_at": None,
        "refresh_failures": 0,
        "refresh_not_before": None,
        "checked_at": None,
        "refused_since": None,
        "updated_at": now,
    }


def open_credentials(row: Connection) -> Credentials:
    token = key_ring().open(row.sealed_access_token, bound_to=row.binding("access token"))
    return Credentials(access_token=token, account_id=str(row.harvest_account_id), generation=row.token_generation)


def current_row(connection: Connection) -> Connection:
    """As it is now. Errors: NeedsReauth for one that was disconnected meanwhile."""
    row = Connection.objects.filter(pk=connection.pk, disconnected_at=None).first()
    if row is None:
        raise needs_reauth()
    return row


def usable(connection: Connection) -> Connection:
    """Errors: NeedsReauth."""
    row = current_row(connection)
    if row.status == Status.NEEDS_REAUTH:
        raise needs_reauth()
    return row


def same_tokens(row: Connection) -> QuerySet[Connection]:
    """The row as long as it has the same tokens: whoever lost the lock cannot overwrite newer ones."""
    return Connection.objects.filter(pk=row.pk, token_generation=row.token_generation, disconnected_at=None)


def needs_reauth() -> NeedsReauth:
    return NeedsReauth(
        "This Harvest account must be linked again: make a link token with its integrated_account_id and open the "
        "connect page.",
        truto_is_remote_error=True,
    )

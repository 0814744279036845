"""Portal tokens: what a host's back end signs so that its page may show one client's invoices (DESIGN §4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvest_bridge.connections.models import Connection, Kind
from harvest_bridge.connections.queries import connections_of
from harvest_bridge.embed.errors import PortalTokenExpired, PortalTokenInvalid, PortalTokenReplayed
from timer_widget.sessions.signatures import HostToken, TokenKind, verified

PORTAL_TOKEN = TokenKind(
    "portal token",
    "portal",
    invalid=PortalTokenInvalid,
    expired=PortalTokenExpired,
    replayed=PortalTokenReplayed,
    required=("client_id",),
)
_MOST = 2**63


@dataclass(frozen=True)
class PortalClaims:
    """A verified portal token: whose invoices its page may show."""

    token: HostToken
    connection: Connection
    client_id: int


def verify(token: str) -> PortalClaims:
    """Errors: PortalTokenExpired; PortalTokenInvalid, which names the claim and the remedy."""
    found = verified(token, PORTAL_TOKEN)
    client_id = _client_id(found.claims["client_id"])
    return PortalClaims(found, _connection(found, found.text("integrated_account_id")), client_id)


def _client_id(value: Any) -> int:
    """A whole number, or the same as text, as it stands in a host's database."""
    text = str(value) if type(value) in (int, str) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) < _MOST):
        raise PortalTokenInvalid("client_id: must be Harvest's id of the client, as a whole number.")
    return int(text)


def _connection(token: HostToken, named: str) -> Connection:
    """The account that the token names, of its own tenant; without a name the tenant's only account connection."""
    rows = connections_of(token.key.host_app).filter(tenant_id=token.tenant_id)
    if named:
        found = next((row for row in rows if str(row.pk) == named.lower()), None)
        if found is None:
            raise PortalTokenInvalid("integrated_account_id: this tenant_id has no such linked account.")
        return found
    accounts = list(rows.filter(kind=Kind.ACCOUNT)[:2])
    if len(accounts) != 1:
        how_many = "several linked accounts" if accounts else "no linked account"
        raise PortalTokenInvalid(f"integrated_account_id: this tenant_id has {how_many}; name the one to show.")
    return accounts[0]

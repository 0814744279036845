"""Queries for connections and link tokens; each is scoped to a host app first."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from harvest_bridge.crypto.tokens import token_hash
from harvest_bridge.hosts.models import HostApp

from .errors import NoSuchConnection
from .models import Connection, Kind, LinkToken, Status


def connections_of(host_app: HostApp) -> QuerySet[Connection]:
    """The host app's connections that are not disconnected, newest first."""
    return Connection.objects.select_related("host_app").filter(host_app=host_app, disconnected_at=None)


def connection_of(host_app: HostApp, connection_id: str | UUID) -> Connection:
    """One of the host app's own. Errors: NoSuchConnection, for another host app's too."""
    try:
        return connections_of(host_app).get(pk=UUID(str(connection_id)))
    except (ValueError, Connection.DoesNotExist) as error:
        raise NoSuchConnection(
            f"integrated_account_id: this host app has no connection {str(connection_id)[:64]!r}."
        ) from error


def personal_connection(host_app: HostApp, *, tenant_id: str, user_id: str) -> Connection | None:
    """The person's own connection; an active one before one that must be linked again, then the newest."""
    return personal_connections(host_app, tenant_id=tenant_id, user_ids=[user_id]).get(user_id)


def personal_connections(host_app: HostApp, *, tenant_id: str, user_ids: Collection[str]) -> dict[str, Connection]:
    """The same for several people, by `user_id`, in one query."""
    own = connections_of(host_app).filter(tenant_id=tenant_id, kind=Kind.PERSONAL, user_id__in=user_ids)
    best: dict[str, Connection] = {}
    for row in own.order_by("updated_at"):
        if row.status == Status.ACTIVE or row.user_id not in best or best[row.user_id].status != Status.ACTIVE:
            best[row.user_id] = row
    return best


def connections_seen_by(link_token: LinkToken) -> QuerySet[Connection]:
    """What the holder of a link token may see and end, newest first.

    A customer's shows all of the customer's; one person's only theirs; one that renews a connection only that; a spent
    one only the connection that it made.
    """
    rows = connections_of(link_token.host_app).filter(tenant_id=link_token.tenant_id)
    if link_token.kind == Kind.PERSONAL:
        rows = rows.filter(kind=Kind.PERSONAL, user_id=link_token.user_id)
    if link_token.relinks_id is not None:
        rows = rows.filter(pk=link_token.relinks_id)
    if link_token.spent_at is None:
        return rows
    return rows.filter(pk=link_token.connection_id) if link_token.connection_id else rows.none()


def connection_seen_by(link_token: LinkToken, connection_id: str) -> Connection:
    """One of them. Errors: NoSuchConnection, for those of others too."""
    try:
        return connections_seen_by(link_token).get(pk=UUID(connection_id))
    except (ValueError, Connection.DoesNotExist) as error:
        raise NoSuchConnection(f"connection: this link has no connection {connection_id[:64]!r}.") from error


def link_token_of_any_age(text: str) -> LinkToken | None:
    """The link token with this text, spent or not, for whoever waits for its outcome."""
    rows = LinkToken.objects.select_related("host_app", "relinks", "connection", "api_key", "widget_key")
    return rows.filter(token_hash=token_hash(text)).first()


def link_token_by_id(link_token_id: UUID | str) -> LinkToken | None:
    """The same by id, as a browser's memory names it; spent or not."""
    rows = LinkToken.objects.select_related("host_app", "relinks", "connection", "api_key", "widget_key")
    return rows.filter(pk=link_token_id).first()

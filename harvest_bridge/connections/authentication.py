"""Authentication of callers that act for one connection, and how a request names its connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request

from harvest_bridge.api import admissions, authentication
from harvest_bridge.api.callers import Caller, HostBackEnd
from harvest_bridge.crypto.tokens import token_hash
from harvest_bridge.hosts.models import ApiKey, HostApp
from harvest_bridge.hosts.services import API_KEY_PREFIX
from harvest_bridge.request_context import CallerIdentity, note_connection

from . import cached_rows, queries
from .errors import InvalidIntegratedAccountToken, MissingConnection, NoSuchConnection
from .models import Connection, IntegratedAccountToken
from .services import ACCOUNT_TOKEN_PREFIX


@dataclass(frozen=True)
class ConnectionHolder(Caller):
    """A browser or job with an integrated-account token: the data of one connection, within the scopes of a key, and of
    these no more than its own, where it has some."""

    scheme = "integratedAccountToken"

    connection: Connection
    api_key: ApiKey
    expires_at: datetime
    scopes: tuple[str, ...] | None = None

    @property
    def who(self) -> CallerIdentity:
        return CallerIdentity("account_token", api_key_id=self.api_key.pk).about(self.connection)

    def may(self, scope: str) -> bool:
        return scope in self.api_key.scopes and (self.scopes is None or scope in self.scopes)

    @property
    def ends_at(self) -> datetime:
        return min(end for end in (self.expires_at, self.api_key.expires_at) if end is not None)


def connection_holder(token: str) -> ConnectionHolder:
    """Errors: InvalidIntegratedAccountToken."""
    now = timezone.now()
    rows = IntegratedAccountToken.objects.select_related("connection__host_app", "api_key")
    row = rows.filter(token_hash=token_hash(token), connection__disconnected_at=None).first()
    if row is None or row.expires_at <= now:
        raise InvalidIntegratedAccountToken(
            "This integrated-account token is unknown or older than 15 minutes; ask for a new one."
        )
    if not row.api_key.is_valid_at(now):
        raise InvalidIntegratedAccountToken(
            "The API key that made this integrated-account token was revoked or has expired; ask for a new token with "
            "another key."
        )
    scopes = None if row.scopes is None else tuple(row.scopes)
    return ConnectionHolder(connection=row.connection, api_key=row.api_key, expires_at=row.expires_at, scopes=scopes)


def connection_for(request: Request) -> Connection:
    """The connection a data request is about: the token's own, or the one named by `integrated_account_id`.

    Errors: MissingConnection, NoSuchConnection.
    """
    return connection_of_caller(request.user, request.query_params.get("integrated_account_id", ""))


def connection_of_caller(caller: object, named: str) -> Connection:
    """The same for what is no REST view; `named` is the id, or nothing. Errors: MissingConnection, NoSuchConnection."""
    if isinstance(caller, ConnectionHolder):
        if named not in ("", str(caller.connection.pk)):
            raise NoSuchConnection("integrated_account_id: this token is for another connection.")
        return caller.connection
    if not named:
        raise MissingConnection("integrated_account_id: name the connection; GET /integrated-account lists them.")
    if not isinstance(caller, HostBackEnd):
        raise NoSuchConnection("integrated_account_id: this caller has no connections.")
    connection = _named(caller.host_app, named)
    note_connection(connection)
    return connection


def _named(host_app: HostApp, connection_id: str) -> Connection:
    """Errors: NoSuchConnection."""
    find = partial(queries.connection_of, host_app, connection_id)
    try:
        return admissions.remembered_of_connection(UUID(connection_id), "row", find)
    except ValueError:
        return find()


authentication.register(ACCOUNT_TOKEN_PREFIX, connection_holder)
admissions.watch(ACCOUNT_TOKEN_PREFIX, cached_rows.of_holder)
admissions.watch(API_KEY_PREFIX, cached_rows.of_key)

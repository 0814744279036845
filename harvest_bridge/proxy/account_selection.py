"""Selects the connection for a drop-in request (DESIGN §4.4, "Which connection")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple
from uuid import UUID

from harvest_bridge.api import authentication
from harvest_bridge.api.admissions import PresentedToken
from harvest_bridge.api.cache_versions import Question
from harvest_bridge.api.callers import Caller, HostBackEnd
from harvest_bridge.api.errors import MissingScope, TokenNotAccepted
from harvest_bridge.api.permissions import missing
from harvest_bridge.connections import cached_rows, queries
from harvest_bridge.connections.authentication import ConnectionHolder
from harvest_bridge.connections.errors import NoSuchConnection
from harvest_bridge.connections.models import Connection, Kind
from harvest_bridge.connections.services import ACCOUNT_TOKEN_PREFIX
from harvest_bridge.crypto.tokens import token_hash
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import HostApp, Scope

_LONGEST_NUMBER = 18  # digits of a 64-bit id


class NoAccountChosen(BridgeError):
    """Harvest itself answers 401 to all of these, so its clients know what to do with one."""

    status: ClassVar[int] = 401
    code = "account_missing"


class AccountNotLinked(NoAccountChosen):
    code = "account_not_linked"


class AccountAmbiguous(NoAccountChosen):
    code = "account_ambiguous"


class ConnectionUnknown(NoAccountChosen):
    code = "connection_unknown"


class CacheKey(NamedTuple):
    """Under what a credential is remembered: its token's hash, and what it names."""

    token_hash: str
    account_id: str
    connection_id: str


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request shows: its token, the Harvest account and the connection that it names, each perhaps empty."""

    token: str = field(repr=False)
    account_id: str = ""
    connection_id: str = ""

    @property
    def cache_key(self) -> CacheKey:
        return CacheKey(token_hash(self.token), self.account_id, self.connection_id)


def question_of(credential: Credential) -> Question | None:
    """The rows that the choice rests on; None where the credential names no connection and no account."""
    hashed = credential.cache_key.token_hash
    if credential.token.startswith(ACCOUNT_TOKEN_PREFIX):
        return cached_rows.of_holder(PresentedToken(hashed))
    try:
        if credential.connection_id:
            return cached_rows.of_connection(hashed, UUID(credential.connection_id))
        return cached_rows.of_account(hashed, int(credential.account_id))
    except ValueError:
        return None


def caller_of(credential: Credential) -> HostBackEnd | ConnectionHolder:
    """Errors: those of `authentication.caller_for`; TokenNotAccepted, MissingScope."""
    caller: Caller = authentication.caller_for(credential.token)
    if not isinstance(caller, HostBackEnd | ConnectionHolder):
        raise TokenNotAccepted("Harvest is open to API keys and integrated-account tokens only.")
    if not caller.may(Scope.HARVEST):
        raise MissingScope(missing(Scope.HARVEST))
    return caller


def connection_for(caller: HostBackEnd | ConnectionHolder, credential: Credential) -> Connection:
    """Errors: NoAccountChosen and its kinds."""
    if isinstance(caller, ConnectionHolder):
        connection = caller.connection
        if credential.connection_id not in ("", str(connection.pk)):
            raise ConnectionUnknown("Harvest-Bridge-Connection: this token is for another connection.")
    elif credential.connection_id:
        connection = _named(caller.host_app, credential.connection_id)
    else:
        connection = _account_connection(caller.host_app, credential.account_id)
    if credential.account_id not in ("", str(connection.harvest_account_id)):
        raise AccountNotLinked("Harvest-Account-Id: that is not the account of this connection.")
    return connection


def _named(host_app: HostApp, connection_id: str) -> Connection:
    try:
        return queries.connection_of(host_app, connection_id)
    except NoSuchConnection as error:
        raise ConnectionUnknown("Harvest-Bridge-Connection: this host app has no such connection.") from error


def _account_connection(host_app: HostApp, account_id: str) -> Connection:
    if not account_id:
        raise NoAccountChosen("Harvest-Account-Id: name the Harvest account; GET /integrated-account lists them.")
    if not (account_id.isascii() and account_id.isdecimal() and len(account_id) <= _LONGEST_NUMBER):
        raise AccountNotLinked("Harvest-Account-Id: a Harvest account id is a number.")
    linked = queries.connections_of(host_app).filter(harvest_account_id=int(account_id))
    found = list(linked.filter(kind=Kind.ACCOUNT)[:2])
    if len(found) > 1:
        raise AccountAmbiguous(
            "Harvest-Account-Id: several of your customers linked this account; name one in Harvest-Bridge-Connection."
        )
    if not found and linked.exists():
        raise AccountNotLinked(
            "Harvest-Account-Id: only people linked this account, for themselves; name a connection in "
            "Harvest-Bridge-Connection."
        )
    if not found:
        raise AccountNotLinked("Harvest-Account-Id: this account is not linked here, or no longer.")
    return found[0]

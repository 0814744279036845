"""Who may read which mirror, for paths that are answered beside Django."""

from __future__ import annotations

from harvest_bridge.api.authentication import caller_for
from harvest_bridge.api.callers import Caller, HostBackEnd
from harvest_bridge.api.errors import MissingScope, TokenNotAccepted
from harvest_bridge.api.permissions import missing
from harvest_bridge.connections.authentication import ConnectionHolder, connection_of_caller
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import Scope


def admitted(token: str, named: str) -> tuple[Caller, Connection]:
    """The caller, and the connection that is `named` or that the token is for.

    Errors: those of `caller_for`, TokenNotAccepted, MissingScope, MissingConnection, NoSuchConnection.
    """
    caller = caller_for(token)
    if not isinstance(caller, HostBackEnd | ConnectionHolder):
        raise TokenNotAccepted("This kind of token is not accepted here; see docs/api.md, “Tokens”.")
    if not caller.may(Scope.HARVEST):
        raise MissingScope(missing(Scope.HARVEST))
    return caller, connection_of_caller(caller, named)

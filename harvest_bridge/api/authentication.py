"""Bearer tokens: a register of token classes by prefix, filled by the apps that hand the tokens out."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from harvest_bridge.crypto.tokens import token_hash
from harvest_bridge.hosts import queries, services

from . import admissions
from .callers import Caller, HostBackEnd
from .database_connections import note
from .errors import InvalidApiKey, MissingToken, UnknownToken

Resolver = Callable[[str], Caller]
_resolvers: dict[str, Resolver] = {}


def register(prefix: str, resolver: Resolver) -> None:
    """Let `resolver` turn tokens that begin with `prefix` into callers; it raises a BridgeError for bad ones."""
    _resolvers[prefix] = resolver


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …` and nothing else: no cookies, no query strings."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        return caller_for(bearer_token(request.headers.get("Authorization", ""))), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def bearer_token(header: str) -> str:
    """Errors: MissingToken."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise MissingToken("Send your token as `Authorization: Bearer <token>`.")
    return token.strip()


def caller_for(token: str) -> Caller:
    """Whoever the token stands for. Errors: UnknownToken; those of the token's own class."""
    return admissions.remembered(
        ("caller", token_hash(token)), lambda: _resolved(token), until=lambda caller: caller.ends_at
    )


def _resolved(token: str) -> Caller:
    for prefix, resolver in _resolvers.items():
        if token.startswith(prefix):
            return resolver(token)
    raise UnknownToken("This is not a token of ours; API keys begin with hb_live_.")


def host_back_end(token: str) -> HostBackEnd:
    """The host app behind an API key. Errors: InvalidApiKey."""
    api_key = queries.api_key_for(token)
    now = timezone.now()
    if api_key is None:
        raise InvalidApiKey("This API key does not exist. Check that it was copied whole and belongs to this bridge.")
    if not api_key.is_valid_at(now):
        ended = "was revoked" if api_key.revoked_at else "has expired"
        raise InvalidApiKey(f"The API key {api_key.prefix}… {ended}; issue a new one in the admin.")
    if services.is_use_due(api_key=api_key, now=now):
        note(lambda: services.note_use(api_key=api_key, now=now))
    return HostBackEnd(host_app=api_key.host_app, api_key=api_key)


register(services.API_KEY_PREFIX, host_back_end)

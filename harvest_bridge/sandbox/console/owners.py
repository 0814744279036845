"""Whose requests these are: from tokens and paths to names that people know."""

from __future__ import annotations

from harvest_bridge.sandbox.identities import Token
from harvest_bridge.sandbox.journal import Received
from harvest_bridge.sandbox.world import World


def asker_of(received: Received, world: World) -> str:
    """A person if the token is or was one of ours; else what is known from the path."""
    scheme, _, value = received.headers.get("authorization", "").partition(" ")
    token = world.tokens.known(value.strip()) if scheme.lower() == "bearer" else None
    if token is not None:
        return token.grant.identity.name
    if received.path.startswith("/oauth2/"):
        return "A browser"
    if received.path == "/api/v2/oauth2/token":
        return "The application"
    return "Unknown token" if value else "Nobody"


def purse_owner(purse: str, world: World) -> tuple[str, str]:
    """Name and kind of what a rate limit counts by: a token, or a person or an account by id."""
    token = world.tokens.known(purse)
    if token is not None:
        return token.grant.identity.name, token_kind(token)
    kind, _, number = purse.partition(" ")
    names = {str(one.id): one.name for one in world.accounts.values()}
    if kind == "user":
        names = {str(user.id): user.name for account in world.accounts.values() for user in account.users}
    return names.get(number, number), f"every token of the {'person' if kind == 'user' else 'account'}"


def token_kind(token: Token) -> str:
    return "personal token" if token.grant.client_id is None else f"token ending in {token.value[-4:]}"

"""Codes and refresh tokens against access tokens, and the accounts behind one (REFERENCE §2.4, §2.6)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harvest_bridge.sandbox.answers import json_response
from harvest_bridge.sandbox.bodies import read_body
from harvest_bridge.sandbox.callers import token_of
from harvest_bridge.sandbox.errors import Refusal, no_user_agent
from harvest_bridge.sandbox.identities import InvalidGrant
from harvest_bridge.sandbox.pages import refused
from harvest_bridge.sandbox.world import World

# The words of the Rack::OAuth2 library, which the service uses.
DESCRIPTIONS = {
    "invalid_client": "The client identifier provided is invalid, the client failed to authenticate, "
    "the client did not include its credentials, provided multiple client credentials, "
    "or used unsupported credentials type.",
    "invalid_grant": "The provided access grant is invalid, expired, or revoked (e.g. invalid assertion, "
    "expired authorization token, bad end-user password credentials, "
    "or mismatching authorization code and redirection URI).",
    "unsupported_grant_type": "The access grant included - its type or another attribute - "
    "is not supported by the authorization server.",
}


class TokenEndpoint:
    def __init__(self, world: World) -> None:
        self._world = world

    async def exchange(self, request: Request) -> Response:
        """Errors: `{error, error_description}` with 401 for the client, 400 for the grant (by OAuth's convention)."""
        try:
            _require_agent(request)
            sent = await read_body(request)
        except Refusal as refusal:
            return refused(refusal)
        client = self._world.client
        if (sent.get("client_id"), sent.get("client_secret")) != (client.client_id, client.client_secret):
            return _error(401, "invalid_client")
        try:
            with self._world.lock:
                return self._tokens_for(sent)
        except InvalidGrant:
            return _error(self._world.switches.invalid_grant_status, "invalid_grant")

    async def accounts(self, request: Request) -> Response:
        """The accounts that the token was granted for; `user.id` is the identity's, not the Harvest user's."""
        try:
            _require_agent(request)
            token = token_of(request, self._world)
        except Refusal as refusal:
            return refused(refusal)
        person = token.grant.identity
        accounts = [self._world.accounts[account_id] for account_id in token.grant.accounts()]
        user = {name: getattr(person, name) for name in ("id", "first_name", "last_name", "email")}
        return json_response(
            {
                "user": user,
                "accounts": [
                    {"id": one.id, "name": one.name, "product": one.product, "google_sign_in_required": False}
                    for one in accounts
                ],
            }
        )

    def _tokens_for(self, sent: dict[str, Any]) -> Response:
        """Errors: InvalidGrant."""
        client_id, tokens = str(sent["client_id"]), self._world.tokens
        if sent.get("grant_type") == "authorization_code":
            grant = tokens.redeem_code(str(sent.get("code", "")), client_id)
            access, refresh = tokens.new_access_token(grant), tokens.new_refresh_token(grant)
        elif sent.get("grant_type") == "refresh_token":
            access, refresh = tokens.refresh(str(sent.get("refresh_token", "")), client_id)
        else:
            return _error(400, "unsupported_grant_type")
        return json_response(
            {
                "access_token": access.value,
                "refresh_token": refresh,
                "token_type": "bearer",
                "expires_in": self._world.switches.access_token_lifetime_seconds,
            }
        )


def _require_agent(request: Request) -> None:
    if not request.headers.get("user-agent"):
        raise no_user_agent()


def _error(status: int, error: str) -> Response:
    return json_response({"error": error, "error_description": DESCRIPTIONS[error]}, status)

"""The identity host: codes and refresh tokens into access tokens, and which accounts a token opens.

These bodies hold secrets, so an operation never shows its body, and errors about them repeat none of it.
"""

from __future__ import annotations

from harvest_bridge.harvest.operations.operation import Auth, Host, Operation
from harvest_bridge.harvest.records import Identity, TokenGrant

_TOKEN_PATH = "/api/v2/oauth2/token"  # noqa: S105


def exchange_code(code: str, *, redirect_uri: str | None = None) -> Operation[TokenGrant]:
    """Turn the code that Harvest's consent page handed out into tokens. A code works once.

    Errors: HarvestGrantRefused (used or expired code, wrong client), HarvestOutcomeUnknown.
    Source: Harvest API v2, Authentication, "OAuth2: server-side applications".
    """
    return _token({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})


def refresh_access_token(refresh_token: str) -> Operation[TokenGrant]:
    """A new access token, and the refresh token to keep from now on: always store the one that comes back.

    Errors: HarvestGrantRefused (`reason` is `invalid_grant`), HarvestOutcomeUnknown.
    Source: Harvest API v2, Authentication, "Refreshing tokens".
    """
    return _token({"grant_type": "refresh_token", "refresh_token": refresh_token})


def list_accounts() -> Operation[Identity]:
    """Who the token's owner is, and the accounts that it was granted for.

    Shape: needs a source without an account, such as `StaticTokenSource(access_token)`.
    Source: Harvest API v2, Authentication, "Obtaining account ids".
    """
    return Operation("GET", "/api/v2/accounts", Identity.from_harvest, host=Host.IDENTITY)


def _token(form: dict[str, str | None]) -> Operation[TokenGrant]:
    body = {name: value for name, value in form.items() if value is not None}
    return Operation("POST", _TOKEN_PATH, TokenGrant.from_harvest, body=body, host=Host.IDENTITY, auth=Auth.CLIENT)

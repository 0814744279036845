"""Who is asking: from the credentials of a request to a person in an account (REFERENCE §2.1, §2.7)."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.errors import Refusal, forbidden, invalid_token, no_token, not_found
from harvest_bridge.sandbox.fields import as_int
from harvest_bridge.sandbox.identities import Token
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Caller:
    token: Token
    account: Account
    person: User

    def purse(self, per: str) -> str:
        """What the rate limit counts by: every token for itself, or together with others."""
        keys = {"user": f"user {self.person.id}", "account": f"account {self.account.id}"}
        return keys.get(per, self.token.value)


def caller_of(request: Request, world: World) -> Caller:
    """Errors: 401 in every case that Harvest does not tell apart."""
    token = token_of(request, world)
    account_id = request.headers.get("harvest-account-id") or request.query_params.get("account_id", "")
    account = world.accounts.get(as_int(account_id) or 0)
    if account is None or account.id not in token.grant.accounts() or account.product != "harvest":
        raise _unknown_account(account_id, world.switches)
    person = account.users.get(token.grant.identity.users.get(account.id))
    if person is None or not account.company.is_active:
        raise invalid_token()
    if not person.is_active:
        raise forbidden() if world.switches.archived_user == "403" else invalid_token()
    return Caller(token, account, person)


def token_of(request: Request, world: World) -> Token:
    """The good token of the header, or of the documented query parameter. Errors: 401."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    value = value.strip() if scheme.lower() == "bearer" else ""
    value = value or request.query_params.get("access_token", "")
    if not value:
        raise invalid_token() if world.switches.no_authorization == "invalid_token" else no_token()
    token = world.tokens.find(value)
    if token is None:
        raise invalid_token()
    return token


def _unknown_account(account_id: str, switches: Switches) -> Refusal:
    """Without any account id it is always the 401."""
    return not_found() if account_id and switches.unknown_account == "404" else invalid_token()

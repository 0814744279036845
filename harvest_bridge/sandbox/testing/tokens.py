"""Tokens: given out, aged and taken away."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.identities import personal_token_of
from harvest_bridge.sandbox.testing.handle import Handle


class Tokens(Handle):
    def token_for(self, who: str, *accounts: Account | int) -> str:
        """An OAuth access token, granted for the given accounts (ids are fine; none means all the person has)."""
        return str(self.tokens_for(who, *accounts)["access_token"])

    def tokens_for(self, who: str, *accounts: Account | int) -> dict[str, Any]:
        """`access_token` and `refresh_token` of one new grant, as the token endpoint would give them."""
        identity = self.identity(who)
        ids = tuple(one if isinstance(one, int) else one.id for one in accounts) or None
        with self.world.lock:
            return self.world.tokens.issue(identity, self.client.client_id, ids)

    def personal_token(self, who: str) -> str:
        """The seeded personal access token, the same at every start: `7000101.pt.alice`."""
        return personal_token_of(self.identity(who))

    def expire(self, access_token: str) -> None:
        with self.world.lock:
            self.world.tokens.expire(access_token)

    def revoke(self, token: str) -> None:
        """An access token alone; given a refresh token, the whole grant with all its tokens."""
        with self.world.lock:
            self.world.tokens.revoke(token)

    def revoke_all(self, who: str) -> None:
        """As when a person removes the application on the developers page: every grant of the person is gone."""
        identity = self.identity(who)
        with self.world.lock:
            for token in self.world.tokens.access_tokens():
                if token.grant.identity is identity:
                    token.grant.is_revoked = True

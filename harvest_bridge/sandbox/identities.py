"""People as the identity host knows them, and the tokens it gives out (REFERENCE §2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.switches import Switches


@dataclass(slots=True, kw_only=True)
class Identity:
    """One sign-in. Shape: `users` maps the ids of this person's accounts to the user there (None in Forecast)."""

    id: int
    first_name: str
    last_name: str
    email: str
    users: dict[int, int | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def personal_token_of(identity: Identity) -> str:
    """Predictable on purpose: it opens nothing but a sandbox."""
    return f"{identity.id}.pt.{identity.first_name.lower()}"


@dataclass(slots=True, kw_only=True, eq=False)
class Grant:
    """What one consent allowed: who, for which client, which accounts. All its tokens die with it."""

    identity: Identity
    client_id: str | None
    account_ids: tuple[int, ...] | None
    is_revoked: bool = False

    @classmethod
    def of(cls, identity: Identity, client_id: str | None, account_ids: tuple[int, ...] | None) -> Grant:
        return cls(identity=identity, client_id=client_id, account_ids=account_ids)

    def accounts(self) -> tuple[int, ...]:
        """The ids of the accounts it is good for now; None granted all, also those that the person joins later."""
        mine = self.identity.users
        return tuple(mine) if self.account_ids is None else tuple(one for one in self.account_ids if one in mine)


@dataclass(slots=True, kw_only=True, eq=False)
class Token:
    """An access token. Units: `expires_at` is a timestamp of the sandbox's clock; None for personal ones."""

    value: str
    grant: Grant
    expires_at: float | None
    is_revoked: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Code:
    grant: Grant
    expires_at: float


class InvalidGrant(Exception):
    """The code or refresh token is unknown, spent, expired or revoked."""


class TokenStore:
    """Codes, access and refresh tokens. Codes are single use; lifetimes come from the switches."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Grant] = {}
        self.on_change: Callable[[], None] = lambda: None

    def take_over(self, grant: Grant, access: list[Token], refresh: list[str]) -> None:
        """A grant from before, with its tokens as they were."""
        self._access |= {token.value: token for token in access}
        self._refresh |= dict.fromkeys(refresh, grant)

    def new_code(self, grant: Grant) -> str:
        value = secrets.token_hex(32)
        expires_at = self._clock.timestamp() + self._switches.code_lifetime_seconds
        self._codes[value] = Code(grant=grant, expires_at=expires_at)
        return value

    def redeem_code(self, value: str, client_id: str) -> Grant:
        """Errors: InvalidGrant. A code of another client stays unspent."""
        code = self._codes.get(value)
        if code is None or code.grant.client_id != client_id:
            raise InvalidGrant
        del self._codes[value]
        if self._clock.timestamp() > code.expires_at or code.grant.is_revoked:
            raise InvalidGrant
        return code.grant

    def new_access_token(self, grant: Grant) -> Token:
        value = f"{grant.identity.id}.at.{secrets.token_urlsafe(48)}"
        expires_at = self._clock.timestamp() + self._switches.access_token_lifetime_seconds
        token = self._access[value] = Token(value=value, grant=grant, expires_at=expires_at)
        self.on_change()
        return token

    def new_refresh_token(self, grant: Grant) -> str:
        value = f"{grant.identity.id}.rt.{secrets.token_urlsafe(48)}"
        self._refresh[value] = grant
        self.on_change()
        return value

    def issue(self, identity: Identity, client_id: str, account_ids: tuple[int, ...] | None) -> dict[str, str | int]:
        """The tokens of a new grant, as the token endpoint answers them, without a consent page."""
        grant = Grant.of(identity, client_id, account_ids)
        return {
            "access_token": self.new_access_token(grant).value,
            "refresh_token": self.new_refresh_token(grant),
            "token_type": "bearer",
            "expires_in": self._switches.access_token_lifetime_seconds,
        }

    def refresh(self, value: str, client_id: str) -> tuple[Token, str]:
        """A new access token, and the refresh token to keep from now on. Errors: InvalidGrant."""
        grant = self._refresh.get(value)
        if grant is None or grant.is_revoked or grant.client_id != client_id:
            raise InvalidGrant
        if self._switches.refresh_tokens == "same":
            return self.new_access_token(grant), value
        if self._switches.refresh_tokens == "rotate":
            del self._refresh[value]
        return self.new_access_token(grant), self.new_refresh_token(grant)

    def add_personal_token(self, identity: Identity) -> Token:
        """A personal access token acts in every account of its person and does not expire (REFERENCE §2.2)."""
        value, grant = personal_token_of(identity), Grant.of(identity, None, None)
        token = self._access[value] = Token(value=value, grant=grant, expires_at=None)
        return token

    def find(self, value: str) -> Token | None:
        """The token if it is good now."""
        token = self._access.get(value)
        return token if token is not None and self.is_good(token) else None

    def known(self, value: str) -> Token | None:
        """The token in whatever state."""
        return self._access.get(value)

    def is_good(self, token: Token) -> bool:
        if token.is_revoked or token.grant.is_revoked:
            return False
        return token.expires_at is None or self._clock.timestamp() < token.expires_at

    def access_tokens(self) -> list[Token]:
        return list(self._access.values())

    def refresh_tokens(self) -> dict[str, Grant]:
        return dict(self._refresh)

    def expire(self, value: str) -> None:
        self._access[value].expires_at = self._clock.timestamp()
        self.on_change()

    def expire_of(self, identity: Identity) -> None:
        """Every access token of a person; refreshing still works. Personal tokens do not expire."""
        for token in self._access.values():
            if token.grant.identity is identity and token.expires_at is not None:
                token.expires_at = min(token.expires_at, self._clock.timestamp())
        self.on_change()

    def revoke_of(self, identity: Identity) -> None:
        """As when a person removes every application on the developers page; personal tokens stay."""
        for token in self._access.values():
            if token.grant.identity is identity and token.grant.client_id is not None:
                token.grant.is_revoked = True
        self.on_change()

    def revoke(self, value: str) -> None:
        """An access token alone, or, given a refresh token, the whole grant behind it."""
        if value in self._refresh:
            self._refresh[value].is_revoked = True
        else:
            self._access[value].is_revoked = True
        self.on_change()

"""Credentials of a call, and the protocol of the token source that supplies them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Protocol

_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A token and the account to act in, at one point of the token's life.

    Shape: `generation` grows by one with every renewal, so that two holders can tell whose token is newer.
    Errors: ValueError for a token that cannot stand in a header; the message does not repeat it.
    """

    access_token: str = field(repr=False)
    account_id: str | None = None
    generation: int = 0

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.access_token):
            raise ValueError("an access token is printable ASCII without spaces")
        if self.account_id is not None and not self.account_id.isascii():
            raise ValueError("a Harvest account id is a number")


class TokenSource(Protocol):
    """Gives tokens and renews them.

    `budget_key` names the allowance that calls with this token draw on; two sources on one token share it.
    Both methods run on the I/O loop, and a caller who gives up does not interrupt them.
    """

    @property
    def budget_key(self) -> str: ...

    @property
    def at_hand(self) -> Credentials | None:
        """A token that needs no wait."""
        ...

    async def credentials(self) -> Credentials: ...

    async def renew(self, rejected: Credentials, *, about: str) -> Credentials:
        """Newer credentials than `rejected`, or the same ones when there are none to be had.

        Shape: `about` is the call that Harvest refused them for, such as `GET /v2/projects`.
        """
        ...


class StaticTokenSource:
    """A token that cannot be renewed: a personal access token, or one not stored yet.

    Whoever stores it later should name the same `budget_key`; by default it is a digest of the token.
    """

    def __init__(self, access_token: str, account_id: str | None = None, *, budget_key: str = "") -> None:
        self._credentials = Credentials(access_token, account_id)
        self.budget_key = budget_key or f"token {hashlib.sha256(access_token.encode()).hexdigest()[:32]}"

    @property
    def at_hand(self) -> Credentials:
        return self._credentials

    async def credentials(self) -> Credentials:
        return self._credentials

    async def renew(self, rejected: Credentials, *, about: str) -> Credentials:
        return self._credentials

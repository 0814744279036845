"""Mail that Harvest would have sent. Nothing leaves the sandbox; it can be read there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.records import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    at: datetime
    account_id: int
    to: str
    subject: str
    body: str


class Outbox:
    """Shape: iterates over the mail, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._mail: list[Mail] = []

    def __iter__(self) -> Iterator[Mail]:
        return iter(list(self._mail))

    def send(self, account: Account, *, to: str, subject: str | None, body: str | None) -> None:
        self._mail.append(
            Mail(at=self._clock.now(), account_id=account.id, to=to, subject=subject or "", body=body or "")
        )

    def invite(self, account: Account, user: User) -> None:
        subject = f"You have been invited to {account.company.name} on Harvest"
        self.send(account, to=user.email, subject=subject, body=f"Hi {user.first_name}, join your team on Harvest.")

    def clear(self) -> None:
        self._mail.clear()

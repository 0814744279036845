"""The whole of a sandbox in one place: accounts, people, tokens, and the knobs that tests and developers turn."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from harvest_bridge.sandbox.account import Account, Ids
from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.faults import Faults
from harvest_bridge.sandbox.identities import Identity, TokenStore
from harvest_bridge.sandbox.interruptions import Interruption
from harvest_bridge.sandbox.journal import Journal
from harvest_bridge.sandbox.limits import Limits
from harvest_bridge.sandbox.mail import Outbox
from harvest_bridge.sandbox.switches import Switches


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A registered application (REFERENCE §2.3). A redirect must begin with one of `redirect_urls`."""

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"  # noqa: S105
    name: str = "Harvest Bridge"
    redirect_urls: tuple[str, ...] = ("http://localhost", "http://127.0.0.1")
    is_multi_account: bool = True


class World:
    """State only; `lock` must be held by whoever reads or changes it outside of the server's own thread."""

    def __init__(
        self,
        seed: Callable[[World], None],
        *,
        clock: Clock | None = None,
        switches: Switches | None = None,
        client: OAuthClient | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock or Clock()
        self.switches = switches or Switches()
        self.client = client or OAuthClient()
        self.limits = Limits(self.clock, self.switches)
        self.faults = Faults()
        self.interruptions: list[Interruption] = []
        self.journal = Journal()
        self.outbox = Outbox(self.clock)
        self.on_tokens_changed: Callable[[], None] = lambda: None
        self._seed = seed
        self.reset()

    def reset(self, seed: Callable[[World], None] | None = None) -> None:
        """Back to the seed, or to another one: no faults, spent budgets, journal or mail, personal tokens only.

        Switches and the clock stay as they are.
        """
        with self.lock:
            self._seed = seed or self._seed
            self.ids = Ids()
            self.accounts: dict[int, Account] = {}
            self.identities: dict[int, Identity] = {}
            self.tokens = TokenStore(self.clock, self.switches)
            self.tokens.on_change = self.on_tokens_changed
            self.limits.forget()
            self.faults.clear()
            self.interruptions.clear()
            self.journal.clear()
            self.outbox.clear()
            self._seed(self)
            self.on_tokens_changed()

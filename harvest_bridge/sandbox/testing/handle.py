"""The sandbox under test: its accounts, people and switches."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.identities import Identity
from harvest_bridge.sandbox.seed.agency import AGENCY_ID
from harvest_bridge.sandbox.seed.studio import FORECAST_ID, STUDIO_ID
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.world import OAuthClient, World

ALIASES = {"admin": "alice", "manager": "bruno", "member": "carmen", "contractor": "ivan", "archived": "laura"}


class Handle:
    """Accounts may be given as `Account` or id; people by first name, e-mail address or alias."""

    def __init__(self, world: World, url: str, http: httpx.Client) -> None:
        self.world = world
        self.url = url
        self._http = http

    def reset(self) -> None:
        """Back to the seed, the default switches and the machine's time; tokens given out before are dead."""
        with self.world.lock:
            self.world.switches.turn(msgspec.structs.asdict(Switches()))
            self.world.clock.offset = 0.0
            self.world.reset()

    @property
    def account(self) -> Account:
        """The agency, which tracks durations."""
        return self.world.accounts[AGENCY_ID]

    @property
    def studio(self) -> Account:
        """The second account of Alice, which tracks start and end times."""
        return self.world.accounts[STUDIO_ID]

    @property
    def forecast_account_id(self) -> int:
        return FORECAST_ID

    @property
    def client(self) -> OAuthClient:
        """The registered application: `client_id`, `client_secret`, `redirect_urls`."""
        return self.world.client

    def switch(self, **values: Any) -> None:
        """Turn switches (see switches.py), as in `switch(delete_body="empty", refresh_tokens="rotate")`."""
        with self.world.lock:
            self.world.switches.turn(values)

    def set_mode(self, account: Account | int, *, timestamp: bool) -> None:
        with self.world.lock:
            self._account(account).company.wants_timestamp_timers = timestamp

    def identity(self, who: str) -> Identity:
        name = ALIASES.get(who, who).lower()
        return next(one for one in self.world.identities.values() if name in (one.first_name.lower(), one.email))

    def _account(self, account: Account | int | None) -> Account:
        if isinstance(account, Account):
            return account
        return self.world.accounts[account or AGENCY_ID]

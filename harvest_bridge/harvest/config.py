"""Configuration of the gateway, passed in once at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from harvest_bridge.harvest.budgets import Allowance, Budget, Lane

# Harvest API v2, "Rate limiting".
GENERAL_ALLOWANCE = Allowance(requests=100, window_seconds=15)
# No click asks for a report.
REPORTS_ALLOWANCE = Allowance(requests=100, window_seconds=15 * 60, first_lane=Lane.API)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each phase of one request; `total` bounds them together, `pool` is the wait for a connection.

    A token grant is waited for much longer, as `grant` says: giving up on one may lose a single-use refresh token.
    """

    connect: float = 5.0
    pool: float = 10.0
    read: float = 20.0
    total: float = 30.0
    grant: float = 90.0

    def phases(self) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(None, connect=self.pool, sock_read=self.read, sock_connect=self.connect)


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestConfig:
    """The two upstream hosts, our identity there, and the bounds of our behaviour.

    Shape: `most_in_flight` is how many calls of one budget key this process has under way at once; clicks are not held.
    `redis_url`, when given, is where all processes of all machines share the pacing; otherwise the processes
    of one machine share the SQLite file at `pacing_path`.
    Errors: ValueError for an address that is not a bare http(s) origin.
    """

    user_agent: str
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    api_url: str = "https://api.harvestapp.com"
    id_url: str = "https://id.getharvest.com"
    general: Allowance = GENERAL_ALLOWANCE
    reports: Allowance = REPORTS_ALLOWANCE
    redis_url: str = field(default="", repr=False)
    pacing_path: Path = Path("var/pacing.sqlite3")
    timeouts: Timeouts = Timeouts()
    max_response_bytes: int = 32 * 1024 * 1024
    max_connections: int = 300
    most_in_flight: int = 16

    def __post_init__(self) -> None:
        for url in (self.api_url, self.id_url):
            _require_origin(url)

    @property
    def allowances(self) -> Mapping[Budget, Allowance]:
        return {Budget.GENERAL: self.general, Budget.REPORTS: self.reports}


def _require_origin(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or url != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"{url!r} is not an origin; write it like https://api.harvestapp.com, without a path")
    if parts.username is not None:
        raise ValueError("an upstream address must not carry credentials")

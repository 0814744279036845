"""Configures the Harvest client from settings, and sends calls within HARVEST_TIMEOUT_SECONDS."""

from __future__ import annotations

import contextlib
import math
from typing import TypeVar

from django.conf import settings

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.file_descriptors import shares
from harvest_bridge.harvest import sync_client
from harvest_bridge.harvest.budgets import Allowance, BudgetMeter, Lane, meter_of_request
from harvest_bridge.harvest.config import REPORTS_ALLOWANCE, HarvestConfig
from harvest_bridge.harvest.credentials import TokenSource
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pacing.pacing_health import condition

T = TypeVar("T")


def configure_from_settings() -> None:
    """Cheap and without I/O; the first call to Harvest opens connections.

    An address that is none is left to `checks.py`, which names it with its remedy before anything is served.
    """
    with contextlib.suppress(ValueError):
        sync_client.configure(_config())


def send(
    operation: Operation[T],
    *,
    source: TokenSource | None = None,
    lane: Lane = Lane.API,
    meter: BudgetMeter | None = None,
    max_wait: float | None = None,
    timeout: float | None = None,
) -> T:
    """Send one call, waiting no longer than HARVEST_TIMEOUT_SECONDS in all, or `timeout`.

    Errors: those of `sync_client.send`.
    """
    let_go_of_database()
    timeout = min(timeout or math.inf, settings.HARVEST_TIMEOUT_SECONDS)
    meter = meter or meter_of_request()
    return sync_client.send(operation, source=source, lane=lane, timeout=timeout, meter=meter, max_wait=max_wait)


def pacing_condition() -> str:
    """`ok`, or what operators should know of the counting of our requests (`pacing.condition`)."""
    return condition(_config())


def _config() -> HarvestConfig:
    return HarvestConfig(
        max_connections=shares().to_harvest,
        user_agent=settings.HARVEST_USER_AGENT,
        client_id=settings.HARVEST_CLIENT_ID,
        client_secret=settings.HARVEST_CLIENT_SECRET,
        api_url=settings.HARVEST_API_URL,
        id_url=settings.HARVEST_ID_URL,
        general=Allowance(settings.HARVEST_REQUESTS_PER_WINDOW, settings.HARVEST_WINDOW_SECONDS),
        reports=Allowance(
            settings.HARVEST_REPORT_REQUESTS_PER_WINDOW,
            settings.HARVEST_REPORT_WINDOW_SECONDS,
            first_lane=REPORTS_ALLOWANCE.first_lane,
        ),
        redis_url=settings.REDIS_URL,
        pacing_path=settings.VAR_DIR / "pacing.sqlite3",
        most_in_flight=settings.HARVEST_MAX_CALLS_IN_FLIGHT,
    )

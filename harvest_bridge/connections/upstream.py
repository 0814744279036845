"""Configures the Harvest client from settings."""

from __future__ import annotations

import contextlib

from django.conf import settings

from harvest_bridge.file_descriptors import shares
from harvest_bridge.harvest import sync_client
from harvest_bridge.harvest.budgets import Allowance
from harvest_bridge.harvest.config import REPORTS_ALLOWANCE, HarvestConfig
from harvest_bridge.harvest.pacing.pacing_health import condition


def configure_from_settings() -> None:
    """Cheap and without I/O; the first call to Harvest opens connections.

    An address that is none is left to `checks.py`, which names it with its remedy before anything is served.
    """
    with contextlib.suppress(ValueError):
        sync_client.configure(_config())


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

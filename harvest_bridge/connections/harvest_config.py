"""Tells the gateway of this process what our settings say."""

from __future__ import annotations

from django.conf import settings

from harvest_bridge.harvest import door
from harvest_bridge.harvest.budgets import Allowance
from harvest_bridge.harvest.config import HarvestConfig


def configure_from_settings() -> None:
    """Cheap and without I/O; the first call to Harvest opens connections."""
    door.configure(
        HarvestConfig(
            user_agent=settings.HARVEST_USER_AGENT,
            client_id=settings.HARVEST_CLIENT_ID,
            client_secret=settings.HARVEST_CLIENT_SECRET,
            api_url=settings.HARVEST_API_URL,
            id_url=settings.HARVEST_ID_URL,
            general=Allowance(settings.HARVEST_REQUESTS_PER_WINDOW, settings.HARVEST_WINDOW_SECONDS),
            reports=Allowance(settings.HARVEST_REPORT_REQUESTS_PER_WINDOW, settings.HARVEST_REPORT_WINDOW_SECONDS),
            redis_url=settings.REDIS_URL,
            pacing_path=settings.VAR_DIR / "pacing.sqlite3",
        )
    )

"""The part of Harvest's budget that polls may take together, and how far apart that puts them."""

from __future__ import annotations

import math

from django.conf import settings

from harvest_bridge.connections.budget_keys import budget_key
from harvest_bridge.connections.models import Connection

SHARE_OF_BUDGET = 0.15


def seconds_between_polls() -> int:
    """In whole seconds, as caches count them, so that the polls of a budget together stay below their share of it."""
    window, requests = settings.HARVEST_WINDOW_SECONDS, settings.HARVEST_REQUESTS_PER_WINDOW
    return max(1, math.ceil(window / (SHARE_OF_BUDGET * requests)))


def slot_key(connection: Connection) -> str:
    """The cache key shared by all connections that draw on the same budget."""
    allowance = budget_key(grant_id=connection.grant_id, harvest_account_id=connection.harvest_account_id)
    return f"harvest-look-slot-{allowance}".replace(" ", "-")

"""Leases in the cache: one web process polls a scope at a time, and all scopes of one budget share its allowance."""

from __future__ import annotations

import math

from django.conf import settings
from django.core.cache import caches

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.budget_keys import budget_key
from harvest_bridge.connections.models import Connection
from timer_widget.running_timers import Scope

SHARE_OF_BUDGET = 0.15


def acquire_lease(scope: Scope, connection: Connection) -> bool:
    """Whether the next poll of this scope is ours to make; polls that draw on one budget are spaced.

    A lease expires by itself, so a process that dies is replaced. Nobody gets one while the cache is down.
    """
    lease, pause = scope.key("turn"), seconds_between_polls()
    slot = slot_key(connection)
    if not best_effort(lambda: caches["answers"].add(lease, True, settings.TIMER_LOOK_SECONDS)):
        return False
    if best_effort(lambda: caches["answers"].add(slot, True, pause)):
        return True
    best_effort(lambda: caches["answers"].delete(lease))
    return False


def seconds_between_polls() -> int:
    """In whole seconds, as caches count them, so that the polls of a budget together stay below their share of it."""
    window, requests = settings.HARVEST_WINDOW_SECONDS, settings.HARVEST_REQUESTS_PER_WINDOW
    return max(1, math.ceil(window / (SHARE_OF_BUDGET * requests)))


def slot_key(connection: Connection) -> str:
    """The cache key shared by all connections that draw on the same budget."""
    allowance = budget_key(grant_id=connection.grant_id, harvest_account_id=connection.harvest_account_id)
    return f"harvest-look-slot-{allowance}".replace(" ", "-")

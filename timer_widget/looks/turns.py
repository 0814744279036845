"""Whose turn it is to look at what runs in Harvest, in all web processes together."""

from __future__ import annotations

import math

from django.conf import settings
from django.core.cache import caches

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.budget_keys import budget_key
from harvest_bridge.connections.models import Connection
from timer_widget.shared_looks import Scope

SHARE_OF_ALLOWANCE = 0.15


def take_turn(scope: Scope, connection: Connection) -> bool:
    """Whether the next look of this kind is ours to make: one process's, and all that draw on one allowance in turns.

    A turn ends by itself, so whoever dies with it is followed by another. Nobody has it while the cache is away.
    """
    turn, pause = scope.key("turn"), seconds_between_looks()
    slot = slot_of(connection)
    if not best_effort(lambda: caches["answers"].add(turn, True, settings.TIMER_LOOK_SECONDS)):
        return False
    if best_effort(lambda: caches["answers"].add(slot, True, pause)):
        return True
    best_effort(lambda: caches["answers"].delete(turn))
    return False


def seconds_between_looks() -> int:
    """Whole seconds, as caches count: so all looks of an allowance together take no more than their share of it."""
    window, requests = settings.HARVEST_WINDOW_SECONDS, settings.HARVEST_REQUESTS_PER_WINDOW
    return max(1, math.ceil(window / (SHARE_OF_ALLOWANCE * requests)))


def slot_of(connection: Connection) -> str:
    """The cache key that all have in common who draw on its allowance."""
    allowance = budget_key(grant_id=connection.grant_id, harvest_account_id=connection.harvest_account_id)
    return f"harvest-look-slot-{allowance}".replace(" ", "-")

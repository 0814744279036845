"""Leases in the cache: one web process polls a scope at a time, and all scopes of one budget share its allowance."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Connection
from timer_widget.running_timers import Scope

from .budget_share import seconds_between_polls, slot_key


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

"""The clock of a Harvest account, 12 or 24 hours: Harvest tells it to administrators, and shows it in times of day."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.harvest_permissions import ADMINISTRATOR
from harvest_bridge.harvest.operations import get_company
from harvest_bridge.harvest.records import TimeEntry

from .access import Harvest

_SECONDS = 30 * 24 * 3600
_ASKED_AGAIN_AFTER_SECONDS = 3600
_HALVES = ("am", "pm")
_CLOCKS = ("12h", "24h")


def clock_of(harvest: Harvest) -> str | None:
    """`12h` or `24h`; None where nobody of this account has shown it to us yet.

    An administrator's connection asks for it once an hour, for everybody of the account; no other asks Harvest.
    """
    if ADMINISTRATOR in harvest.connection.access_roles and not _is_fresh(harvest):
        best_effort(lambda: learn_clock(harvest, harvest.call(get_company()).clock))
    return best_effort(lambda: cache.get(harvest.remembered_of_account("clock")))


def learn_clock(harvest: Harvest, clock: str | None) -> None:
    best_effort(lambda: cache.set(_fresh_key(harvest), True, _ASKED_AGAIN_AFTER_SECONDS))
    if clock in _CLOCKS:
        best_effort(lambda: cache.set(harvest.remembered_of_account("clock"), clock, _SECONDS))


def learn_clock_from(harvest: Harvest, entries: Iterable[TimeEntry]) -> None:
    """From times of day as Harvest writes them, `2:05pm` or `14:05`."""
    shown = next((entry.started_time for entry in entries if entry.started_time), None)
    if shown:
        learn_clock(harvest, "12h" if shown.strip().lower().endswith(_HALVES) else "24h")


def _is_fresh(harvest: Harvest) -> bool:
    """Nobody asks while the cache is away."""
    return bool(best_effort(lambda: cache.get(_fresh_key(harvest), False)) is not False)


def _fresh_key(harvest: Harvest) -> str:
    return harvest.remembered_of_account("clock-asked")

"""The world a sandbox begins with: an agency with a year behind it, a small studio, and a Forecast account.

The same day gives the same world: the dice are fixed, and all dates are counted from the clock's today.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harvest_bridge.sandbox.seed.agency import seed_agency
from harvest_bridge.sandbox.seed.studio import seed_forecast, seed_studio
from harvest_bridge.sandbox.world import World


def seed(world: World, *, entries: int = 9000) -> None:
    """Fill `world`. Units: `entries` is about how many time entries the agency has; more need more people."""
    seed_agency(world, entries=entries)
    seed_studio(world)
    seed_forecast(world)


def seed_of(entries: int) -> Callable[[World], None]:
    return partial(seed, entries=entries)

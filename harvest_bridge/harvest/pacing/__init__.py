"""Pacing: many processes, one allowance."""

from __future__ import annotations

from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.pacing.slots import SlotStore
from harvest_bridge.harvest.pacing.sqlite_slots import SqliteSlots


def pacer_for(config: HarvestConfig) -> Pacer:
    """Over Redis where the configuration names one, else over a file."""
    longest_flight = config.timeouts.total
    store: SlotStore
    if config.redis_url:
        from harvest_bridge.harvest.pacing.redis_slots import RedisSlots

        memory = config.pacing_path.with_suffix(".epoch")
        store = RedisSlots(config.redis_url, longest_flight=longest_flight, memory=memory)
    else:
        store = SqliteSlots(config.pacing_path, longest_flight=longest_flight)
    return Pacer(store, config.allowances, most_in_flight=config.most_in_flight)

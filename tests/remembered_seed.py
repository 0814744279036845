"""The sandbox's world is sown once in a while and copied for each test: half of what sowing costs."""

from __future__ import annotations

import pickle
from collections.abc import Callable

from harvest_bridge.sandbox.world import World


class RememberedSeed:
    """A seed for worlds that fall back to it again and again; it sows anew with each hour of the world's clock."""

    def __init__(self, sow: Callable[[World], None]) -> None:
        self._sow = sow
        self._kept: dict[str, bytes] = {}

    def __call__(self, world: World) -> None:
        hour = f"{world.clock.now():%Y-%m-%d %H}"
        if hour not in self._kept:
            self._sow(world)
            self._kept = {hour: pickle.dumps((world.ids, world.accounts, world.identities))}
            return
        world.ids, world.accounts, world.identities = pickle.loads(self._kept[hour])
        for identity in world.identities.values():
            world.tokens.add_personal_token(identity)

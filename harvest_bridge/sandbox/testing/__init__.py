"""A sandbox Harvest for tests, on a real socket.

    with running_sandbox() as harvest:
        harvest.url                                   # http://127.0.0.1:<free port>: API host and identity host at once
        token = harvest.token_for("alice")            # an OAuth access token for all of her accounts
        harvest.get("/v2/users/me", "alice").json()   # ask as somebody
        harvest.reset()                               # back to the seed; cheap, call it between tests

Start one per session and `reset()` per test. Everything is thread safe: the server runs in its own thread, and each
helper holds the world's lock. Records (`Project`, `TimeEntry`, ...) are the sandbox's own objects; read them freely,
change them through helpers or inside `with harvest.world.lock`.

People of the agency (account `harvest.account`, duration mode): alice (administrator; also in the studio and
in Forecast), bruno (manager; also in Forecast), carmen, dev, elif, finn, grace, hana (members), ivan, julia, kwame
(contractors), laura (archived). The studio (`harvest.studio`, timestamp mode): alice (administrator), mona (member).
"alice" may also be called "admin", "bruno" "manager", "carmen" "member", "ivan" "contractor", "laura" "archived".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.server import served_in_thread
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.testing.asking import USER_AGENT, Asking
from harvest_bridge.sandbox.testing.contents import Contents
from harvest_bridge.sandbox.testing.trouble import Trouble
from harvest_bridge.sandbox.world import OAuthClient, World

__all__ = ["USER_AGENT", "RunningSandbox", "running_sandbox"]


class RunningSandbox(Asking, Contents, Trouble):
    """Everything that a test may do with a sandbox; each part is a module of this package."""


@contextmanager
def running_sandbox(
    *,
    entries: int = 900,
    seed: Callable[[World], None] | None = None,
    clock: Clock | None = None,
    switches: Switches | None = None,
    client: OAuthClient | None = None,
    port: int = 0,
) -> Iterator[RunningSandbox]:
    """Shape: yields a RunningSandbox. `entries` is about how many time entries the agency has.

    `seed` fills the world with something else. A fixed clock, as `Clock(lambda: 1_795_500_000.0)`, makes the seed the
    same for ever.
    """
    world = World(seed or seed_of(entries), clock=clock, switches=switches, client=client)
    with served_in_thread(world, port=port) as url, httpx.Client(base_url=url, trust_env=False) as http:
        yield RunningSandbox(world, url, http)

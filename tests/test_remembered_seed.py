"""A copied world is the sown one, as long as the hour lasts."""

from __future__ import annotations

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.records.base import Record
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.seed.agency import AGENCY_ID
from harvest_bridge.sandbox.world import World
from tests.remembered_seed import RememberedSeed

NOON = 1_795_521_600.0


def sown(world: World) -> tuple[list[str], set[str], int]:
    """Its records, whose tokens it knows, and the id that it would give next."""
    account = world.accounts[AGENCY_ID]
    tables: list[list[Record]] = [list(account.users), list(account.projects), list(account.time_entries)]
    records = [repr(record) for table in tables for record in table]
    return records, set(world.tokens._access), world.ids.next("time_entries")


def test_it_is_copied_whole_and_what_a_test_did_to_it_is_gone() -> None:
    clock = Clock(lambda: NOON)
    world = World(RememberedSeed(seed_of(50)), clock=clock)
    expected = sown(World(seed_of(50), clock=clock))
    for _ in range(3):
        assert sown(world) == expected
        account = world.accounts[AGENCY_ID]
        account.users.remove(account.users.rows()[0])
        world.reset()


def test_it_is_sown_anew_when_the_hour_is_another() -> None:
    clock = Clock(lambda: NOON)
    world = World(RememberedSeed(seed_of(50)), clock=clock)
    clock.advance(86_400)
    world.reset()
    assert sown(world) == sown(World(seed_of(50), clock=clock))

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.full_account import FullAccount

NOON = 1_795_521_600.0  # 24 November 2026, 12:00 UTC: the clock stands still


@pytest.fixture(scope="session")
def caller_of_the_session() -> Iterator[Caller]:
    full = FullAccount()
    with (
        running_sandbox(clock=Clock(lambda: NOON), entries=0) as harvest,
        httpx.Client(base_url=harvest.url, trust_env=False) as client,
    ):
        harvest.world.reset(full)
        yield Caller(harvest, client, full)


@pytest.fixture
def caller(caller_of_the_session: Caller) -> Caller:
    caller_of_the_session.harvest.reset()
    return caller_of_the_session


@pytest.fixture
def harvest(caller: Caller) -> RunningSandbox:
    return caller.harvest

"""`convergence.py`, a few passes of it; `make mirror-faults` runs a thousand."""

from __future__ import annotations

import os

import pytest

from harvest_bridge.connections.models import Connection

from .convergence import converge

pytestmark = pytest.mark.django_db

SEEDS = range(int(os.environ.get("MIRROR_SEEDS", "2")))
PASSES = int(os.environ.get("MIRROR_PASSES", "8"))


@pytest.mark.parametrize("seed", SEEDS)
def test_mirror_and_feed_end_up_as_harvest_whatever_happens(linked: Connection, seed: int) -> None:
    assert converge(linked, seed=seed, passes=PASSES, pages_by_number=seed % 2 == 1) > 0

"""Times of day in the panel are those of the Harvest account's clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox

from .people import session

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("clock", ["12h", "24h"])
def test_an_administrator_learns_it_for_everybody_of_the_account(
    carmen: APIClient, board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox, clock: str
) -> None:
    with sandbox.world.lock:
        sandbox.account.company.clock = clock
    cache.clear()
    assert carmen.get("/timer/day").json()["clock"] is None
    link("alice", board.host_app, user_id="alice")
    assert session(board, sub="alice").get("/timer/day").json()["clock"] == clock
    assert carmen.get("/timer/day").json()["clock"] == clock


@pytest.mark.parametrize("clock", ["12h", "24h"])
def test_members_learn_it_from_the_times_of_their_entries(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, clock: str
) -> None:
    with sandbox.world.lock:
        sandbox.account.company.clock = clock
    sandbox.set_mode(sandbox.account, timestamp=True)
    cache.clear()
    day = carmen.get("/timer/day").json()["date"]
    entry = {"spent_date": day, "started_time": "8:00am", "ended_time": "9:00am", **pick}
    assert sandbox.post("/v2/time_entries", "carmen", json=entry).status_code == 201
    assert carmen.get("/timer/day").json()["clock"] == clock

"""Each stream says what it is worth, and which right or switch would mend it."""

from __future__ import annotations

import pytest

from harvest_bridge.connections.models import Connection

from .model_harvest import ModelHarvest, Odds, throttled, unavailable
from .syncing import WANTED, Syncing

pytestmark = pytest.mark.django_db


def test_what_the_linker_may_not_read_is_forbidden_with_the_right_that_opens_it(
    linked: Connection, harvest: ModelHarvest
) -> None:
    harvest.is_admin = False
    syncing = Syncing(linked, send=harvest.send, resources=WANTED)
    syncing.work()
    clients = syncing.stream("clients")
    assert (clients.state, clients.needs) == ("forbidden", "manager with client_and_task_manager")
    assert clients.next_try_at is not None
    assert syncing.stream("time_entries").state == "partial"


def test_a_right_that_was_given_opens_the_stream(linked: Connection, harvest: ModelHarvest) -> None:
    harvest.is_admin = False
    syncing = Syncing(linked, send=harvest.send, resources=WANTED)
    syncing.work()
    harvest.is_admin = True
    syncing.later(hours=2).work()
    assert syncing.stream("clients").state == "complete"
    assert syncing.held("clients") == harvest.records["clients"]


def test_a_stream_that_fails_says_why_and_when_it_is_tried_again(harvest: ModelHarvest, syncing: Syncing) -> None:
    harvest.odds = Odds(failure=1.0)
    harvest.failures = [unavailable]
    syncing.later(minutes=3).work()
    users = syncing.stream("users")
    assert (users.state, users.reason) == ("failing", "harvest_unavailable")
    assert users.next_try_at is not None
    assert users.next_try_at > syncing.now()
    assert syncing.held("users") == harvest.records["users"]


def test_one_429_ends_nothing(harvest: ModelHarvest, syncing: Syncing) -> None:
    harvest.odds = Odds(failure=1.0)
    harvest.failures = [throttled]
    syncing.later(minutes=3).work()
    assert syncing.stream("users").state == "complete"
    harvest.odds = Odds()
    harvest.add("users")
    syncing.later(minutes=1).work()
    assert syncing.held("users") == harvest.records["users"]

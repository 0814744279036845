"""Passes survive kills at every page, and workers that die are followed by others."""

from __future__ import annotations

import pytest

from harvest_bridge.api import locks
from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import claims
from harvest_bridge.mirror.models import Mirror, Run
from harvest_bridge.mirror.numbering import ClaimLost, numbering
from harvest_bridge.mirror.sync_runner import SyncRunner

from .model_harvest import RESOURCES, Killed, ModelHarvest, Odds
from .syncing import WANTED, Syncing

pytestmark = pytest.mark.django_db


def test_a_run_killed_at_any_page_goes_on_at_that_page(linked: Connection) -> None:
    undisturbed = ModelHarvest(seed=4)
    Syncing(linked, send=undisturbed.send, resources=WANTED).work()
    Mirror.objects.all().delete()
    harvest = ModelHarvest(seed=4, odds=Odds())
    syncing, died = Syncing(linked, send=harvest.send, resources=WANTED), 0
    for _ in range(2, undisturbed.calls, 3):
        harvest.kill_at = harvest.calls + 3
        try:
            syncing.work()
        except Killed:
            died += 1
    harvest.kill_at = 0
    syncing.work()
    assert died >= 4
    assert syncing.held("time_entries") == harvest.records["time_entries"]
    # Each kill costs the call that it met and nothing that was read before.
    assert harvest.calls <= undisturbed.calls + died


def test_a_mirror_is_claimed_once(syncing: Syncing) -> None:
    Mirror.objects.update(due_at=syncing.now())
    assert claims.claim("one", now=syncing.now()) is not None
    assert claims.claim("two", now=syncing.now()) is None


def test_a_worker_that_died_is_followed_at_once(syncing: Syncing) -> None:
    Mirror.objects.update(due_at=syncing.now())
    claims.claim("dead", now=syncing.now())
    assert claims.take_over_from_the_dead("me") == 1
    assert claims.claim("me", now=syncing.now()) is not None


def test_a_worker_that_lives_keeps_its_claim(syncing: Syncing) -> None:
    Mirror.objects.update(due_at=syncing.now())
    claims.claim("alive", now=syncing.now())
    assert locks.acquire(claims.lock_of("alive"))
    try:
        assert claims.take_over_from_the_dead("me") == 0
    finally:
        locks.release(claims.lock_of("alive"))


def test_who_lost_the_claim_writes_nothing_more(syncing: Syncing) -> None:
    Mirror.objects.update(worker="another")
    with pytest.raises(ClaimLost), numbering(syncing.mirror.pk, worker="me"):
        pass


def test_a_run_tells_its_calls_rows_and_outcomes(syncing: Syncing) -> None:
    run = Run.objects.get(mirror=syncing.mirror, kind="sweep")
    assert run.status == "done"
    assert run.rows == run.changed == sum(len(syncing.held(name)) for name in RESOURCES)
    assert {run.results[name] for name in RESOURCES} == {"passed"}


def test_what_goes_wrong_in_our_own_code_lets_the_mirror_go(syncing: Syncing, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise IndexError

    monkeypatch.setattr(SyncRunner, "_step", broken)
    with pytest.raises(IndexError):
        syncing.work()
    monkeypatch.undo()
    assert not Mirror.objects.get().worker
    syncing.later(minutes=2).work()

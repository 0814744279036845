"""Children whose parents show no change are read again in turns, so that nothing is stale for ever."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import child_refresh, children, services
from harvest_bridge.mirror.child_refresh import is_turn
from harvest_bridge.mirror.models import ChildDue
from harvest_bridge.mirror.resources import BY_NAME

from .model_harvest import ModelHarvest
from .syncing import Syncing

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 29, 3, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def paid(harvest: ModelHarvest, syncing: Syncing) -> list[int]:
    """Invoices with a payment each, all read."""
    for invoice, row in harvest.records["invoices"].items():
        payment = 1000 + invoice
        harvest.payments[invoice][payment] = {"id": payment, "amount": 5, "updated_at": harvest._stamp()}
        harvest._put("invoices", row | {"due_amount": 5})
    syncing.later(minutes=3).work()
    assert len(syncing.held("invoice_payments")) == len(harvest.payments)
    return list(harvest.payments)


@pytest.mark.parametrize("hours", [5, 24, 25, 24 * 7, 24 * 30])
def test_every_parent_has_its_turn_once_in_a_period_however_often_sweeps_are(hours: int) -> None:
    every = timedelta(hours=hours)
    for parent in (1, 2, 4000101, 2**40 + 7):
        sweeps = [AT + every * number for number in range(200)]
        turns = [now for before, now in itertools.pairwise(sweeps) if is_turn(parent, WEEK, before, now)]
        assert all(after - before < max(WEEK, every) + every for before, after in itertools.pairwise(turns))
        assert len(turns) == pytest.approx(199 * every / max(WEEK, every), abs=1.1)


def test_turns_are_spread_over_the_period() -> None:
    days = [AT + timedelta(days=number) for number in range(8)]
    counts = [
        sum(is_turn(parent, WEEK, before, now) for parent in range(5_000_000, 5_007_000))
        for before, now in itertools.pairwise(days)
    ]
    assert sum(counts) == 7000
    assert max(counts) < 1.2 * min(counts)


def test_a_child_that_changed_without_a_trace_in_its_parent_is_seen_within_a_day(
    harvest: ModelHarvest, syncing: Syncing, paid: list[int]
) -> None:
    first, second = paid[:2]
    del harvest.payments[first][1000 + first]
    harvest.payments[second][1000 + second]["amount"] = 6
    for _ in range(12):
        syncing.later(hours=2).work()
    held = syncing.held("invoice_payments")
    assert 1000 + first not in held
    assert held[1000 + second]["amount"] == 6


def test_the_children_of_each_parent_are_asked_for_about_once_a_day_and_not_all_at_once(
    harvest: ModelHarvest, syncing: Syncing, paid: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    answer = harvest._answer

    def noting(path: str, query: dict[str, Any]) -> Any:
        asked.append(path)
        return answer(path, query)

    monkeypatch.setattr(harvest, "_answer", noting)
    position = syncing.position
    at_once = []
    for _ in range(24):
        before = len(asked)
        syncing.later(hours=1.8).work()
        at_once.append(sum(path.endswith("/payments") for path in asked[before:]))
    of_payments = Counter(path for path in asked if path.endswith("/payments"))
    assert set(of_payments) == {f"/v2/invoices/{invoice}/payments" for invoice in paid}
    assert max(of_payments.values()) <= 2, "43.2 hours hold less than two periods of 22"
    assert max(at_once) < len(paid)
    assert syncing.position == position, "what did not change takes no number"


def test_what_waits_for_its_turn_does_not_age_the_stream_and_goes_behind_changes(
    harvest: ModelHarvest, syncing: Syncing, paid: list[int]
) -> None:
    first, second = paid[:2]
    payments = BY_NAME["invoice_payments"]
    children.add(syncing.mirror.pk, payments.name, [first])
    child_refresh.note(syncing.mirror, payments, [first, second], is_routine=True)
    due = ChildDue.objects.order_by("is_routine", "due_at").values_list("parent_id", "is_routine")
    assert list(due) == [(first, False), (second, True)]
    children.add(syncing.mirror.pk, payments.name, [second])
    assert not ChildDue.objects.filter(is_routine=True).exists()


def test_a_sweep_that_names_children_reads_all_of_them(
    harvest: ModelHarvest, syncing: Syncing, linked: Connection, paid: list[int]
) -> None:
    for invoice in paid:
        harvest.payments[invoice][1000 + invoice]["amount"] = 7
    services.sync(linked, resources=["invoice_payments"])
    syncing.work()
    assert {row["amount"] for row in syncing.held("invoice_payments").values()} == {5}, "a hot one asks for changes"

    services.sync(linked, resources=["invoice_payments"], kind="sweep")
    syncing.work()
    assert {row["amount"] for row in syncing.held("invoice_payments").values()} == {7}


def test_a_sync_that_waits_for_children_is_not_over_before_they_are_read(
    harvest: ModelHarvest, syncing: Syncing, linked: Connection, paid: list[int]
) -> None:
    run = services.sync(
        linked,
        resources=["invoice_payments"],
        kind="sweep",
        wait=0.05,
        sleep=lambda _: syncing.mirror.runs.update(status="done", resources=[]),
    )
    assert (run.status, run.resources) == ("running", ["invoice_payments"])
    run = services.sync(linked, resources=["invoice_payments"], kind="sweep", wait=30, sleep=lambda _: syncing.work())
    assert (run.status, run.resources) == ("done", [])

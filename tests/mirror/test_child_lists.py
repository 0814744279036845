"""Lists of children that lie: nothing of them is concluded, and they are asked for again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.mirror.models import ChildDue

from .model_harvest import ModelHarvest, not_found, wrong_address
from .syncing import Syncing

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(harvest: ModelHarvest, syncing: Syncing) -> int:
    """With two payments that were read."""
    found = min(harvest.records["invoices"])
    pay(harvest, found, 5001, 5002)
    syncing.later(minutes=3).work()
    assert syncing.held("invoice_payments").keys() == {5001, 5002}
    return found


def pay(harvest: ModelHarvest, invoice: int, *payments: int) -> None:
    for key in payments:
        harvest.payments[invoice][key] = {"id": key, "amount": 1, "updated_at": harvest._stamp()}
    row = harvest.records["invoices"][invoice]
    harvest._put("invoices", row | {"due_amount": row["due_amount"] - len(payments)})


def test_a_truncated_list_deletes_nothing(
    harvest: ModelHarvest, syncing: Syncing, linked: Connection, invoice: int
) -> None:
    def truncated(connection: Connection, operation: Operation[Any]) -> Any:
        if not operation.path.endswith("/payments"):
            return harvest.send(connection, operation)
        answer = {"invoice_payments": [], "per_page": 2000, "total_entries": 3, "links": {"next": None}}
        return operation.read(msgspec.json.decode(msgspec.json.encode(answer), type=operation.decoded_as))

    pay(harvest, invoice, 5003)
    syncing.send = truncated
    syncing.later(minutes=3).work()
    assert syncing.held("invoice_payments").keys() == {5001, 5002}
    assert syncing.stream("invoice_payments").state == "failing"

    syncing.send = harvest.send
    syncing.later(minutes=3).work()
    assert syncing.held("invoice_payments").keys() == {5001, 5002, 5003}
    assert syncing.stream("invoice_payments").state == "complete"


@pytest.mark.parametrize("failure", [not_found, wrong_address])
def test_a_list_that_is_not_found_of_a_parent_that_is_there_is_asked_for_again(
    harvest: ModelHarvest, syncing: Syncing, invoice: int, failure: Callable[[], HarvestNotFound]
) -> None:
    lies = iter([failure])

    def lying(connection: Connection, operation: Operation[Any]) -> Any:
        if operation.path.endswith("/payments") and (lie := next(lies, None)):
            raise lie()
        return harvest.send(connection, operation)

    pay(harvest, invoice, 5003)
    syncing.send = lying
    syncing.later(minutes=3).work()
    syncing.later(minutes=1).work()
    assert syncing.held("invoice_payments").keys() == {5001, 5002, 5003}


def test_of_a_parent_that_is_gone_nothing_is_asked_again(harvest: ModelHarvest, syncing: Syncing, invoice: int) -> None:
    pay(harvest, invoice, 5003)
    syncing.later(minutes=3)

    def gone_meanwhile(connection: Connection, operation: Operation[Any]) -> Any:
        if operation.path.endswith("/payments") and invoice in harvest.records["invoices"]:
            harvest._drop("invoices", invoice)
        return harvest.send(connection, operation)

    syncing.send = gone_meanwhile
    syncing.work()
    assert syncing.record("invoices", invoice).cause == "deleted"
    assert syncing.record("invoice_payments", 5001).cause == "parent_deleted"
    assert not ChildDue.objects.exists()
    assert syncing.stream("invoice_payments").state == "complete"

"""Open invoices are looked at each minute, and what changed is told once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.invoices import overdue
from harvest_bridge.invoices.models import AccountSettings, Payment, ToldInvoice
from harvest_bridge.mirror import open_invoices
from harvest_bridge.mirror.models import Stream
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.records import Payment as HarvestPayment
from harvest_bridge.sandbox.sums import due_of
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.webhooks.models import Event
from harvest_bridge.webhooks.services import create_endpoint
from tests.mirror.syncing import Syncing

pytestmark = pytest.mark.django_db
RESOURCES = ["company", "clients", "invoices", "invoice_payments"]


@pytest.fixture
def syncing(alices: Connection, sandbox: RunningSandbox) -> Syncing:
    """Read once; whatever the seed has is known, and nothing of it was told."""
    found = Syncing(alices, resources=RESOURCES)
    open_invoices.note_use(found.mirror)
    found.work()
    found.later(seconds=1).work()  # payments, which are due after their invoices were read
    assert told() == []
    return found


@pytest.fixture
def bill(sandbox: RunningSandbox) -> Invoice:
    return next(one for one in sandbox.account.invoices if one.state == "open" and not one.payments)


@pytest.mark.parametrize("types", [[], ["invoice.payment_recorded"]])
def test_open_invoices_are_listed_only_where_somebody_uses_them(
    alices: Connection, sandbox: RunningSandbox, board: NewHostApp, types: list[str]
) -> None:
    syncing = Syncing(alices, resources=RESOURCES)
    syncing.work()
    syncing.later(seconds=121).work()
    assert syncing.stream("invoices").opened_at is None
    create_endpoint(host_app=board.host_app, event_types=types)
    syncing.later(seconds=1).work()
    assert syncing.stream("invoices").opened_at is not None


def told() -> list[tuple[str, Any]]:
    rows = Event.objects.filter(type__startswith="invoice.").order_by("pk")
    return [(row.type.removeprefix("invoice."), row.data) for row in rows]


def names() -> list[str]:
    return sorted(name for name, _ in told())


def pay(sandbox: RunningSandbox, invoice: Invoice, amount: str) -> HarvestPayment:
    """By hand; whether `updated_at` moves is the sandbox's switch."""
    body = {"amount": float(amount), "send_thank_you": False}
    made = sandbox.post(f"/v2/invoices/{invoice.id}/payments", json=body).json()
    return next(one for one in invoice.payments if one.id == made["id"])


@pytest.mark.parametrize("switch", ["move", "keep"])
def test_a_payment_by_hand_shows_within_a_minute_whatever_updated_at_does(
    syncing: Syncing, sandbox: RunningSandbox, bill: Invoice, switch: str
) -> None:
    sandbox.switch(payment_updated_at=switch)
    pay(sandbox, bill, "10")
    syncing.later(seconds=61).work()
    assert names().count("payment_recorded") == 1
    [(_, recorded)] = [one for one in told() if one[0] == "payment_recorded"]
    assert (recorded["invoice_id"], recorded["payment"]["amount"], recorded["payment"]["external_id"]) == (
        bill.id,
        "10.00",
        None,
    )
    assert Stream.objects.get(resource="invoices").keeps_updated_at is (switch == "keep")
    syncing.later(seconds=61).work()
    assert len([one for one in names() if one == "payment_recorded"]) == 1


@pytest.mark.parametrize("switch", ["move", "keep"])
def test_an_invoice_that_is_paid_off_leaves_the_open_ones_and_is_told_once(
    syncing: Syncing, sandbox: RunningSandbox, bill: Invoice, switch: str
) -> None:
    sandbox.switch(payment_updated_at=switch)
    payment = pay(sandbox, bill, f"{due_of(bill):.2f}")
    syncing.later(seconds=61).work()
    [(_, changed)] = [one for one in told() if one[0] == "status_changed"]
    assert changed["invoice"]["status"] == "paid"
    assert syncing.held("invoices")[bill.id]["state"] == "paid"
    sandbox.delete(f"/v2/invoices/{bill.id}/payments/{payment.id}")
    syncing.later(seconds=61).work()
    assert names().count("payment_removed") == 1
    assert [data["invoice"]["status"] for name, data in told() if name == "status_changed"][-1] in ("open", "overdue")


def test_created_sent_and_deleted_are_told_once_each(syncing: Syncing, sandbox: RunningSandbox, bill: Invoice) -> None:
    line = {"kind": "Service", "unit_price": 50, "quantity": 1}
    body = {"client_id": bill.client.id, "line_items": [line], "payment_term": "net 30"}
    made = sandbox.post("/v2/invoices", json=body).json()
    syncing.later(seconds=61).work()
    assert names() == ["created"]
    sandbox.post(f"/v2/invoices/{made['id']}/messages", json={"event_type": "send"})
    syncing.later(seconds=61).work()
    assert names() == ["created", "sent", "status_changed"]
    sandbox.delete(f"/v2/invoices/{made['id']}")
    syncing.later(seconds=61).work()
    syncing.later(seconds=61).work()
    assert names() == ["created", "deleted", "sent", "status_changed"]
    assert "client_key" not in str(told())


def test_a_day_that_is_over_makes_an_invoice_overdue_in_its_own_zone_and_once(
    syncing: Syncing, sandbox: RunningSandbox, bill: Invoice, alices: Connection
) -> None:
    AccountSettings.objects.create(connection=alices, timezone="Asia/Tokyo")
    body = {"payment_term": "custom", "due_date": "2030-05-04"}
    sandbox.patch(f"/v2/invoices/{bill.id}", json=body)
    syncing.later(seconds=61).work()
    Event.objects.all().delete()
    in_tokyo = datetime.fromisoformat("2030-05-04T14:59:00+00:00")
    overdue.tell_overdue(now=in_tokyo)
    assert bill.id not in [data["invoice"]["id"] for _, data in told()]
    overdue.tell_overdue(now=in_tokyo + timedelta(minutes=1))
    overdue.tell_overdue(now=in_tokyo + timedelta(minutes=2))
    ours = [name for name, data in told() if data["invoice"]["id"] == bill.id]
    assert sorted(ours) == ["overdue", "status_changed"]


def test_a_payment_of_ours_that_somebody_deletes_in_harvest_is_seen_and_told(
    syncing: Syncing, sandbox: RunningSandbox, bill: Invoice, api: Any, alices: Connection
) -> None:
    path = f"/invoices/{bill.id}/payments?integrated_account_id={alices.pk}"
    body = {"external_id": "pi_1", "amount": "5.00", "currency": bill.currency}
    made = api.post(path, body, format="json").json()
    syncing.later(seconds=61).work()
    assert [data["payment"]["external_id"] for name, data in told() if name == "payment_recorded"] == ["pi_1"]
    sandbox.delete(f"/v2/invoices/{bill.id}/payments/{made['harvest_payment_id']}")
    syncing.later(seconds=61).work()
    assert [data["payment"]["external_id"] for name, data in told() if name == "payment_removed"] == ["pi_1"]
    assert Payment.objects.get().state == "removed"


def test_a_quiet_minute_of_an_account_with_few_invoices_takes_one_call(
    syncing: Syncing, sandbox: RunningSandbox
) -> None:
    syncing.later(seconds=61).work()
    before = len(sandbox.requests("GET", "/v2/invoices*"))
    syncing.later(seconds=61).work()
    [asked] = sandbox.requests("GET", "/v2/invoices*")[before:]
    assert "state" not in asked.query
    assert "updated_since" not in asked.query


@pytest.mark.parametrize("state", ["draft", "paid"])
def test_an_invoice_that_is_not_open_is_told_as_deleted_too(
    syncing: Syncing, sandbox: RunningSandbox, state: str
) -> None:
    gone = next(one for one in sandbox.account.invoices if one.state == state)
    sandbox.delete(f"/v2/invoices/{gone.id}")
    syncing.later(seconds=61).work()
    assert [data["invoice"]["id"] for name, data in told() if name == "deleted"] == [gone.id]


def test_invoices_from_before_are_known_silently(syncing: Syncing, bill: Invoice) -> None:
    count = ToldInvoice.objects.count()
    ToldInvoice.objects.all().delete()
    assert overdue.remember_earlier(now=syncing.now()) == count
    assert overdue.remember_earlier(now=syncing.now()) == 0
    assert told() == []

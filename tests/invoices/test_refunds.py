"""Refunds and disputes that a provider tells, in whichever order: what Harvest holds is what was not paid back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.invoices.models import Payment
from harvest_bridge.invoices.payments.services import attempt
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.webhooks.models import Event

from .providers import Json, intent, send, send_signed, stripe_signature

pytestmark = pytest.mark.django_db


def stripe_event(url: str, kind: str, **fields: Any) -> str:
    """What was done with it."""
    body = json.dumps({"id": "evt_3", "type": kind, "data": {"object": {"payment_intent": "pi_1", **fields}}}).encode()
    answer = send(url, body, **{"Stripe-Signature": stripe_signature(body)})
    assert answer.status_code == 200, answer.content
    return str(answer.json()["result"][0]["did"])


def paid(url: str, bill: Invoice) -> str:
    body = intent(bill)
    return str(send(url, body, **{"Stripe-Signature": stripe_signature(body)}).json()["result"][0]["did"])


def partly_refunded() -> list[str]:
    told = Event.objects.filter(type="invoice.payment_partly_refunded").order_by("id")
    return [event.data["refunded_amount"] for event in told]


def test_a_refund_that_comes_before_its_payment_is_not_lost(make: Callable[..., str], bill: Invoice) -> None:
    url, currency = make("stripe"), bill.currency.lower()
    for _ in range(2):
        assert stripe_event(url, "charge.refunded", amount_refunded=2550, currency=currency) == "noted"
    assert paid(url, bill) == "deleted"
    assert bill.payments == []
    assert Payment.objects.get().state == "deleted"


def test_a_part_paid_back_before_its_payment_is_told_once_that_is_recorded(
    make: Callable[..., str], bill: Invoice
) -> None:
    url, currency = make("stripe"), bill.currency.lower()
    assert stripe_event(url, "charge.refunded", amount_refunded=300, currency=currency) == "noted"
    assert partly_refunded() == []
    assert (paid(url, bill), len(bill.payments)) == ("recorded", 1)
    assert (partly_refunded(), (Payment.objects.get().error or {})["code"]) == (["3.00"], "partly_paid_back")


def test_a_part_paid_back_while_its_payment_waits_is_told_once_that_is_recorded(
    make: Callable[..., str], bill: Invoice, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvest_bridge.invoices.inbox.services._TIMEOUT_SECONDS", 0.0)
    url, currency = make("stripe"), bill.currency.lower()
    sandbox.fault("status", path="/v2/invoices/*", status=503, times=None)
    assert paid(url, bill) == "pending"
    assert stripe_event(url, "charge.refunded", amount_refunded=300, currency=currency) == "noted"
    sandbox.clear_faults()
    attempt(Payment.objects.get())
    assert (partly_refunded(), (Payment.objects.get().error or {})["code"]) == (["3.00"], "partly_paid_back")


def test_a_refund_and_a_dispute_of_the_rest_are_all_of_it(make: Callable[..., str], bill: Invoice) -> None:
    url, currency = make("stripe"), bill.currency.lower()
    paid(url, bill)
    assert stripe_event(url, "charge.refunded", amount_refunded=550, currency=currency) == "noted"
    lost = {"id": "dp_1", "amount": 2000, "currency": currency}
    assert stripe_event(url, "charge.dispute.funds_withdrawn", **lost) == "deleted"
    assert bill.payments == []


def test_what_a_dispute_took_is_recorded_again_when_it_is_won(make: Callable[..., str], bill: Invoice) -> None:
    url = make("stripe")
    dispute = {"id": "dp_1", "amount": 2550, "currency": bill.currency.lower()}
    assert stripe_event(url, "charge.dispute.funds_reinstated", **dispute) == "ignored"
    paid(url, bill)
    assert stripe_event(url, "charge.dispute.funds_withdrawn", **dispute) == "deleted"
    assert bill.payments == []
    assert stripe_event(url, "charge.dispute.funds_reinstated", **dispute) == "recorded"
    assert stripe_event(url, "charge.dispute.funds_reinstated", **dispute) == "ignored"
    assert [payment.amount for payment in bill.payments] == [Decimal("25.50")]


def test_a_payment_that_the_host_deleted_does_not_come_back_with_a_dispute_that_was_won(
    make: Callable[..., str], bill: Invoice, api: APIClient, alices: Connection
) -> None:
    url = make("stripe")
    paid(url, bill)
    path = f"/invoices/{bill.id}/payments/pi_1?integrated_account_id={alices.pk}"
    assert api.delete(path).status_code == 200
    dispute = {"id": "dp_1", "amount": 2550, "currency": bill.currency.lower()}
    assert stripe_event(url, "charge.dispute.funds_withdrawn", **dispute) == "deleted"
    assert stripe_event(url, "charge.dispute.funds_reinstated", **dispute) == "ignored"
    assert bill.payments == []


def test_gocardless_may_tell_of_a_charge_back_before_the_payment_and_of_its_end(
    make: Callable[..., str], bill: Invoice
) -> None:
    meta = {"harvest_invoice_id": str(bill.id), "amount_minor": "1000", "currency": bill.currency}

    def event(action: str) -> Json:
        at = datetime.now(UTC).isoformat()
        links = {"payment": "PM1"}
        return {"created_at": at, "resource_type": "payments", "action": action, "links": links} | (
            {"resource_metadata": meta} if action == "confirmed" else {}
        )

    url = make("gocardless")
    told = send_signed(url, {"events": [event("charged_back"), event("confirmed")]}).json()["result"]
    assert [one["did"] for one in told] == ["noted", "deleted"]
    assert bill.payments == []
    told = send_signed(url, {"events": [event("chargeback_cancelled")]}).json()["result"]
    assert [one["did"] for one in told] == ["recorded"]
    assert [payment.amount for payment in bill.payments] == [Decimal("10.00")]


def test_a_dispute_that_was_won_before_its_payment_is_known_takes_nothing_out(
    make: Callable[..., str], bill: Invoice
) -> None:
    url = make("stripe")
    dispute = {"id": "dp_1", "amount": 2550, "currency": bill.currency.lower()}
    assert stripe_event(url, "charge.dispute.funds_withdrawn", **dispute) == "noted"
    assert stripe_event(url, "charge.dispute.funds_reinstated", **dispute) == "ignored"
    assert (paid(url, bill), len(bill.payments)) == ("recorded", 1)


def test_refunds_that_are_told_in_any_order_count_as_much_as_the_greatest(
    make: Callable[..., str], bill: Invoice
) -> None:
    """Stripe tells all that was refunded so far, each time anew."""
    url, currency = make("stripe"), bill.currency.lower()
    paid(url, bill)
    for amount in (500, 300, 500):
        assert stripe_event(url, "charge.refunded", amount_refunded=amount, currency=currency) == "noted"
    assert partly_refunded() == ["5.00"]

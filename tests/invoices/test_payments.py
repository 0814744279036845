"""Payments back into Harvest: one for each external id, whatever is lost, repeated or meant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.invoices.models import Payment
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.records import Payment as HarvestPayment
from harvest_bridge.sandbox.sums import due_of
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import rest

pytestmark = pytest.mark.django_db
PAYMENTS = "/v2/invoices/*/payments"
Post = Callable[..., Any]


@pytest.fixture
def bill(sandbox: RunningSandbox) -> Invoice:
    """An open invoice of Harvest, nothing of which is paid."""
    found = next(one for one in sandbox.account.invoices if one.state == "open" and not one.payments)
    assert due_of(found) > 100
    return found


@pytest.fixture
def post(api: APIClient, alices: Connection, bill: Invoice) -> Post:
    def call(invoice_id: int | None = None, **fields: Any) -> Any:
        body = {"external_id": "pi_1", "amount": "25.50", "currency": bill.currency, **fields}
        path = f"/invoices/{invoice_id or bill.id}/payments?integrated_account_id={alices.pk}"
        return api.post(path, {name: value for name, value in body.items() if value is not None}, format="json")

    return call


@pytest.fixture
def remove(api: APIClient, alices: Connection, bill: Invoice) -> Callable[[str], Any]:
    return lambda name: api.delete(f"/invoices/{bill.id}/payments/{name}?integrated_account_id={alices.pk}")


def pay_by_hand(sandbox: RunningSandbox, bill: Invoice, amount: str) -> None:
    """As somebody does in Harvest itself."""
    now = sandbox.world.clock.stamp()
    number = sandbox.account.ids.next("invoice_payments")
    times = {"created_at": now, "updated_at": now, "paid_at": now, "paid_date": now.date()}
    who = {"recorded_by": "Alice", "recorded_by_email": "alice@example.com"}
    bill.payments.insert(0, HarvestPayment(id=number, amount=Decimal(amount), **times, **who))


def sent(sandbox: RunningSandbox) -> int:
    return len([one for one in sandbox.requests("POST") if one.path.endswith("/payments")])


def test_a_payment_is_recorded_in_harvest_with_its_date_and_its_reference(post: Post, bill: Invoice) -> None:
    answer = post(date="2026-11-03", method="card", note="Order 5")
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    [payment] = bill.payments
    assert (payment.amount, payment.paid_date, payment.id) == (
        Decimal("25.50"),
        date(2026, 11, 3),
        shown["harvest_payment_id"],
    )
    assert payment.notes == f"[{shown['reference']}] · pi_1 · card · Order 5"
    assert (shown["status"], shown["amount"], shown["amount_minor"]) == ("recorded", "25.50", 2550)


def test_the_same_payment_is_recorded_once_however_often_it_is_sent(post: Post, bill: Invoice) -> None:
    answers = [post(amount="25.50"), post(amount=None, amount_minor=2550), post()]
    assert [one.status_code for one in answers] == [201, 200, 200]
    assert len({one.json()["harvest_payment_id"] for one in answers}) == 1
    assert len(bill.payments) == 1


@pytest.mark.parametrize("fault", ["lost_answer", "cut_body", "truncated_json"])
def test_a_lost_answer_is_looked_for_and_not_sent_again(
    post: Post, bill: Invoice, sandbox: RunningSandbox, fault: str
) -> None:
    sandbox.fault(fault, method="POST", path=PAYMENTS)
    assert post().status_code == 201
    assert len(bill.payments) == 1
    assert sent(sandbox) == 1


def test_what_never_arrived_is_sent_again_once_it_can_arrive_no_more(
    post: Post, bill: Invoice, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.INVOICES_QUIET_SECONDS = 0.5
    sandbox.fault("reset", method="POST", path=PAYMENTS)
    assert post().status_code == 201
    assert len(bill.payments) == 1


def test_while_harvest_is_silent_a_payment_waits_and_is_not_sent_twice(
    post: Post, bill: Invoice, sandbox: RunningSandbox, api: APIClient, alices: Connection
) -> None:
    sandbox.fault("lost_answer", method="POST", path=PAYMENTS)
    sandbox.fault("status", method="GET", path=PAYMENTS, status=503, times=None, after=1)
    path = f"/invoices/{bill.id}/payments?integrated_account_id={alices.pk}"
    body = {"external_id": "pi_1", "amount": "25.50", "currency": bill.currency}
    answer = api.post(path, body, format="json", headers={"Prefer": "wait=0"})
    assert (answer.status_code, answer.json()["status"]) == (202, "pending")
    sandbox.clear_faults()
    Payment.objects.update(next_attempt_at=timezone.now())
    assert post().status_code == 200
    assert len(bill.payments) == 1


def test_a_manual_payment_of_the_same_amount_after_a_lost_answer_goes_to_a_person(
    post: Post, bill: Invoice, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.INVOICES_QUIET_SECONDS = 0.3

    sandbox.fault("reset", method="POST", path=PAYMENTS)
    sandbox.meanwhile(lambda: pay_by_hand(sandbox, bill, "25.50"), f"/v2/invoices/{bill.id}/payments", after=2)
    answer = post()
    assert (answer.status_code, answer.json()["status"]) == (202, "doubtful")
    assert len(bill.payments) == 1


def test_at_most_what_is_due_is_recorded(post: Post, bill: Invoice) -> None:
    due = due_of(bill)
    refused = post(amount=f"{due + 1:.2f}")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422,
        "amount_exceeds_due",
        "amount",
    )
    assert (bill.payments, Payment.objects.count()) == ([], 0)
    assert post(amount=f"{due + 1:.2f}", allow_overpayment=True).status_code == 201


def test_nobody_is_emailed_unless_it_is_asked_for(post: Post, bill: Invoice, sandbox: RunningSandbox) -> None:
    due = due_of(bill)
    post(amount=f"{due:.2f}")
    assert bill.state == "paid"
    assert list(sandbox.world.outbox) == []


def test_a_thank_you_goes_out_where_it_is_asked_for(post: Post, bill: Invoice, sandbox: RunningSandbox) -> None:
    post(amount=f"{due_of(bill):.2f}", send_thank_you=True)
    assert len(list(sandbox.world.outbox)) == 1


@pytest.mark.parametrize(
    ("fields", "status", "code", "field"),
    [
        ({"amount": "0"}, 400, "amount_invalid", "amount"),
        ({"amount": "-5"}, 400, "amount_invalid", "amount"),
        ({"amount": "1e3"}, 400, "amount_invalid", "amount"),
        ({"amount": 12.5}, 400, "amount_invalid", "amount"),
        ({"amount": None}, 400, "amount_invalid", "amount"),
        ({"amount_minor": 5}, 400, "amount_invalid", "amount"),
        ({"amount": None, "amount_minor": 0}, 400, "amount_invalid", "amount_minor"),
        ({"amount": None, "amount_minor": 1.5}, 400, "amount_invalid", "amount_minor"),
        ({"amount": "1.001"}, 400, "amount_too_precise", "amount"),
        ({"amount": "1.5", "currency": "JPY"}, 400, "amount_too_precise", "amount"),
        ({"amount": "1.2345", "currency": "KWD"}, 400, "amount_too_precise", "amount"),
        ({"amount": "1.234", "currency": "KWD"}, 422, "currency_mismatch", "currency"),
        ({"note": "paid with 4242 4242 4242 4242"}, 400, "card_data_refused", "note"),
        ({"note": "paid with 4242.4242.4242.4242"}, 400, "card_data_refused", "note"),
        ({"note": "4242\u00a04242\u00a04242\u00a04242"}, 400, "card_data_refused", "note"),
        ({"method": "\uff14\uff12" * 8}, 400, "card_data_refused", "method"),
        ({"external_id": ""}, 400, "invalid_request", "external_id"),
        ({"external_id": None}, 400, "invalid_request", "external_id"),
        ({"date": "yesterday"}, 400, "invalid_request", "date"),
        ({"currency": "EURO"}, 400, "invalid_request", "currency"),
    ],
)
def test_bad_input_is_refused_with_code_and_field_and_nothing_is_written(
    post: Post, bill: Invoice, fields: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = post(**fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert field in answer.json()["fields"]
    assert (bill.payments, Payment.objects.count()) == ([], 0)


def test_unknown_drafts_and_written_off_invoices_take_none(post: Post, bill: Invoice, sandbox: RunningSandbox) -> None:
    draft = next(one for one in sandbox.account.invoices if one.state == "draft")
    assert post(draft.id, currency=draft.currency).json()["code"] == "invoice_is_draft"
    bill.state = "closed"
    assert post().json()["code"] == "invoice_written_off"
    unknown = post(999)
    assert (unknown.status_code, unknown.json()["code"], unknown.json()["field"]) == (
        404,
        "invoice_unknown",
        "invoice_id",
    )
    assert (Payment.objects.count(), sent(sandbox)) == (0, 0)


def test_an_external_id_stands_for_one_payment_for_good(
    post: Post, remove: Callable[[str], Any], bill: Invoice
) -> None:
    post()
    other = post(amount="26.00")
    assert (other.status_code, other.json()["code"]) == (409, "external_id_reused")
    assert remove("pi_1").json() == {"id": "pi_1", "status": "deleted"}
    assert bill.payments == []
    assert post().json()["code"] == "payment_was_deleted"
    assert remove("pi_1").status_code == 200


def test_an_external_id_stands_for_the_day_that_was_named_with_it(post: Post) -> None:
    assert post(date="2026-11-20").status_code == 201
    assert post(date="2026-11-20").status_code == 200
    assert post().status_code == 200
    assert post(date="2026-11-21").json()["code"] == "external_id_reused"


def test_a_refused_payment_can_be_sent_again_when_the_invoice_takes_it(post: Post, bill: Invoice) -> None:
    bill.state = "draft"
    assert post().status_code == 422
    bill.state = "open"
    assert post().status_code == 201


@pytest.mark.parametrize("fault", ["lost_answer", "reset"])
def test_a_payment_whose_deletion_got_no_answer_is_gone_in_the_end(
    post: Post, remove: Callable[[str], Any], bill: Invoice, sandbox: RunningSandbox, fault: str
) -> None:
    post()
    sandbox.fault(fault, method="DELETE")
    assert remove("pi_1").json()["status"] == "deleted"
    assert bill.payments == []


def test_a_payment_that_did_not_come_through_us_is_never_deleted(
    remove: Callable[[str], Any], bill: Invoice, sandbox: RunningSandbox
) -> None:
    made = sandbox.post(f"/v2/invoices/{bill.id}/payments", json={"amount": 5, "notes": "pi_1"}).json()
    answer = remove("pi_1")
    assert (answer.status_code, answer.json()["code"]) == (404, "payment_unknown")
    assert remove(str(made["id"])).status_code == 404
    assert len(bill.payments) == 1


def test_what_harvest_refuses_is_told_in_its_words_and_leaves_nothing(
    post: Post, bill: Invoice, sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", method="POST", path=PAYMENTS, status=422, body='{"message": "Not this one"}')
    answer = post()
    assert (answer.status_code, answer.json()["code"]) == (422, "harvest_rejected")
    assert "Not this one" in answer.json()["message"]
    assert Payment.objects.count() == 0


def test_nobody_records_for_another_host(stranger: NewHostApp, alices: Connection, bill: Invoice) -> None:
    body = {"external_id": "pi_1", "amount": "1.00", "currency": bill.currency}
    path = f"/invoices/{bill.id}/payments?integrated_account_id={alices.pk}"
    assert rest(stranger.api_key).post(path, body, format="json").status_code == 404
    assert bill.payments == []

"""What a person says of a payment in doubt is held against Harvest: no word of theirs can make two of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.invoices.models import Payment, PaymentState
from harvest_bridge.invoices.payments.matching import reference_of
from harvest_bridge.invoices.payments.services import attempt
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.webhooks.models import Event

pytestmark = pytest.mark.django_db
Decide = Callable[..., Any]


@pytest.fixture
def decide(api: APIClient, alices: Connection, bill: Invoice) -> Decide:
    def call(external_id: str, decision: str, **more: Any) -> Any:
        path = f"/invoices/{bill.id}/payment-decisions?integrated_account_id={alices.pk}"
        return api.post(path, {"external_id": external_id, "decision": decision, **more}, format="json")

    return call


def kept(connection: Connection, bill: Invoice, external_id: str, state: PaymentState, **fields: Any) -> Payment:
    account = connection.harvest_account_id
    return Payment.objects.create(
        host_app=connection.host_app,
        connection=connection,
        harvest_account_id=account,
        invoice_id=bill.id,
        external_id=external_id,
        reference=reference_of(
            host_app_id=connection.host_app_id, harvest_account_id=account or 0, external_id=external_id
        ),
        amount=Decimal("25.50"),
        currency=bill.currency,
        paid_date=date(2026, 11, 20),
        state=state,
        **fields,
    )


def paid_by_hand(sandbox: RunningSandbox, bill: Invoice, amount: float, notes: str = "") -> int:
    body = {"amount": amount, "notes": notes}
    return int(sandbox.post(f"/v2/invoices/{bill.id}/payments", json=body).json()["id"])


def test_a_payment_in_doubt_is_the_one_that_a_person_names(
    decide: Decide, alices: Connection, bill: Invoice, sandbox: RunningSandbox
) -> None:
    kept(alices, bill, "pi_1", PaymentState.DOUBTFUL)
    made = paid_by_hand(sandbox, bill, 25.5)
    answer = decide("pi_1", "is_there", harvest_payment_id=made).json()
    assert (answer["status"], answer["harvest_payment_id"]) == ("recorded", made)


def test_a_payment_that_it_cannot_be_is_refused(
    decide: Decide, alices: Connection, bill: Invoice, sandbox: RunningSandbox
) -> None:
    """Unknown to Harvest, of another invoice, of another amount, another one's already."""
    kept(alices, bill, "pi_1", PaymentState.DOUBTFUL)
    kept(alices, bill, "pi_2", PaymentState.RECORDED, harvest_payment_id=paid_by_hand(sandbox, bill, 25.5))
    taken = Payment.objects.get(external_id="pi_2").harvest_payment_id
    other = next(one for one in sandbox.account.invoices if one.state == "open" and one is not bill)
    elsewhere = paid_by_hand(sandbox, other, 25.5)
    foreign = paid_by_hand(sandbox, bill, 25.5, notes="[hb-0123456789abcdef01234567] · another bridge")
    for named in (999, elsewhere, paid_by_hand(sandbox, bill, 40), taken, foreign):
        answer = decide("pi_1", "is_there", harvest_payment_id=named)
        assert (answer.status_code, answer.json()["code"]) == (422, "payment_not_there")
        assert answer.json()["field"] == "harvest_payment_id"
    assert Payment.objects.get(external_id="pi_1").state == PaymentState.DOUBTFUL


def test_a_recorded_payment_that_harvest_lost_is_found_out_by_looking_and_told(
    decide: Decide, alices: Connection, bill: Invoice, sandbox: RunningSandbox
) -> None:
    made = paid_by_hand(sandbox, bill, 25.5)
    kept(alices, bill, "pi_1", PaymentState.RECORDED, harvest_payment_id=made)
    assert decide("pi_1", "look_again").json()["status"] == "recorded"
    bill.payments.clear()
    assert decide("pi_1", "look_again").json()["status"] == "removed"
    assert [event.type for event in Event.objects.filter(type__startswith="invoice.")] == ["invoice.payment_removed"]
    assert decide("pi_1", "give_up").json()["status"] == "deleted"


def test_of_two_that_carry_its_reference_the_second_is_deleted_and_never_the_payment_itself(
    decide: Decide, alices: Connection, bill: Invoice, sandbox: RunningSandbox
) -> None:
    payment = kept(alices, bill, "pi_1", PaymentState.RECORDED)
    first, second = (paid_by_hand(sandbox, bill, 25.5, notes=f"[{payment.reference}]") for _ in range(2))
    others = paid_by_hand(sandbox, bill, 25.5)
    Payment.objects.update(harvest_payment_id=first)
    for named in (first, others, 999):
        refused = decide("pi_1", "delete_duplicate", harvest_payment_id=named)
        assert (refused.status_code, refused.json()["code"]) == (422, "payment_not_there")
    assert decide("pi_1", "delete_duplicate").status_code == 400
    assert decide("pi_1", "delete_duplicate", harvest_payment_id=second).status_code == 200
    assert {one.id for one in bill.payments} == {first, others}


def test_an_operator_deletes_a_payment_in_harvest_and_lets_one_be_that_was_removed_there(
    client: Client, admin_user: User, alices: Connection, bill: Invoice, sandbox: RunningSandbox
) -> None:
    client.force_login(admin_user)
    made = paid_by_hand(sandbox, bill, 25.5)
    payment = kept(alices, bill, "pi_1", PaymentState.RECORDED, harvest_payment_id=made)
    removed = kept(alices, bill, "pi_2", PaymentState.REMOVED)
    client.post(reverse("admin:invoices_payment_delete_in_harvest", args=[payment.pk]))
    client.post(reverse("admin:invoices_payment_give_up", args=[removed.pk]))
    assert bill.payments == []
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.DELETED}


def test_a_payment_by_hand_that_names_a_reference_is_never_taken_for_ours(
    sandbox: RunningSandbox, bill: Invoice, alices: Connection, decide: Decide, api: APIClient
) -> None:
    row = kept(alices, bill, "man1", PaymentState.RECORDED, harvest_payment_id=999)
    by_hand = paid_by_hand(sandbox, bill, 250.0, f"Bank transfer, instead of [{row.reference}]")
    assert decide("man1", "look_again").json()["status"] == "removed"
    Payment.objects.filter(pk=row.pk).update(state=PaymentState.RECORDED)
    path = f"/invoices/{bill.id}/payments/man1?integrated_account_id={alices.pk}"
    assert api.delete(path).status_code == 200
    assert [payment.id for payment in bill.payments] == [by_hand]


@pytest.mark.parametrize("note", ["refund of [{}]", "[{}] · man1, but another amount"])
def test_a_lost_answer_beside_a_note_that_names_its_reference_is_left_to_a_person(
    sandbox: RunningSandbox, bill: Invoice, alices: Connection, decide: Decide, note: str
) -> None:
    row = kept(alices, bill, "man1", PaymentState.DOUBTFUL)
    paid_by_hand(sandbox, bill, 7.0, note.format(row.reference))
    decide("man1", "send_again")
    attempt(Payment.objects.get())
    assert (Payment.objects.get().state, len(bill.payments)) == ("doubtful", 1)

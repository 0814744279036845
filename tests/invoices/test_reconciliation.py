"""Payments here against payments in Harvest: what differs, and what mends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.invoices.models import Payment, PaymentState
from harvest_bridge.invoices.payments.matching import reference_of
from harvest_bridge.mirror.models import Mirror, Stream

from .conftest import Ask
from .records import invoice, pay, put

pytestmark = pytest.mark.django_db
Recorded = Callable[..., Payment]


@pytest.fixture
def recorded(linked_account: Connection) -> Recorded:
    def make(external_id: str, **fields: Any) -> Payment:
        account = linked_account.harvest_account_id
        reference = reference_of(
            host_app_id=linked_account.host_app_id, harvest_account_id=account, external_id=external_id
        )
        given = {"invoice_id": 1, "amount": Decimal(40), "state": PaymentState.RECORDED, "harvest_payment_id": 901}
        return Payment.objects.create(
            host_app=linked_account.host_app,
            connection=linked_account,
            harvest_account_id=account,
            external_id=external_id,
            reference=reference,
            currency="EUR",
            paid_date=date(2026, 11, 20),
            **given | fields,
        )

    return make


def kinds(ask: Ask) -> list[str]:
    return [row["kind"] for row in ask("/reconciliation").json()["differences"]]


def test_where_both_sides_are_the_same_nothing_differs(mirror: Mirror, ask: Ask, recorded: Recorded) -> None:
    put(mirror, invoice(1, due_amount=50.0), invoice(2))
    pay(mirror, 1, 901, amount=40.0)
    pay(mirror, 1, 902, amount=10.0)
    recorded("pi_1")
    answer = ask("/reconciliation").json()
    assert (answer["is_even"], answer["differences"]) == (True, [])
    assert answer["totals"] == [
        {
            "currency": "EUR",
            "recorded_here": "40.00",
            "recorded_through_us": "40.00",
            "recorded_otherwise": "10.00",
            "paid_by_invoices": "50.00",
        }
    ]
    assert [row["external_id"] for row in ask("/1").json()["payments"]] == ["pi_1", None]


def test_each_difference_names_its_action(mirror: Mirror, ask: Ask, recorded: Recorded) -> None:
    put(mirror, invoice(1, due_amount=50.0), invoice(2, due_amount=-5.0), invoice(3, due_amount=60.0))
    pay(mirror, 2, 905, amount=105.0)
    pay(mirror, 3, 906, amount=39.0)
    twin = recorded("pi/twice?", invoice_id=3, harvest_payment_id=906)
    pay(mirror, 3, 907, amount=40.0, notes=f"[{twin.reference}]")
    recorded("pi_gone", invoice_id=1, harvest_payment_id=999)
    recorded("pi_lost", state=PaymentState.DOUBTFUL, harvest_payment_id=None, error={"message": "Look."})
    recorded("pi_no", state=PaymentState.REFUSED, harvest_payment_id=None)
    recorded("pi_removed", state=PaymentState.REMOVED, harvest_payment_id=998)
    found = {row["kind"]: row for row in ask("/reconciliation").json()["differences"]}
    assert set(found) == {
        "sum_differs",
        "overpaid",
        "amount_differs",
        "recorded_twice",
        "missing_in_harvest",
        "doubtful",
        "refused",
        "removed_in_harvest",
    }
    assert found["doubtful"]["actions"][0]["choices"] == ["look_again", "is_there", "send_again", "give_up"]
    assert found["amount_differs"]["actions"][0]["path"] == "/invoices/3/payments/pi%2Ftwice%3F"
    assert found["recorded_twice"]["actions"][0]["choices"] == ["delete_duplicate"]
    assert all(row["actions"] for row in found.values())


@pytest.mark.parametrize(
    ("decision", "more", "state"),
    [
        ("look_again", {}, "pending"),
        ("send_again", {}, "pending"),
        ("give_up", {}, "deleted"),
    ],
)
def test_a_person_decides_about_a_doubtful_payment(
    api: APIClient, linked_account: Connection, recorded: Recorded, decision: str, more: dict[str, int], state: str
) -> None:
    recorded("pi_1", state=PaymentState.DOUBTFUL, harvest_payment_id=None)
    path = f"/invoices/1/payment-decisions?integrated_account_id={linked_account.pk}"
    answer = api.post(path, {"external_id": "pi_1", "decision": decision, **more}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, state)
    assert Payment.objects.get().harvest_payment_id == more.get("harvest_payment_id")


def test_of_what_is_certain_there_is_nothing_to_decide(
    api: APIClient, linked_account: Connection, recorded: Recorded
) -> None:
    recorded("pi_1")
    path = f"/invoices/1/payment-decisions?integrated_account_id={linked_account.pk}"
    answer = api.post(path, {"external_id": "pi_1", "decision": "send_again"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "payment_not_in_doubt")
    unnamed = api.post(path, {"external_id": "pi_1", "decision": "is_there"}, format="json")
    assert list(unnamed.json()["fields"]) == ["harvest_payment_id"]


def test_operators_see_the_same_and_decide_there(
    client: Client, mirror: Mirror, recorded: Recorded, admin_user: User
) -> None:
    put(mirror, invoice(1))
    payment = recorded("pi_1", state=PaymentState.DOUBTFUL, harvest_payment_id=None, error={"message": "Look there."})
    client.force_login(admin_user)
    page = client.get(reverse("admin:invoices_payment_reconciliation_page")).content.decode()
    assert "pi_1" in page
    assert "Look there." in page
    assert client.get(reverse("admin:invoices_payment_changelist")).status_code == 200
    assert client.get(reverse("admin:invoices_payment_change", args=[payment.pk])).status_code == 200
    assert client.get(reverse("admin:invoices_payment_is_there", args=[payment.pk])).status_code == 200
    client.post(reverse("admin:invoices_payment_give_up", args=[payment.pk]))
    payment.refresh_from_db()
    assert payment.state == PaymentState.DELETED


def test_what_the_link_may_not_see_is_not_called_even(
    client: Client, mirror: Mirror, ask: Ask, recorded: Recorded, admin_user: User
) -> None:
    put(mirror, invoice(1))
    recorded("pi_1")
    Stream.objects.filter(mirror=mirror, resource="invoices").update(state="forbidden", needs="invoices", as_of=None)
    answer = ask("/reconciliation")
    assert (answer.status_code, answer.json()["code"]) == (409, "invoices_not_complete")
    client.force_login(admin_user)
    page = client.get(reverse("admin:invoices_payment_reconciliation_page")).content.decode()
    assert "There is nothing to compare." in page
    assert "Nothing differs." not in page


def test_payments_of_another_tenant_of_the_same_account_are_not_shown(
    api: APIClient, linked_account: Connection, recorded: Recorded
) -> None:
    recorded("pi_1")
    other = Connection.objects.get(pk=linked_account.pk)
    other.pk, other.tenant_id = uuid4(), "another-customer"
    other.save(force_insert=True)
    whose = {"integrated_account_id": str(other.pk)}
    assert api.get("/invoices/1/payments", whose).json()["result"] == []
    assert api.get("/invoices/1/payments/pi_1", whose).status_code == 404
    removed = api.delete(f"/invoices/1/payments/pi_1?integrated_account_id={other.pk}")
    assert removed.json()["code"] == "payment_unknown"

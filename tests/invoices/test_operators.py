"""What operators see of invoices before they ask for it: what differs, and any invoice by its number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client

from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.invoices.models import AccountSettings, Payment, PaymentState
from harvest_bridge.invoices.payments.matching import reference_of
from harvest_bridge.invoices.reconciliation import counts
from harvest_bridge.mirror.models import Mirror, Stream, StreamState
from tests.console.operators import signed_in, staff, superuser
from tests.mirror.reading.filling import TIMES, fill

from .records import invoice, pay, put

pytestmark = pytest.mark.django_db


def record(connection: Connection, external_id: str, *, amount: str = "40", currency: str = "EUR") -> Payment:
    whose = {"host_app_id": connection.host_app_id, "harvest_account_id": connection.harvest_account_id}
    return Payment.objects.create(
        **whose,
        connection=connection,
        external_id=external_id,
        reference=reference_of(**whose, external_id=external_id),
        invoice_id=1,
        amount=Decimal(amount),
        currency=currency,
        paid_date=date(2026, 11, 20),
        state=PaymentState.RECORDED,
        harvest_payment_id=901,
    )


def first_page() -> str:
    return signed_in(superuser()).get("/admin/").content.decode()


def found(browser: Client, term: str) -> str:
    return browser.get(f"/admin/search/?s={term}&extended=1").content.decode()


def test_a_difference_of_the_reconciliation_needs_you(mirror: Mirror, linked_account: Connection) -> None:
    put(mirror, invoice(1, due_amount=60.0))
    record(linked_account, "pi_1")
    counts.count_all()
    page = first_page()
    assert "differences between payments here and in Harvest" in page
    assert "/admin/invoices/payment/reconciliation/" in page


def test_what_is_even_again_needs_nobody(mirror: Mirror, linked_account: Connection) -> None:
    put(mirror, invoice(1, due_amount=60.0))
    record(linked_account, "pi_1")
    counts.count_all()
    pay(mirror, 1, 901, amount=40.0)
    counts.count_all()
    assert AccountSettings.objects.get(connection=linked_account).differences == 0
    assert "between payments here and in Harvest" not in first_page()


def test_the_search_finds_an_invoice_by_its_number(mirror: Mirror) -> None:
    put(mirror, {**invoice(1), "number": "INV-1010"}, {**invoice(2), "number": "INV-10101"})
    browser = signed_in(superuser())
    page = found(browser, "INV-1010")
    assert "Invoice INV-1010<" in page.replace("\n", "").replace(" <", "<")
    assert "INV-10101" not in page
    assert "tenant=" in page


@pytest.mark.parametrize("term", ["Ivan", "petrov", "ivan petrov", "ivan@studio"])
def test_the_search_finds_people_and_contacts_of_harvest_by_name(mirror: Mirror, term: str) -> None:
    fill(
        mirror, "users", {"id": 7, "first_name": "Ivan", "last_name": "Petrov", "email": "ivan@studio.example", **TIMES}
    )
    fill(
        mirror,
        "contacts",
        {"id": 8, "first_name": "Ivana", "last_name": "Petrova", "email": "ivan@studio.com", **TIMES},
    )
    page = found(signed_in(superuser()), term)
    assert "Ivan Petrov" in page
    assert "Ivana Petrova" in page


def test_the_search_shows_no_mirror_to_who_may_not_see_one(mirror: Mirror) -> None:
    put(mirror, {**invoice(1), "number": "INV-1010"})
    assert "INV-1010" not in found(signed_in(staff("small", "hosts.view_hostapp")), "INV-1010").replace(
        "s=INV-1010", ""
    )


@pytest.mark.parametrize(("currency", "said"), [("EUR", "103.00 EUR"), ("JPY", "103 JPY"), ("KWD", "103.000 KWD")])
def test_results_have_the_decimals_of_their_currency(linked_account: Connection, currency: str, said: str) -> None:
    record(linked_account, "pi_9", amount="103", currency=currency)
    assert said in found(signed_in(superuser()), "pi_9")


def test_a_tenants_page_says_in_one_line_that_harvest_lets_us_in_no_more(
    mirror: Mirror, linked_account: Connection
) -> None:
    Connection.objects.filter(pk=linked_account.pk).update(status=Status.NEEDS_REAUTH)
    Stream.objects.filter(mirror=mirror).update(state=StreamState.FAILING, detail="make a link token")
    query = urlencode({"host_app": str(linked_account.host_app_id), "tenant": linked_account.tenant_id})
    page = signed_in(superuser()).get(f"/admin/tenants/one?{query}").content.decode()
    assert page.count("Send the customer a re-link address") == 1
    assert "make a link token" not in page
    assert f"/admin/connections/connection/{linked_account.pk}/change/" in page

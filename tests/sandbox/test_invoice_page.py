"""Invoices as people see them: the list, the document, and the client's own page."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.sandbox.pages import Shown, opened

LINE = {"kind": "Service", "description": "Workshop", "quantity": 2, "unit_price": 1800}


@pytest.fixture
def bill(harvest: RunningSandbox) -> Any:
    """Create an invoice for the first client; answers what the API says of it."""

    def create(**fields: Any) -> dict[str, Any]:
        client = next(one for one in harvest.account.clients if one.address)
        body = {"client_id": client.id, "line_items": [LINE], **fields}
        answer = harvest.post("/v2/invoices", json=body)
        assert answer.status_code == 201, answer.text
        invoice: dict[str, Any] = answer.json()
        return invoice

    return create


def shown(harvest: RunningSandbox, invoice: dict[str, Any]) -> Shown:
    return opened(harvest, f"/invoice/{harvest.account.id}/{invoice['id']}")


def move(harvest: RunningSandbox, invoice: dict[str, Any], event: str) -> None:
    answer = harvest.post(f"/v2/invoices/{invoice['id']}/messages", json={"event_type": event})
    assert answer.status_code == 201, answer.text


def test_it_names_both_parties_the_number_and_the_lines(harvest: RunningSandbox, bill: Any) -> None:
    text = shown(harvest, bill(number="77", subject="Spring", purchase_order="PO-9", notes="Thank you")).text
    assert "Fennel & Finch Invoice 77 Draft" in text
    assert "For Northwind Outdoor 1200 Pearl Street Boulder, CO 80302" in text
    assert "PO number PO-9" in text
    assert "Subject Spring" in text
    assert "Service Workshop 2.00 $1,800.00 $3,600.00" in text
    assert "Total $3,600.00 Amount due $3,600.00" in text
    assert "Notes Thank you" in text


def test_discount_and_taxes_lead_from_the_subtotal_to_the_total(harvest: RunningSandbox, bill: Any) -> None:
    line = {**LINE, "taxed": True}
    text = shown(harvest, bill(line_items=[line], tax=8, discount=12.5)).text
    assert "Subtotal $3,600.00 Discount (12.5%) −$450.00 Tax (8%) $252.00 Total $3,402.00" in text


def test_a_payment_shows_and_settles(harvest: RunningSandbox, bill: Any) -> None:
    invoice = bill()
    move(harvest, invoice, "send")
    payments = f"/v2/invoices/{invoice['id']}/payments"
    harvest.post(payments, json={"amount": 600, "paid_date": "2026-11-20", "notes": "First part"})
    assert "Paid −$600.00 Amount due $3,000.00" in shown(harvest, invoice).text
    rest = harvest.post(payments, json={"amount": 3000, "paid_date": "2026-11-21"}).json()
    text = shown(harvest, invoice).text
    assert f"Invoice {invoice['number']} Paid" in text
    assert "Amount due $0.00" in text
    assert "2026-11-20 First part Alice Okafor $600.00" in text
    harvest.delete(f"{payments}/{rest['id']}")
    assert "Amount due $3,000.00" in shown(harvest, invoice).text


def test_an_open_invoice_is_late_once_its_day_has_passed(harvest: RunningSandbox, bill: Any) -> None:
    invoice = bill(payment_term="net 15")
    move(harvest, invoice, "send")
    assert f"Invoice {invoice['number']} Open" in shown(harvest, invoice).text
    harvest.advance(17 * 86_400)
    assert f"Invoice {invoice['number']} Late" in shown(harvest, invoice).text


def test_money_and_days_read_as_the_company_writes_them(harvest: RunningSandbox, bill: Any) -> None:
    with harvest.world.lock:
        company = harvest.account.company
        company.thousands_separator, company.decimal_symbol, company.date_format = ".", ",", "%d.%m.%Y"
    text = shown(harvest, bill(currency="EUR", issue_date="2026-11-24")).text
    assert "€3.600,00" in text
    assert "Issued 24.11.2026" in text
    assert "PLN 3.600,00" in shown(harvest, bill(currency="PLN")).text


def test_the_client_sees_the_document_alone(harvest: RunningSandbox, bill: Any) -> None:
    invoice = bill(number="78")
    inside = shown(harvest, invoice)
    page = opened(harvest, inside.links()[f"/client/invoices/{invoice['client_key']}"])
    assert page.text.startswith("Fennel & Finch Invoice 78 Draft For Northwind Outdoor")
    assert page.links() == {}


def test_a_deleted_invoice_is_gone_for_both(harvest: RunningSandbox, bill: Any) -> None:
    invoice = bill()
    harvest.delete(f"/v2/invoices/{invoice['id']}")
    opened(harvest, f"/invoice/1408215/{invoice['id']}", status=404)
    opened(harvest, f"/client/invoices/{invoice['client_key']}", status=404)


def test_an_invoice_belongs_to_one_account(harvest: RunningSandbox, bill: Any) -> None:
    opened(harvest, f"/invoice/{harvest.studio.id}/{bill()['id']}", status=404)


def test_an_invoice_without_lines_says_so(harvest: RunningSandbox, bill: Any) -> None:
    assert "This invoice has no lines." in shown(harvest, bill(line_items=[])).text


def test_the_list_shows_every_invoice_and_can_be_narrowed_to_a_state(harvest: RunningSandbox, bill: Any) -> None:
    invoice = bill(number="79")
    page = opened(harvest, "/sandbox/invoices")
    assert all(f"/invoice/1408215/{one.id}" in page.links() for one in harvest.account.invoices)
    assert "79 Draft Northwind Outdoor" in page.text
    assert f"/invoice/1408215/{invoice['id']}" in opened(harvest, "/sandbox/invoices?state=draft").links()
    assert f"/invoice/1408215/{invoice['id']}" not in opened(harvest, "/sandbox/invoices?state=paid").links()


def test_empty_lists_say_how_to_fill_them(harvest: RunningSandbox) -> None:
    assert "No invoices yet. POST /v2/invoices makes one." in opened(harvest, "/sandbox/invoices").text
    assert "No invoice is in this state." in opened(harvest, "/sandbox/invoices?state=closed").text

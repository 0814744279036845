"""REFERENCE §8.13, payments: covering the amount turns an invoice paid, deleting one turns it back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import not_found, unprocessable
from harvest_bridge.sandbox.fields import as_bool, as_datetime
from harvest_bridge.sandbox.filters import updated_since
from harvest_bridge.sandbox.forms import Form, day, number, text
from harvest_bridge.sandbox.invoice_states import settle
from harvest_bridge.sandbox.records import Invoice, Payment
from harvest_bridge.sandbox.resources.invoices import visible_invoice
from harvest_bridge.sandbox.rights import invoice_drafters, invoice_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.billing import payment_shape

routes = Routes()
FORM = Form(number("amount", required=True), day("paid_date"), text("notes"))


@routes.get("/invoices/{id}/payments", may=invoice_drafters)
def list_payments(call: Call, invoice_id: int) -> Answer:
    rows = updated_since(visible_invoice(call, invoice_id).payments, call.query)
    return call.listing("invoice_payments", rows, payment_shape)


@routes.post("/invoices/{id}/payments", may=invoice_managers)
def create_payment(call: Call, invoice_id: int) -> Answer:
    """A thank-you goes out, unless refused, when this settles the invoice."""
    invoice = visible_invoice(call, invoice_id)
    values = FORM.new(call.body, call.account)
    values.pop("paid_date", None)
    payment = Payment(
        **call.fresh("invoice_payments"),
        **values,
        **_moment(call),
        recorded_by=call.person.name,
        recorded_by_email=call.person.email,
    )
    invoice.payments.insert(0, payment)
    _settle(call, invoice)
    if invoice.state == "paid" and as_bool(call.body.get("send_thank_you", True)):
        _thank(call, invoice)
    return call.created(payment_shape(payment), payment)


@routes.delete("/invoices/{id}/payments/{id}", may=invoice_managers)
def delete_payment(call: Call, invoice_id: int, payment_id: int) -> Answer:
    invoice = visible_invoice(call, invoice_id)
    for payment in invoice.payments:
        if payment.id == payment_id:
            invoice.payments.remove(payment)
            _settle(call, invoice)
            return call.deleted(payment_shape(payment))
    raise not_found()


def _settle(call: Call, invoice: Invoice) -> None:
    """State and dates follow what is due; whether `updated_at` moves too is a switch (REFERENCE §16.3)."""
    before = invoice.updated_at
    settle(invoice, call.stamp())
    invoice.updated_at = call.stamp() if call.switches.payment_updated_at == "move" else before
    call.account.invoices.touch(invoice)


def _moment(call: Call) -> dict[str, Any]:
    """`paid_at` or `paid_date`, not both; a date alone counts from midnight UTC, as recorded."""
    sent_at, sent_date = call.body.get("paid_at"), call.body.get("paid_date")
    if sent_at and sent_date:
        raise unprocessable("Paid at and paid date can't both be given")
    if sent_date:
        paid_date = FORM.changes(call.body, call.account)["paid_date"]
        return {"paid_at": datetime.combine(paid_date, time(), UTC), "paid_date": paid_date}
    paid_at = as_datetime(sent_at) if sent_at else call.stamp()
    if paid_at is None:
        raise unprocessable("Paid at is not a valid datetime")
    paid_at = paid_at.replace(microsecond=0)
    day_paid: date = paid_at.date()
    return {"paid_at": paid_at, "paid_date": day_paid}


def _thank(call: Call, invoice: Invoice) -> None:
    for contact in call.account.contacts:
        if contact.client is invoice.client and contact.email:
            subject = f"Thank you for paying invoice #{invoice.number}"
            call.world.outbox.send(call.account, to=contact.email, subject=subject, body=None)

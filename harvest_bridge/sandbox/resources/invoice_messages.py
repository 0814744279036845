"""REFERENCE §8.13, messages."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.fields import as_bool
from harvest_bridge.sandbox.filters import updated_since
from harvest_bridge.sandbox.invoice_states import move_invoice
from harvest_bridge.sandbox.messages import add_message, remove_message
from harvest_bridge.sandbox.records import Company, Invoice
from harvest_bridge.sandbox.resources.invoices import visible_invoice
from harvest_bridge.sandbox.rights import invoice_drafters, invoice_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.billing import invoice_message_shape

routes = Routes()


@routes.get("/invoices/{id}/messages", may=invoice_drafters)
def list_invoice_messages(call: Call, invoice_id: int) -> Answer:
    rows = updated_since(visible_invoice(call, invoice_id).messages, call.query)
    return call.listing("invoice_messages", rows, invoice_message_shape)


@routes.get("/invoices/{id}/messages/new", may=invoice_drafters)
def new_invoice_message(call: Call, invoice_id: int) -> Answer:
    """Subject and body as the account would begin such a message."""
    invoice = visible_invoice(call, invoice_id)
    reminder, thank_you = as_bool(call.query.get("reminder")), as_bool(call.query.get("thank_you"))
    subject, body = _template(invoice, call.account.company, reminder=reminder, thank_you=thank_you)
    return Answer(
        {"invoice_id": invoice.id, "subject": subject, "body": body, "reminder": reminder, "thank_you": thank_you}
    )


@routes.post("/invoices/{id}/messages", may=invoice_managers)
def create_invoice_message(call: Call, invoice_id: int) -> Answer:
    invoice = visible_invoice(call, invoice_id)
    message = add_message(call, invoice, "invoice_messages", lambda event: move_invoice(invoice, event, call.stamp()))
    if call.body.get("include_link_to_client_invoice") is False:
        invoice.payment_options = []
    call.account.invoices.touch(invoice)
    return call.created(invoice_message_shape(message), message)


@routes.delete("/invoices/{id}/messages/{id}", may=invoice_managers)
def delete_invoice_message(call: Call, invoice_id: int, message_id: int) -> Answer:
    return call.deleted(invoice_message_shape(remove_message(visible_invoice(call, invoice_id), message_id)))


def _template(invoice: Invoice, company: Company, *, reminder: bool, thank_you: bool) -> tuple[str, str]:
    name, number = company.name, invoice.number
    if reminder:
        return (
            f"Past due invoice reminder: #{number} from {name}",
            f"Dear Customer,\n\nThis is a friendly reminder to let you know that Invoice {number} is past due.\n\n"
            f"Thank you for your business.\n\nCheers,\n{name}\n",
        )
    if thank_you:
        return (
            f"Thank you for paying invoice #{number}",
            f"Dear Customer,\n\nThank you for paying Invoice {number}.\n\nCheers,\n{name}\n",
        )
    return (
        f"Invoice #{number} from {name}",
        f"Invoice ID: {number}\nIssue Date: {invoice.issue_date}\nClient: {invoice.client.name}\n"
        f"Due: {invoice.due_date}\n\nThank you!\n",
    )

"""Invoices, their messages and payments (REFERENCE §8.13)."""

from __future__ import annotations

from .collection import Collection
from .kinds import DATE, FLAG, ID, MOMENT, NUMBER, TEXT, Json, list_of, maybe, named, one_of, said, table

_TIMES = {"created_at": MOMENT, "updated_at": MOMENT}
_PERCENT = said(maybe(NUMBER), "Percent: 10.0 is a tenth.")
_TERMS = ("upon receipt", "net 15", "net 30", "net 45", "net 60", "custom")
_BODY = (
    "retainer_id estimate_id number purchase_order tax tax2 discount subject notes currency issue_date due_date "
    "payment_term payment_options line_items"
)
_LINE: Json = {
    "project_id": ID,
    "kind": TEXT,
    "description": maybe(TEXT),
    "quantity": NUMBER,
    "unit_price": NUMBER,
    "taxed": FLAG,
    "taxed2": FLAG,
}
_DAYS = {"from": DATE, "to": DATE}

ASIDE: Json = {
    "HarvestInvoiceLineItem": table(
        {
            "id": ID,
            "kind": said(TEXT, "The name of an invoice item category."),
            "description": maybe(TEXT),
            "quantity": NUMBER,
            "unit_price": NUMBER,
            "amount": NUMBER,
            "taxed": FLAG,
            "taxed2": FLAG,
            "project": maybe(named("ProjectReference")),
        }
    ),
    "HarvestInvoiceLineItemCreate": table(_LINE, needed="kind unit_price"),
    "HarvestInvoiceLineItemUpdate": table(
        {
            "id": said(ID, "The line to change; without it a line is added."),
            "_destroy": said(FLAG, "True takes the line with this id away."),
            **_LINE,
        },
        needed="",
    ),
    "HarvestInvoiceImport": table(
        {
            "project_ids": list_of(ID),
            "time": table({"summary_type": one_of("project", "task", "people", "detailed"), **_DAYS}, "summary_type"),
            "expenses": table(
                {
                    "summary_type": one_of("project", "category", "people", "detailed"),
                    **_DAYS,
                    "attach_receipt": FLAG,
                },
                "summary_type",
            ),
        },
        needed="project_ids",
        description="Lines out of time and expenses that were not billed; they are billed and locked then.",
    ),
    "HarvestRecipient": table({"name": maybe(TEXT), "email": TEXT}),
    "HarvestRecipientInput": table({"name": TEXT, "email": TEXT}, needed="email"),
    "HarvestIdReference": table({"id": ID}),
    "HarvestPaymentGateway": table({"id": maybe(ID), "name": maybe(TEXT)}),
    "HarvestInvoiceMessageDraft": table(
        {"invoice_id": ID, "subject": TEXT, "body": TEXT, "reminder": FLAG, "thank_you": FLAG},
        description="What Harvest proposes to write.",
    ),
}

INVOICES = {
    "invoices": Collection(
        "Invoice",
        "What a client is to pay.",
        {
            "id": ID,
            "client_key": said(TEXT, "The end of the address of the client's own page."),
            "number": TEXT,
            "purchase_order": maybe(TEXT),
            "amount": NUMBER,
            "due_amount": NUMBER,
            "tax": _PERCENT,
            "tax_amount": maybe(NUMBER),
            "tax2": _PERCENT,
            "tax2_amount": maybe(NUMBER),
            "discount": _PERCENT,
            "discount_amount": maybe(NUMBER),
            "subject": maybe(TEXT),
            "notes": maybe(TEXT),
            "state": said(one_of("draft", "open", "paid", "closed"), "Messages and payments change it."),
            "period_start": maybe(DATE),
            "period_end": maybe(DATE),
            "issue_date": DATE,
            "due_date": DATE,
            "payment_term": one_of(*_TERMS),
            "sent_at": maybe(MOMENT),
            "paid_at": maybe(MOMENT),
            "closed_at": maybe(MOMENT),
            "recurring_invoice_id": maybe(ID),
            **_TIMES,
            "paid_date": maybe(DATE),
            "currency": TEXT,
            "payment_options": list_of(one_of("ach", "credit_card", "paypal")),
            "client": named("Reference"),
            "estimate": maybe(named("IdReference")),
            "retainer": maybe(named("IdReference")),
            "creator": named("Reference"),
            "line_items": list_of(named("InvoiceLineItem")),
        },
        create=f"client_id* {_BODY} line_items_import",
        update=f"client_id {_BODY}",
        written={
            "client_id": ID,
            "retainer_id": ID,
            "estimate_id": ID,
            "line_items": list_of(named("InvoiceLineItemUpdate")),
            "line_items_import": named("InvoiceImport"),
        },
        written_on_create={"line_items": list_of(named("InvoiceLineItemCreate"))},
    ),
    "invoice_messages": Collection(
        "InvoiceMessage",
        "What was written to a client about an invoice, or a change of its state.",
        {
            "id": ID,
            "sent_by": TEXT,
            "sent_by_email": TEXT,
            "sent_from": TEXT,
            "sent_from_email": TEXT,
            "include_link_to_client_invoice?": FLAG,
            "send_me_a_copy": FLAG,
            "thank_you": FLAG,
            "reminder": FLAG,
            "send_reminder_on": maybe(DATE),
            **_TIMES,
            "attach_pdf": FLAG,
            "event_type": maybe(one_of("send", "close", "re-open", "draft")),
            "recipients": list_of(named("Recipient")),
            "subject": maybe(TEXT),
            "body": maybe(TEXT),
        },
        create="event_type recipients subject body attach_pdf send_me_a_copy thank_you include_link_to_client_invoice",
        written={
            "recipients": list_of(named("RecipientInput")),
            "event_type": said(
                one_of("send", "close", "re-open", "draft"),
                "Changes the state and writes to nobody. Without it Harvest sends an e-mail.",
            ),
        },
        answers={"new": "InvoiceMessageDraft"},
    ),
    "invoice_payments": Collection(
        "InvoicePayment",
        "Money that came for an invoice.",
        {
            "id": ID,
            "amount": NUMBER,
            "paid_at": maybe(MOMENT),
            "paid_date": maybe(DATE),
            "recorded_by": TEXT,
            "recorded_by_email": TEXT,
            "notes": maybe(TEXT),
            "transaction_id": maybe(TEXT),
            **_TIMES,
            "payment_gateway": named("PaymentGateway"),
        },
        create="amount* paid_at paid_date notes send_thank_you",
        written={
            "paid_at": said(MOMENT, "Or `paid_date`."),
            "paid_date": DATE,
            "send_thank_you": said(FLAG, "True unless you say false: writes to the client when all is paid."),
        },
    ),
    "invoice_item_categories": Collection(
        "InvoiceItemCategory",
        "A kind of line on invoices.",
        {"id": ID, "name": TEXT, "use_as_service": FLAG, "use_as_expense": FLAG, **_TIMES},
        create="name*",
        update="name",
    ),
}

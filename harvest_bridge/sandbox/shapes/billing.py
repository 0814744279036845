"""Invoices, estimates, their messages and payments on the wire (REFERENCE §8.13, §8.14; recorded order)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.encoding import number
from harvest_bridge.sandbox.records import (
    Document,
    Estimate,
    EstimateItemCategory,
    Invoice,
    InvoiceItemCategory,
    LineItem,
    Message,
    Payment,
)
from harvest_bridge.sandbox.shapes.work import person_reference, project_reference
from harvest_bridge.sandbox.sums import due_of, line_amount, sums_of


def invoice_shape(invoice: Invoice) -> dict[str, Any]:
    sums = sums_of(invoice)
    return {
        "id": invoice.id,
        "client_key": invoice.client_key,
        "number": invoice.number,
        "purchase_order": invoice.purchase_order,
        "amount": number(sums.amount),
        "due_amount": number(due_of(invoice)),
        **_percentages(invoice),
        "subject": invoice.subject,
        "notes": invoice.notes,
        "state": invoice.state,
        "period_start": invoice.period_start,
        "period_end": invoice.period_end,
        "issue_date": invoice.issue_date,
        "due_date": invoice.due_date,
        "payment_term": invoice.payment_term,
        "sent_at": invoice.sent_at,
        "paid_at": invoice.paid_at,
        "closed_at": invoice.closed_at,
        "recurring_invoice_id": invoice.recurring_invoice_id,
        "created_at": invoice.created_at,
        "updated_at": invoice.updated_at,
        "paid_date": invoice.paid_date,
        "currency": invoice.currency,
        "payment_options": invoice.payment_options,
        "client": {"id": invoice.client.id, "name": invoice.client.name},
        "estimate": {"id": invoice.estimate.id} if invoice.estimate else None,
        "retainer": {"id": invoice.retainer_id} if invoice.retainer_id else None,
        "creator": person_reference(invoice.creator),
        "line_items": [{**_line(item, invoice.currency), "project": _project(item)} for item in invoice.line_items],
    }


def estimate_shape(estimate: Estimate) -> dict[str, Any]:
    return {
        "id": estimate.id,
        "client_key": estimate.client_key,
        "number": estimate.number,
        "purchase_order": estimate.purchase_order,
        "amount": number(sums_of(estimate).amount),
        **_percentages(estimate),
        "subject": estimate.subject,
        "notes": estimate.notes,
        "state": estimate.state,
        "issue_date": estimate.issue_date,
        "sent_at": estimate.sent_at,
        "created_at": estimate.created_at,
        "updated_at": estimate.updated_at,
        "accepted_at": estimate.accepted_at,
        "declined_at": estimate.declined_at,
        "currency": estimate.currency,
        "client": {"id": estimate.client.id, "name": estimate.client.name},
        "creator": person_reference(estimate.creator),
        "line_items": [_line(item, estimate.currency) for item in estimate.line_items],
    }


def _percentages(document: Document) -> dict[str, Any]:
    sums = sums_of(document)
    return {
        "tax": number(document.tax),
        "tax_amount": number(sums.tax_amount),
        "tax2": number(document.tax2),
        "tax2_amount": number(sums.tax2_amount),
        "discount": number(document.discount),
        "discount_amount": number(sums.discount_amount),
    }


def _line(item: LineItem, currency: str) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "description": item.description,
        "quantity": number(item.quantity),
        "unit_price": number(item.unit_price),
        "amount": number(line_amount(item, currency)),
        "taxed": item.taxed,
        "taxed2": item.taxed2,
    }


def _project(item: LineItem) -> dict[str, Any] | None:
    return project_reference(item.project) if item.project else None


def invoice_message_shape(message: Message) -> dict[str, Any]:
    return {
        **_sender(message),
        "include_link_to_client_invoice": False,
        "send_me_a_copy": message.send_me_a_copy,
        "thank_you": message.thank_you,
        "reminder": message.reminder,
        "send_reminder_on": message.send_reminder_on,
        "created_at": message.created_at,
        "updated_at": message.updated_at,
        "attach_pdf": message.attach_pdf,
        "event_type": message.event_type,
        "recipients": message.recipients,
        "subject": message.subject,
        "body": message.body,
    }


def estimate_message_shape(message: Message) -> dict[str, Any]:
    return {
        **_sender(message),
        "send_me_a_copy": message.send_me_a_copy,
        "created_at": message.created_at,
        "updated_at": message.updated_at,
        "recipients": message.recipients,
        "event_type": message.event_type,
        "subject": message.subject,
        "body": message.body,
    }


def _sender(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "sent_by": message.sent_by,
        "sent_by_email": message.sent_by_email,
        "sent_from": message.sent_from,
        "sent_from_email": message.sent_from_email,
    }


def payment_shape(payment: Payment) -> dict[str, Any]:
    """Nothing here is ever paid through a gateway."""
    return {
        "id": payment.id,
        "amount": number(payment.amount),
        "paid_at": payment.paid_at,
        "paid_date": payment.paid_date,
        "recorded_by": payment.recorded_by,
        "recorded_by_email": payment.recorded_by_email,
        "notes": payment.notes,
        "transaction_id": payment.transaction_id,
        "created_at": payment.created_at,
        "updated_at": payment.updated_at,
        "payment_gateway": {"id": None, "name": None},
    }


def invoice_item_category_shape(category: InvoiceItemCategory) -> dict[str, Any]:
    return {
        "id": category.id,
        "name": category.name,
        "use_as_service": category.use_as_service,
        "use_as_expense": category.use_as_expense,
        "created_at": category.created_at,
        "updated_at": category.updated_at,
    }


def estimate_item_category_shape(category: EstimateItemCategory) -> dict[str, Any]:
    return {
        "id": category.id,
        "name": category.name,
        "created_at": category.created_at,
        "updated_at": category.updated_at,
    }

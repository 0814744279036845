"""How invoices and estimates move: by events, by mail, and by money (REFERENCE §8.13, §8.14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.records import Estimate, Invoice
from harvest_bridge.sandbox.sums import due_of

NET_DAYS = {"upon receipt": 0, "net 15": 15, "net 30": 30, "net 45": 45, "net 60": 60}
PAYMENT_TERMS = (*NET_DAYS, "custom")

# event -> states it is allowed in
INVOICE_EVENTS = {"send": ("draft",), "draft": ("open",), "close": ("open",), "re-open": ("closed",)}
ESTIMATE_EVENTS = {
    "send": ("draft",),
    "accept": ("sent",),
    "decline": ("sent",),
    "re-open": ("accepted", "declined"),
}


def move_invoice(invoice: Invoice, event: str, now: datetime) -> None:
    """Errors: 422 in the wrong state, in the recorded words (REFERENCE §5.2)."""
    _require(event, INVOICE_EVENTS, invoice.state, "invoice")
    changes: dict[str, dict[str, Any]] = {
        "send": {"state": "open", "sent_at": now},
        "draft": {"state": "draft", "sent_at": None},
        "close": {"state": "closed", "closed_at": now},
        "re-open": {"state": "open", "closed_at": None},
    }
    _set(invoice, changes[event], now)


def move_estimate(estimate: Estimate, event: str, now: datetime) -> None:
    _require(event, ESTIMATE_EVENTS, estimate.state, "estimate")
    changes: dict[str, dict[str, Any]] = {
        "send": {"state": "sent", "sent_at": now},
        "accept": {"state": "accepted", "accepted_at": now},
        "decline": {"state": "declined", "declined_at": now},
        "re-open": {"state": "sent", "accepted_at": None, "declined_at": None},
    }
    _set(estimate, changes[event], now)


def settle(invoice: Invoice, now: datetime) -> None:
    """Paid once nothing is due any more; back to where it was when something is due again."""
    covered = bool(invoice.payments) and due_of(invoice) <= 0
    if covered and invoice.state in ("draft", "open"):
        last = max(invoice.payments, key=lambda payment: payment.paid_at)
        invoice.unpaid_state = invoice.state
        _set(invoice, {"state": "paid", "paid_at": last.paid_at, "paid_date": last.paid_date}, now)
    elif not covered and invoice.state == "paid":
        _set(invoice, {"state": invoice.unpaid_state, "paid_at": None, "paid_date": None}, now)


def settle_due_date(invoice: Invoice) -> None:
    """Every term but `custom` counts from the issue date, whatever was sent."""
    if invoice.payment_term in NET_DAYS:
        invoice.due_date = invoice.issue_date + timedelta(days=NET_DAYS[invoice.payment_term])


def _require(event: str, events: Mapping[str, tuple[str, ...]], state: str, kind: str) -> None:
    if event not in events:
        raise unprocessable("Event type is not included in the list")
    if state not in events[event]:
        raise unprocessable(f"Event type can't be {event} unless {kind} is {' or '.join(events[event])}")


def _set(document: Invoice | Estimate, values: dict[str, Any], now: datetime) -> None:
    for name, value in values.items():
        setattr(document, name, value)
    document.updated_at = now

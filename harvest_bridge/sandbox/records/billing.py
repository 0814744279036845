"""Invoices, estimates and what hangs on them (REFERENCE §8.13, §8.14)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from harvest_bridge.sandbox.records.base import Record
from harvest_bridge.sandbox.records.people import User
from harvest_bridge.sandbox.records.work import Client, Project


@dataclass(slots=True, eq=False, kw_only=True)
class InvoiceItemCategory(Record):
    name: str
    use_as_service: bool = False
    use_as_expense: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class EstimateItemCategory(Record):
    name: str


@dataclass(slots=True, eq=False, kw_only=True)
class LineItem:
    """A line of an invoice or an estimate; estimates know no project."""

    id: int
    kind: str
    description: str | None = None
    quantity: Decimal = Decimal(1)
    unit_price: Decimal
    taxed: bool = False
    taxed2: bool = False
    project: Project | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Message(Record):
    """An e-mail that was sent, or an event that moved the state."""

    sent_by: str
    sent_by_email: str
    sent_from: str
    sent_from_email: str
    recipients: list[dict[str, str | None]]
    subject: str | None
    body: str | None
    send_me_a_copy: bool = False
    attach_pdf: bool = False
    thank_you: bool = False
    reminder: bool = False
    send_reminder_on: date | None = None
    event_type: str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Payment(Record):
    amount: Decimal
    paid_at: datetime
    paid_date: date
    recorded_by: str
    recorded_by_email: str
    notes: str | None = None
    transaction_id: str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Document(Record):
    """What invoices and estimates share. Units: taxes and discount are percentages."""

    client: Client
    client_key: str
    creator: User
    number: str
    currency: str
    issue_date: date
    state: str = "draft"
    purchase_order: str | None = None
    tax: Decimal | None = None
    tax2: Decimal | None = None
    discount: Decimal | None = None
    subject: str | None = None
    notes: str | None = None
    sent_at: datetime | None = None
    line_items: list[LineItem] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Estimate(Document):
    accepted_at: datetime | None = None
    declined_at: datetime | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Invoice(Document):
    """`unpaid_state` is where deleting a payment leads back to."""

    due_date: date
    payment_term: str = "custom"
    payment_options: list[str] = field(default_factory=list)
    period_start: date | None = None
    period_end: date | None = None
    paid_at: datetime | None = None
    paid_date: date | None = None
    closed_at: datetime | None = None
    estimate: Estimate | None = None
    retainer_id: int | None = None
    recurring_invoice_id: int | None = None
    payments: list[Payment] = field(default_factory=list)
    unpaid_state: str = "open"

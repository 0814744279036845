"""What an invoice or an estimate comes to (REFERENCE §8.13; the documented samples add up this way)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from harvest_bridge.sandbox.fields import CENT
from harvest_bridge.sandbox.records import Document, Invoice, LineItem


@dataclass(frozen=True, slots=True)
class Sums:
    amount: Decimal
    discount_amount: Decimal
    tax_amount: Decimal
    tax2_amount: Decimal


def line_amount(item: LineItem) -> Decimal:
    return _cents(item.quantity * item.unit_price)


def sums_of(document: Document) -> Sums:
    """The discount comes off first; each tax is on its taxed lines, less their share of the discount."""
    subtotal = sum((line_amount(item) for item in document.line_items), Decimal(0))
    discount = _percent(subtotal, document.discount)
    tax = _percent(_taxed(document, "taxed"), document.tax)
    tax2 = _percent(_taxed(document, "taxed2"), document.tax2)
    return Sums(_cents(subtotal - discount + tax + tax2), discount, tax, tax2)


def paid_of(invoice: Invoice) -> Decimal:
    return sum((payment.amount for payment in invoice.payments), Decimal(0))


def due_of(invoice: Invoice) -> Decimal:
    return _cents(sums_of(invoice).amount - paid_of(invoice))


def _taxed(document: Document, name: str) -> Decimal:
    base = sum((line_amount(item) for item in document.line_items if getattr(item, name)), Decimal(0))
    return base * (1 - (document.discount or Decimal(0)) / 100)


def _percent(base: Decimal, percent: Decimal | None) -> Decimal:
    return _cents(base * (percent or Decimal(0)) / 100)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)

"""What an invoice or an estimate comes to (REFERENCE §8.13; the documented samples add up this way)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from harvest_bridge.sandbox.currencies import smallest_unit
from harvest_bridge.sandbox.records import Document, Invoice, LineItem


@dataclass(frozen=True, slots=True)
class Sums:
    amount: Decimal
    discount_amount: Decimal
    tax_amount: Decimal
    tax2_amount: Decimal


def line_amount(item: LineItem, currency: str) -> Decimal:
    return _rounded(item.quantity * item.unit_price, currency)


def sums_of(document: Document) -> Sums:
    """The discount comes off first; each tax is on its taxed lines, less their share of the discount."""
    currency = document.currency
    subtotal = sum((line_amount(item, currency) for item in document.line_items), Decimal(0))
    discount = _percent(subtotal, document.discount, currency)
    tax = _percent(_taxed(document, "taxed"), document.tax, currency)
    tax2 = _percent(_taxed(document, "taxed2"), document.tax2, currency)
    return Sums(_rounded(subtotal - discount + tax + tax2, currency), discount, tax, tax2)


def paid_of(invoice: Invoice) -> Decimal:
    return sum((payment.amount for payment in invoice.payments), Decimal(0))


def due_of(invoice: Invoice) -> Decimal:
    return _rounded(sums_of(invoice).amount - paid_of(invoice), invoice.currency)


def _taxed(document: Document, name: str) -> Decimal:
    taxed = (item for item in document.line_items if getattr(item, name))
    base = sum((line_amount(item, document.currency) for item in taxed), Decimal(0))
    return base * (1 - (document.discount or Decimal(0)) / 100)


def _percent(base: Decimal, percent: Decimal | None, currency: str) -> Decimal:
    return _rounded(base * (percent or Decimal(0)) / 100, currency)


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(smallest_unit(currency), ROUND_HALF_UP)

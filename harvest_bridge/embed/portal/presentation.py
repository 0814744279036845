"""Invoices and estimates as an end client sees them: what would stand on the paper, and nothing that is ours.

Of what hosts see there is left out who made it, the notes of payments, and public links.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.invoices.reading.presentation import Around, serialize_estimate, serialize_invoice
from harvest_bridge.invoices.records import ZERO, Json, amount_in, list_in

_ROW = ("id", "number", "subject", "issue_date", "currency", "status", "amount")
_PAPER = (
    *("purchase_order", "notes", "tax", "tax_amount", "tax2", "tax2_amount", "discount", "discount_amount"),
    *("sent_at",),
)
_INVOICE_ROW = (*_ROW, "due_date", "days_overdue", "paid_amount", "due_amount", "paid_date")
_INVOICE = (*_INVOICE_ROW, *_PAPER, "payment_term", "period_start", "period_end")
_ESTIMATE = (*_ROW, *_PAPER, "accepted_at", "declined_at")
_LINE = ("kind", "description", "quantity", "unit_price", "amount")


def invoice_row(invoice: Json, around: Around) -> Json:
    return _of(serialize_invoice(invoice, around), _INVOICE_ROW)


def estimate_row(estimate: Json, around: Around) -> Json:
    return _of(serialize_estimate(estimate, around), _ROW)


def whole_invoice(invoice: Json, around: Around) -> Json:
    shown = serialize_invoice(invoice, around)
    return {
        **_of(shown, _INVOICE),
        "subtotal": _subtotal(invoice, shown["currency"]),
        "projects": [_project(one) for one in shown["projects"]],
        "payments": [_of(one, ("paid_date", "amount")) for one in shown["payments"]],
    }


def whole_estimate(estimate: Json, around: Around) -> Json:
    shown = serialize_estimate(estimate, around)
    lines = [_of(one, _LINE) for one in shown["line_items"]]
    return {
        **_of(shown, _ESTIMATE),
        "subtotal": _subtotal(estimate, shown["currency"]),
        "projects": [{"name": None, "code": None, "amount": None, "line_items": lines}] if lines else [],
    }


def _project(group: Json) -> Json:
    project = group["project"] or {}
    lines = [_of(one, _LINE) for one in group["line_items"]]
    return {
        "name": project.get("name"),
        "code": project.get("code"),
        "amount": group["amount"],
        "line_items": lines,
    }


def _subtotal(record: Json, currency: str) -> str:
    """What the lines come to, before discount and taxes."""
    amounts: list[Decimal] = [amount_in(one, "amount") or ZERO for one in list_in(record, "line_items")]
    return money_text(sum(amounts, ZERO), currency)


def _of(shown: Json, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: shown[name] for name in names}

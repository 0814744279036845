"""What was invoiced, by project: lines of invoices that are no drafts, less the invoice's discount, without taxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from harvest_bridge.mirror.models import Mirror, Record

from .days import day_number
from .raw_rows import Named

DRAFT, CLOSED = "draft", "closed"


class _Line(msgspec.Struct):
    amount: Decimal = Decimal(0)
    project: Named | None = None


class _Invoice(msgspec.Struct):
    state: str = ""
    issue_date: date | None = None
    client: Named | None = None
    currency: str | None = None
    discount: Decimal | None = None
    due_amount: Decimal = Decimal(0)
    line_items: list[_Line] = []


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """Shape: `project_id` is None for lines that name none. `written_off` is its part of what the invoice still owed
    when it was closed. Units: the invoice's currency."""

    day: int
    client_id: int | None
    project_id: int | None
    currency: str
    amount: Fraction
    written_off: Fraction


def lines_between(mirror: Mirror, first: int, last: int) -> Iterator[InvoicedLine]:
    """Of invoices issued on these days."""
    rows = Record.objects.filter(
        mirror=mirror, stream__resource="invoices", deleted_at=None, day__gte=first, day__lte=last
    )
    decoder = msgspec.json.Decoder(_Invoice)
    for raw in rows.exclude(state=DRAFT).order_by("harvest_id").values_list("raw", flat=True).iterator(chunk_size=500):
        try:
            invoice = decoder.decode(raw)
        except msgspec.ValidationError:
            continue
        if invoice.issue_date is not None:
            yield from _lines(invoice, day_number(invoice.issue_date))


def _lines(invoice: _Invoice, day: int) -> Iterator[InvoicedLine]:
    kept = 1 - Fraction(invoice.discount or 0) / 100
    whole = sum((Fraction(line.amount) for line in invoice.line_items), Fraction(0))
    owed = Fraction(invoice.due_amount) if invoice.state == CLOSED else Fraction(0)
    for line in invoice.line_items:
        yield InvoicedLine(
            day=day,
            client_id=invoice.client.id if invoice.client else None,
            project_id=line.project.id if line.project else None,
            currency=(invoice.currency or "")[:3],
            amount=Fraction(line.amount) * kept,
            written_off=owed * Fraction(line.amount) / whole if whole else Fraction(0),
        )

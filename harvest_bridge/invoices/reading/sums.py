"""Sums over a whole list, a sum for each currency: what the invoices come to, what is paid, due and late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import Coalesce

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.invoices.statuses import Status, condition
from harvest_bridge.mirror.models import Invoice, Mirror, Record

from .filters import Narrowed

_MICROS = 1_000_000


def sums_of(mirror: Mirror, rows: QuerySet[Record], narrowed: Narrowed, *, today: date) -> list[dict[str, Any]]:
    """Of live invoices alone. `due_amount` is what the listed ones add up to, drafts included where they are listed."""
    invoices = Invoice.objects.filter(mirror=mirror, harvest_id__in=rows.filter(deleted_at=None).values("harvest_id"))
    if narrowed.invoices is not None:
        invoices = invoices.filter(narrowed.invoices)
    late = condition(Status.OVERDUE, today=today)
    sums = invoices.values("currency").annotate(
        count=Count("pk"),
        amount=Sum("amount_micros"),
        due_amount=Sum("due_amount_micros"),
        paid_amount=Sum(F("amount_micros") - F("due_amount_micros")),
        overdue_amount=Coalesce(Sum("due_amount_micros", filter=late), 0),
    )
    return [_shown(row) for row in sums.order_by("currency")]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("amount", "paid_amount", "due_amount", "overdue_amount")
    currency = row["currency"]
    return {
        "currency": currency,
        "count": row["count"],
        **{name: money_text(Decimal(int(row[name])) / _MICROS, currency) for name in names},
    }

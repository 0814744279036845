"""Invoices as Harvest sends them, written into a mirror as passes do."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from msgspec import Raw

from harvest_bridge.mirror.columns import day_of, seen
from harvest_bridge.mirror.models import Invoice, Mirror
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.typed_rows import TABLES
from tests.mirror.reading.filling import TIMES, bury, fill

TODAY = date.today()


def invoice(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "client_key": f"{number:040x}",
        "number": str(number),
        "purchase_order": "",
        "amount": 100.0,
        "due_amount": 100.0,
        "tax": None,
        "tax_amount": 0.0,
        "tax2": None,
        "tax2_amount": 0.0,
        "discount": None,
        "discount_amount": 0.0,
        "subject": "",
        "notes": "",
        "state": "open",
        "period_start": None,
        "period_end": None,
        "issue_date": "2026-11-02",
        "due_date": (TODAY + timedelta(days=20)).isoformat(),
        "payment_term": "net 30",
        "sent_at": "2026-11-02T08:00:00Z",
        "paid_at": None,
        "closed_at": None,
        "recurring_invoice_id": None,
        **TIMES,
        "paid_date": None,
        "currency": "EUR",
        "payment_options": [],
        "client": {"id": 3, "name": "Acme"},
        "estimate": None,
        "retainer": None,
        "creator": {"id": 7, "name": "Carmen Ruiz"},
        "line_items": [],
        **fields,
    }


def put(mirror: Mirror, *records: dict[str, Any]) -> None:
    """Invoices with their rows of numbers."""
    fill(mirror, "invoices", *records)
    table = TABLES["invoices"]
    for record in records:
        row = table.row(seen(BY_NAME["invoices"], Raw(json.dumps(record).encode())))
        assert row is not None
        Invoice.objects.update_or_create(
            mirror=mirror, harvest_id=record["id"], defaults=dict(zip(table.columns, row, strict=True))
        )


def remove(mirror: Mirror, *ids: int) -> None:
    bury(mirror, "invoices", *ids)
    Invoice.objects.filter(mirror=mirror, harvest_id__in=ids).delete()


def pay(mirror: Mirror, invoice_id: int, number: int, **fields: Any) -> None:
    payment = {
        "id": number,
        "amount": 40.0,
        "paid_at": "2026-11-20T00:00:00Z",
        "paid_date": "2026-11-20",
        "recorded_by": "Alice",
        "recorded_by_email": "alice@example.com",
        "notes": "",
        "transaction_id": None,
        **TIMES,
        "payment_gateway": {"id": None, "name": None},
        **fields,
    }
    fill(mirror, "invoice_payments", payment, parent_id=invoice_id)


__all__ = ["TODAY", "day_of", "invoice", "pay", "put", "remove"]

"""An account with invoices and estimates of two clients."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Mirror
from tests.invoices.records import TODAY, invoice, pay, put, remove
from tests.mirror.reading.filling import TIMES, fill, mirrored

OURS, OTHERS = 3, 4
LATE = (TODAY - timedelta(days=9)).isoformat()
SOON = (TODAY + timedelta(days=9)).isoformat()


def line(number: int, amount: float, project: str | None = "Website") -> dict[str, Any]:
    return {
        "id": number,
        "kind": "Service",
        "description": f"Work {number}",
        "quantity": 2.0,
        "unit_price": amount / 2,
        "amount": amount,
        "taxed": False,
        "taxed2": False,
        "project": {"id": 5, "name": project, "code": "WEB"} if project else None,
    }


def estimate(number: int, **fields: Any) -> dict[str, Any]:
    left_out = ("due_amount", "due_date", "period_start", "period_end", "payment_term", "paid_at", "paid_date")
    given = {name: value for name, value in invoice(number).items() if name not in left_out}
    return {**given, "accepted_at": None, "declined_at": None, "state": "sent", **TIMES, **fields}


def filled(account: Connection) -> Mirror:
    """Of our client 2 to 6 can be seen; 1 is a draft, 7 was deleted, 8 is another client's."""
    made = mirrored(account)
    fill(made, "clients", *({"id": one, "name": f"Client {one}", "is_active": True, **TIMES} for one in (OURS, OTHERS)))
    put(
        made,
        invoice(1, state="draft"),
        invoice(2, due_date=SOON, line_items=[line(21, 60.0), line(22, 40.0, None)], notes="Thank you"),
        invoice(3, due_date=LATE, due_amount=70.0),
        invoice(4, due_date=SOON, due_amount=60.0, currency="JPY"),
        invoice(5, state="paid", due_amount=0.0, paid_date="2026-11-20"),
        invoice(6, state="closed"),
        invoice(7),
        invoice(8, client={"id": OTHERS, "name": "Client 4"}),
    )
    remove(made, 7)
    pay(made, 4, 901, notes="hb:secret-reference", amount=40.0)
    others = {"id": OTHERS, "name": "Client 4"}
    fill(made, "estimates", estimate(11), estimate(12, state="draft"), estimate(13, client=others))
    return made

"""Whether a payment whose answer was lost may be sent again: only where Harvest's own figures prove that it is absent.

Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from harvest_bridge.invoices.models import Payment
from harvest_bridge.invoices.records import ZERO, Json, amount_in, facts_of, text_in

from .matching import is_of_ours, mentions_reference

# Harvest's clock may differ from ours.
_CLOCKS = timedelta(minutes=5)
_MOST_ATTEMPTS = 12


def about(payment: Payment, invoice: Json, payments: Sequence[Json]) -> str:
    """Why a person is to decide; "" where the payment may be sent. `payments` are all that the invoice has."""
    if any(mentions_reference(one, payment) for one in payments):
        return "Harvest has another payment whose note names this one's reference: look whether that is it."
    if payment.attempted_at is None:
        return ""
    if payment.attempts >= _MOST_ATTEMPTS:
        return f"It was sent {payment.attempts} times and no answer came; look whether Harvest has it."
    facts = facts_of(invoice)
    listed = sum((amount_in(one, "amount") or ZERO for one in payments), ZERO)
    if listed != facts.paid_amount:
        return (
            f"Its answer was lost, and Harvest lists payments of {listed} while {facts.paid_amount} of the invoice is "
            "paid: look whether it is among them."
        )
    if any(_may_be_it(payment, one, payment.attempted_at) for one in payments):
        return (
            "Its answer was lost, and Harvest has a payment of the same amount that was recorded since, without our "
            "reference: look whether that is it."
        )
    return ""


def _may_be_it(payment: Payment, record: Json, attempted_at: datetime) -> bool:
    return (
        not is_of_ours(record)
        and amount_in(record, "amount") == payment.amount
        and (_created_at(record) or attempted_at) >= attempted_at - _CLOCKS
    )


def _created_at(record: Json) -> datetime | None:
    try:
        found = datetime.fromisoformat(text_in(record, "created_at"))
    except ValueError:
        return None
    return found if found.tzinfo else None

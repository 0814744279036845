"""Matches payments in Harvest to ours, by the reference at the start of their note: Harvest keeps no key of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from harvest_bridge.invoices.models import Payment
from harvest_bridge.invoices.records import Json, amount_in, text_in

PREFIX = "hb-"


def reference_of(*, host_app_id: UUID, harvest_account_id: int, external_id: str) -> str:
    """The same for the same payment, whatever becomes of our database."""
    named = f"{host_app_id} {harvest_account_id} {external_id}".encode()
    return f"{PREFIX}{hashlib.sha256(named).hexdigest()[:24]}"


def payment_notes(payment: Payment) -> str:
    """The reference comes first, where nothing cuts it off."""
    words = [f"[{payment.reference}]", payment.external_id, payment.method, payment.note]
    return " · ".join(word for word in words if word)


def matches(record: Json, payment: Payment) -> bool:
    """Whether it is this payment: the note begins with its reference, as we wrote it, and the amount is the same."""
    begins = text_in(record, "notes").startswith(f"[{payment.reference}]")
    return begins and amount_in(record, "amount") == payment.amount


def mentions_reference(record: Json, payment: Payment) -> bool:
    """Whether somebody wrote its reference into the note of what is, it seems, another payment."""
    return payment.reference in text_in(record, "notes") and not matches(record, payment)


def is_of_ours(record: Json) -> bool:
    """Whether some payment of a bridge, maybe another one's, stands there."""
    return f"[{PREFIX}" in text_in(record, "notes")


def matching_payment(records: Iterable[Json], payment: Payment) -> Json | None:
    """The payment as Harvest has it: by its id alone once that is known, else the oldest that carries its reference."""
    if payment.harvest_payment_id:
        return next((row for row in records if row.get("id") == payment.harvest_payment_id), None)
    rows = sorted(records, key=lambda record: int(record.get("id") or 0))
    return next((row for row in rows if matches(row, payment)), None)

"""What becomes of a provider's webhook: its payments are recorded or deleted, each once, as through /payments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.invoices.models import OPEN_STATES, Payment, PaymentInbox, PaymentState
from harvest_bridge.invoices.payments import refunds, refusals
from harvest_bridge.invoices.payments import services as payments
from harvest_bridge.invoices.payments.errors import ExternalIdReused, PaymentError, PaymentUnderWay, PaymentWasDeleted
from harvest_bridge.invoices.zones import zone_of
from harvest_bridge.unified.overrides.failures import Owner

from .errors import InboxError
from .mappings import Told, rows_in, told_by
from .signatures import Keys

Json = dict[str, Any]
# Providers wait ten seconds and more.
_TIMEOUT_SECONDS = 6.0


def keys_of(inbox: PaymentInbox) -> Keys:
    secret = key_ring().open(inbox.sealed_secret, bound_to=inbox.binding)
    return Keys(secret=secret, certificates=inbox.certificates)


def take(inbox: PaymentInbox, body: Json, *, now: datetime) -> list[Json]:
    """What was done with each payment in it: `recorded`, `pending`, `deleted`, `noted`, `ignored`, with why.

    Errors: those of `rows_in`; where the body tells of one payment alone, what refuses that one.
    """
    owner = Owner(str(inbox.connection.host_app_id), str(inbox.connection_id))
    rows = rows_in(body, provider=inbox.provider, expression=inbox.expression, owner=owner)
    read = partial(told_by, provider=inbox.provider, zone=zone_of(inbox.connection_id), now=now)
    if len(rows) == 1:
        return [_done(inbox, read(rows[0]))]
    return [_tried(inbox, row, read) for row in rows]


def _tried(inbox: PaymentInbox, row: Json, read: Callable[[Json], Told]) -> Json:
    """One of several: the others are not held up by what refuses it, and the provider will not send it again."""
    external_id, told = str(row.get("external_id") or "")[:255], None
    was_told = _row_of(inbox, external_id).filter(state=PaymentState.REFUSED).exists()
    try:
        told = read(row)
        return _done(inbox, told)
    except (PaymentError, InboxError) as error:
        if told is not None and told.action == "record" and refusals.is_final(error):
            asked = _asked(inbox, told)
            payments.keep_refused(inbox.connection, told.invoice_id or 0, asked, error, was_told=was_told)
        return {"external_id": external_id, "did": "refused", "code": error.code, "message": error.message}


def _row_of(inbox: PaymentInbox, external_id: str) -> QuerySet[Payment]:
    return Payment.objects.filter(
        host_app=inbox.connection.host_app_id,
        harvest_account_id=inbox.connection.harvest_account_id,
        external_id=external_id,
    )


def _done(inbox: PaymentInbox, told: Told) -> Json:
    if told.action != "record":
        return _deleted(inbox, told) if told.action == "delete" else _reinstated(inbox, told)
    try:
        payment = _recorded(inbox, told)
    except (ExternalIdReused, PaymentWasDeleted) as error:
        return _said(told, "ignored", code=error.code)
    return _said(told, str(payment.state))


def _recorded(inbox: PaymentInbox, told: Told) -> Payment:
    asked = _asked(inbox, told)
    payment, _ = payments.record(inbox.connection, told.invoice_id or 0, asked, timeout=_TIMEOUT_SECONDS)
    return payment


def _asked(inbox: PaymentInbox, told: Told) -> payments.Asked:
    if told.amount is None or told.invoice_id is None:
        raise AssertionError
    return payments.Asked(
        external_id=told.external_id,
        amount=told.amount,
        currency=told.currency,
        paid_date=told.paid_date,
        method=told.method,
        note=told.note,
        source=inbox.provider,
    )


def _deleted(inbox: PaymentInbox, told: Told) -> Json:
    """Only what came through us, and only where all of it was paid back: Harvest cannot edit a payment."""
    row = refunds.note(inbox.connection, told.external_id, told.refund_id, told.amount)
    if row is None or row.state == PaymentState.REFUSED:
        return _said(told, "noted", code="payment_unknown")
    if row.state == PaymentState.REMOVED:
        return _said(told, "ignored", code="payment_unknown")
    if row.state != PaymentState.DELETED and not refunds.is_whole(row):
        return _said(told, "noted", code=refunds.PARTLY)
    try:
        row = payments.delete(inbox.connection, row.invoice_id, told.external_id, timeout=_TIMEOUT_SECONDS)
    except PaymentUnderWay as error:
        return _said(told, "noted", code=error.code)  # it is taken out once it was recorded
    return _said(told, "deleting" if row.state in OPEN_STATES else "deleted")


def _reinstated(inbox: PaymentInbox, told: Told) -> Json:
    row = refunds.take_back(inbox.connection, told.external_id, told.refund_id)
    if row is None:
        return _said(told, "ignored", code="refund_unknown")
    if row.state == PaymentState.PENDING:
        payments.carry_out(row, timeout=_TIMEOUT_SECONDS)
    return _said(told, str(row.state))


def _said(told: Told, did: str, *, code: str | None = None) -> Json:
    return {"external_id": told.external_id, "did": did, "code": code, "message": None}

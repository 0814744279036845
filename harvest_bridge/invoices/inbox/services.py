"""What becomes of a provider's webhook: its payments are recorded or deleted, each once, as through /payments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.invoices.models import OPEN_STATES, Payment, PaymentInbox, PaymentState
from harvest_bridge.invoices.payments import refunds
from harvest_bridge.invoices.payments import services as payments
from harvest_bridge.invoices.payments.errors import ExternalIdReused, PaymentError, PaymentWasDeleted
from harvest_bridge.invoices.zones import zone_of
from harvest_bridge.unified.overrides.failures import Owner

from .mappings import Told, told_in
from .signatures import Keys

Json = dict[str, Any]
# Providers wait ten seconds and more.
_PATIENCE_SECONDS = 6.0


def keys_of(inbox: PaymentInbox) -> Keys:
    secret = key_ring().open(inbox.sealed_secret, bound_to=inbox.binding)
    return Keys(secret=secret, certificates=inbox.certificates)


def take(inbox: PaymentInbox, body: Json, *, now: datetime) -> list[Json]:
    """What was done with each payment in it: `recorded`, `pending`, `deleted`, `noted`, `ignored`, with why.

    Errors: those of `told_in`; where the body tells of one payment alone, what refuses that one.
    """
    owner = Owner(str(inbox.connection.host_app_id), str(inbox.connection_id))
    told = told_in(
        body,
        provider=inbox.provider,
        expression=inbox.expression,
        owner=owner,
        zone=zone_of(inbox.connection_id),
        now=now,
    )
    if len(told) == 1:
        return [_done(inbox, told[0])]
    return [_tried(inbox, each) for each in told]


def _tried(inbox: PaymentInbox, told: Told) -> Json:
    """One of several: the others are not held up by what refuses it."""
    try:
        return _done(inbox, told)
    except PaymentError as error:
        return {"external_id": told.external_id, "did": "refused", "code": error.code, "message": error.message}


def _done(inbox: PaymentInbox, told: Told) -> Json:
    if told.action == "delete":
        return _deleted(inbox, told)
    try:
        payment = _recorded(inbox, told)
    except (ExternalIdReused, PaymentWasDeleted) as error:
        return _said(told, "ignored", code=error.code)
    return _said(told, str(payment.state))


def _recorded(inbox: PaymentInbox, told: Told) -> Payment:
    if told.amount is None or told.invoice_id is None:
        raise AssertionError
    asked = payments.Asked(
        external_id=told.external_id,
        amount=told.amount,
        currency=told.currency,
        paid_date=told.paid_date,
        method=told.method,
        note=told.note,
        source=inbox.provider,
    )
    payment, _ = payments.record(inbox.connection, told.invoice_id, asked, patience=_PATIENCE_SECONDS)
    return payment


def _deleted(inbox: PaymentInbox, told: Told) -> Json:
    """Only what came through us, and only where all of it was paid back: Harvest cannot edit a payment."""
    row = Payment.objects.filter(
        host_app=inbox.connection.host_app_id,
        harvest_account_id=inbox.connection.harvest_account_id,
        external_id=told.external_id,
    ).first()
    if row is None or row.state in (PaymentState.REFUSED, PaymentState.REMOVED):
        return _said(told, "ignored", code="payment_unknown")
    if told.amount is not None and told.amount < row.amount:
        refunds.note_partial(row, told.amount)
        return _said(told, "noted", code=refunds.PARTLY)
    payment = payments.delete(inbox.connection, row.invoice_id, told.external_id, patience=_PATIENCE_SECONDS)
    return _said(told, "deleting" if payment.state in OPEN_STATES else "deleted")


def _said(told: Told, did: str, *, code: str | None = None) -> Json:
    return {"external_id": told.external_id, "did": did, "code": code, "message": None}

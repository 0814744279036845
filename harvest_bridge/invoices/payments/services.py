"""What may be asked of payments: to record one, to delete one, and to decide about one that is in doubt."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestError
from harvest_bridge.invoices import events
from harvest_bridge.invoices.models import OPEN_STATES, Payment, PaymentState

from . import claims, pushing, refusals
from .errors import ExternalIdReused, PaymentInDoubt, PaymentUnderWay, PaymentUnknown, PaymentWasDeleted
from .matching import reference_of
from .queries import payments_of

# Whoever asked takes care of it first; a worker does where they were killed.
_FIRST_CARE = timedelta(seconds=3)
_LOOK_EVERY_SECONDS = 0.05
_TRIES = 5


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A payment as a host reports it. `is_dated`: the host said when it was paid, and did not leave that to us."""

    external_id: str
    amount: Decimal
    currency: str
    paid_date: date
    is_dated: bool = False
    method: str = ""
    note: str = ""
    allow_overpayment: bool = False
    send_thank_you: bool = False
    source: str = "api"


def record(connection: Connection, invoice_id: int, asked: Asked, *, timeout: float) -> tuple[Payment, bool]:
    """The payment, as far as it got within `timeout` seconds, and whether it is new. One for each external id.

    What could not be done in time is done by the worker. Errors: PaymentError and HarvestError where it is refused, and
    nothing is kept then; PaymentUnderWay where the same was refused to others again and again meanwhile.
    """
    for _ in range(_TRIES):
        payment, is_new = _kept(connection, invoice_id, asked)
        try:
            if payment.state == PaymentState.PENDING:
                carry_out(payment, timeout=timeout)
        except Payment.DoesNotExist:
            continue  # refused to somebody else who had sent it as well
        return payment, is_new
    raise PaymentUnderWay("others send the same payment at this moment.", field="external_id", retry_after=1)


@transaction.atomic
def keep_refused(connection: Connection, invoice_id: int, asked: Asked, error: BridgeError, *, was_told: bool) -> None:
    """Of one that nobody will send again: a row that a person can decide about, told to the host once."""
    payment, is_new = Payment.objects.get_or_create(
        host_app=connection.host_app,
        harvest_account_id=connection.harvest_account_id,
        external_id=asked.external_id,
        defaults=_fields(connection, invoice_id, asked)
        | {"state": PaymentState.REFUSED, "settled_at": timezone.now(), "error": pushing.said(error)},
    )
    if is_new and not was_told:
        events.publish_failed(payment)


def delete(connection: Connection, invoice_id: int, external_id: str, *, timeout: float) -> Payment:
    """The payment, deleted in Harvest, or on its way there. Errors: PaymentUnknown, PaymentInDoubt, PaymentUnderWay."""
    payment = payment_of(connection, invoice_id, external_id)
    if payment.state == PaymentState.DOUBTFUL:
        raise PaymentInDoubt(
            "whether Harvest has it is not known; decide about it first (docs/invoices.md).", field="external_id"
        )
    _cancel_unsent(payment)
    if payment.state == PaymentState.PENDING:
        raise PaymentUnderWay("it is being recorded; delete it once it was.", field="external_id", retry_after=2)
    sent = Payment.objects.filter(pk=payment.pk, state=PaymentState.RECORDED)
    sent.update(state=PaymentState.DELETING, next_attempt_at=timezone.now() + _FIRST_CARE)
    payment.refresh_from_db()
    if payment.state == PaymentState.DELETING:
        carry_out(payment, timeout=timeout)
    return payment


def payment_of(connection: Connection, invoice_id: int, external_id: str) -> Payment:
    """One that was not refused. Errors: PaymentUnknown."""
    payment = payment_of_any_state(connection, invoice_id, external_id)
    if payment.state == PaymentState.REFUSED:
        raise PaymentUnknown("it was refused, and Harvest has nothing of it.", field="external_id")
    return payment


def payment_of_any_state(connection: Connection, invoice_id: int, external_id: str) -> Payment:
    """Errors: PaymentUnknown."""
    found = payments_of(connection).filter(invoice_id=invoice_id, external_id=external_id)
    payment = found.select_related("connection").first()
    if payment is None:
        raise PaymentUnknown("we recorded no such payment of this invoice.", field="external_id")
    return payment


def carry_out(payment: Payment, *, timeout: float) -> None:
    """Step by step until it is settled or the time is over.

    Errors: what refuses it; Payment.DoesNotExist where it was refused to somebody else who waited for it.
    """
    until = time.monotonic() + timeout
    while payment.state in OPEN_STATES:
        error = attempt(payment, is_waited_for=True)
        if error is not None and (refusals.is_final(error) or not isinstance(error, HarvestError)):
            pushing.forget_unsent(payment)
            raise error
        if payment.state not in OPEN_STATES or time.monotonic() >= until:
            return
        let_go_of_database()
        time.sleep(_pause(payment))
        payment.refresh_from_db()


def attempt(payment: Payment, *, is_waited_for: bool = False) -> BridgeError | None:
    """One step, if nobody else works on its invoice. Returns what ended or delayed it."""
    claim = claims.take(payment)
    if claim is None:
        claims.take_over_from_the_dead()
        return None
    try:
        pushing.step(payment, claim)
    except claims.ClaimLost:
        payment.refresh_from_db()
    except BridgeError as error:
        pushing.after_error(payment, error, is_waited_for=is_waited_for)
        return error
    finally:
        claim.release()
    return None


def _pause(payment: Payment) -> float:
    left = (payment.next_attempt_at - timezone.now()).total_seconds()
    return min(max(left, _LOOK_EVERY_SECONDS), 1.0)


@transaction.atomic
def _kept(connection: Connection, invoice_id: int, asked: Asked) -> tuple[Payment, bool]:
    """The row, committed before anything is asked of Harvest. Errors: ExternalIdReused, PaymentWasDeleted."""
    fields = _fields(connection, invoice_id, asked)
    payment, is_new = Payment.objects.select_for_update().get_or_create(
        host_app=connection.host_app,
        harvest_account_id=connection.harvest_account_id,
        external_id=asked.external_id,
        defaults=fields,
    )
    if not is_new and payment.state == PaymentState.REFUSED:
        Payment.objects.filter(pk=payment.pk).update(**fields, **_ANEW)
        payment.refresh_from_db()
        return payment, True
    if not is_new:
        _check_same(payment, invoice_id, asked)
    return payment, is_new


_ANEW: dict[str, Any] = {
    "state": PaymentState.PENDING,
    "attempts": 0,
    "error": None,
    "settled_at": None,
    "harvest_payment_id": None,
}


def _fields(connection: Connection, invoice_id: int, asked: Asked) -> dict[str, Any]:
    reference = reference_of(
        host_app_id=connection.host_app_id,
        harvest_account_id=connection.harvest_account_id,
        external_id=asked.external_id,
    )
    return {
        "connection": connection,
        "invoice_id": invoice_id,
        "reference": reference,
        "amount": asked.amount,
        "currency": asked.currency,
        "paid_date": asked.paid_date,
        "method": asked.method,
        "note": asked.note,
        "source": asked.source,
        "allow_overpayment": asked.allow_overpayment,
        "send_thank_you": asked.send_thank_you,
        "next_attempt_at": timezone.now() + _FIRST_CARE,
    }


def _check_same(payment: Payment, invoice_id: int, asked: Asked) -> None:
    if payment.state in (PaymentState.DELETED, PaymentState.REMOVED, PaymentState.DELETING):
        raise PaymentWasDeleted(
            "this payment was recorded once and deleted since; record another one under a new id.", field="external_id"
        )
    paid_date = asked.paid_date if asked.is_dated else payment.paid_date
    same = (invoice_id, asked.amount, asked.currency, paid_date)
    if (payment.invoice_id, payment.amount, payment.currency, payment.paid_date) != same:
        raise ExternalIdReused(
            "it came with another invoice, amount, currency or date before; it stands for one payment.",
            field="external_id",
        )


def _cancel_unsent(payment: Payment) -> None:
    """One that never left for Harvest needs no deleting there."""
    unsent = Payment.objects.filter(pk=payment.pk, state=PaymentState.PENDING, attempted_at=None)
    claim = claims.take(payment) if payment.state == PaymentState.PENDING else None
    if claim is not None:
        unsent.update(state=PaymentState.DELETED, settled_at=timezone.now())
        claim.release()
    payment.refresh_from_db()

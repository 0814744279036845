"""What was paid back at the provider, whenever it is told: before its payment, while that is on its way, or after.

Harvest cannot edit a payment: one that was paid back as a whole is deleted there, of a part of it a person is told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.invoices import events
from harvest_bridge.invoices.models import Payment, PaymentRefund, PaymentState

from .errors import PaymentUnderWay

PARTLY = "partly_paid_back"
# Longer than a dispute takes to be decided.
_KEPT_FOR = timedelta(days=180)
_GONE = (PaymentState.DELETED, PaymentState.REMOVED)


@transaction.atomic
def note(connection: Connection, external_id: str, refund_id: str, amount: Decimal | None) -> Payment | None:
    """Kept, whether its payment is known yet or not; what was told twice counts once. `amount` None: all of it.

    Returns the payment, if there is one; of one that was deleted before, nothing is kept.
    """
    payment = _locked(connection, external_id)
    refunds = _of(connection.host_app_id, connection.harvest_account_id, external_id)
    if payment is None or payment.state not in _GONE:
        refunds.get_or_create(
            host_app_id=connection.host_app_id,
            harvest_account_id=connection.harvest_account_id,
            external_id=external_id,
            refund_id=refund_id,
            defaults={"connection": connection, "amount": amount},
        )
    more = Q() if amount is None else Q(amount__lt=amount)
    refunds.filter(more, refund_id=refund_id, amount__isnull=False).update(amount=amount)
    if payment is not None and payment.state == PaymentState.RECORDED:
        _note_part(payment)
    return payment


@transaction.atomic
def apply(payment: Payment) -> None:
    """To one that was recorded just now, within the same transaction: what was told of it before."""
    if is_whole(payment):
        recorded = Payment.objects.filter(pk=payment.pk, state=PaymentState.RECORDED)
        recorded.update(state=PaymentState.DELETING, next_attempt_at=timezone.now(), settled_at=None)
        payment.refresh_from_db()
    else:
        _note_part(payment)


def is_whole(payment: Payment) -> bool:
    return (_paid_back(payment) or 0) >= payment.amount


@transaction.atomic
def take_back(connection: Connection, external_id: str, refund_id: str) -> Payment | None:
    """A dispute that was won: what it took out of Harvest is recorded again. None where there was nothing to record.

    Errors: PaymentUnderWay, while it is being deleted.
    """
    payment = _locked(connection, external_id)
    known = _of(connection.host_app_id, connection.harvest_account_id, external_id).filter(refund_id=refund_id)
    was_told = bool(known.delete()[0])
    if payment is None or not was_told:
        return None
    if payment.state == PaymentState.DELETING:
        raise PaymentUnderWay("it is being deleted; send this again later.", field="external_id", retry_after=30)
    if payment.state == PaymentState.DELETED and not is_whole(payment):
        Payment.objects.filter(pk=payment.pk).update(**_anew())
    elif payment.state == PaymentState.RECORDED and (payment.error or {}).get("code") == PARTLY:
        payment.error = None
        payment.save(update_fields=["error"])
        _note_part(payment)
    payment.refresh_from_db()
    return payment


def forget_old(*, now: datetime) -> int:
    """Those whose payment never came, or is settled for good. Returns how many."""
    return PaymentRefund.objects.filter(created_at__lt=now - _KEPT_FOR).delete()[0]


def _anew() -> dict[str, object]:
    nothing = dict.fromkeys(("harvest_payment_id", "attempted_at", "quiet_until", "settled_at", "error"))
    return {**nothing, "state": PaymentState.PENDING, "attempts": 0, "next_attempt_at": timezone.now()}


def _of(host_app_id: UUID, harvest_account_id: int | None, external_id: str) -> QuerySet[PaymentRefund]:
    if harvest_account_id is None:
        raise AssertionError
    return PaymentRefund.objects.filter(
        host_app=host_app_id, harvest_account_id=harvest_account_id, external_id=external_id
    )


def _locked(connection: Connection, external_id: str) -> Payment | None:
    """So that whoever records it meanwhile either sees the refund, or is seen."""
    rows = Payment.objects.select_for_update(of=("self",)).select_related("connection")
    return rows.filter(
        host_app=connection.host_app_id,
        harvest_account_id=connection.harvest_account_id,
        external_id=external_id,
    ).first()


def _paid_back(payment: Payment) -> Decimal | None:
    """None where nothing was told."""
    kept = _of(payment.host_app_id, payment.harvest_account_id, payment.external_id)
    amounts = list(kept.values_list("amount", flat=True))
    if not amounts:
        return None
    return sum((payment.amount if each is None else each for each in amounts), Decimal(0))


def _note_part(payment: Payment) -> None:
    """On the payment for the reconciliation, and told once for each amount."""
    refunded = _paid_back(payment)
    if refunded is None or refunded >= payment.amount:
        return
    error = {"code": PARTLY, "message": _says(payment, refunded)}
    if payment.error != error:
        payment.error = error
        payment.save(update_fields=["error"])
        events.publish_partly_refunded(payment, refunded)


def _says(payment: Payment, refunded: Decimal) -> str:
    back, whole, rest = (
        money_text(amount, payment.currency) for amount in (refunded, payment.amount, payment.amount - refunded)
    )
    return (
        f"{back} of {whole} {payment.currency} was paid back, and Harvest still has all of it: delete this payment, "
        f"and record {rest} under another external id."
    )

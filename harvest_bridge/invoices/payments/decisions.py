"""What a person decides about a payment that is in doubt, or that Harvest lost."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.invoices.models import Payment, PaymentState

from .errors import PaymentNotInDoubt


class Decision(StrEnum):
    """`look_again` changes nothing but looks; the other three are a person's word."""

    LOOK_AGAIN = "look_again"
    IS_THERE = "is_there"
    SEND_AGAIN = "send_again"
    GIVE_UP = "give_up"


_FROM = {
    Decision.LOOK_AGAIN: (PaymentState.DOUBTFUL,),
    Decision.IS_THERE: (PaymentState.DOUBTFUL,),
    Decision.SEND_AGAIN: (PaymentState.DOUBTFUL, PaymentState.REFUSED),
    Decision.GIVE_UP: (PaymentState.DOUBTFUL, PaymentState.REFUSED, PaymentState.REMOVED),
}


@transaction.atomic
def decide(payment: Payment, decision: Decision, *, harvest_payment_id: int | None = None) -> Payment:
    """`is_there` names the payment in Harvest that it is. Errors: PaymentNotInDoubt."""
    row = Payment.objects.select_for_update().select_related("connection").get(pk=payment.pk)
    if row.state not in _FROM[decision]:
        raise PaymentNotInDoubt(f"{decision}: this payment is {row.state}.", field="decision")
    for name, value in _values(decision, harvest_payment_id).items():
        setattr(row, name, value)
    row.save()
    return row


def _values(decision: Decision, harvest_payment_id: int | None) -> dict[str, Any]:
    now = timezone.now()
    pending = {"state": PaymentState.PENDING, "error": None, "next_attempt_at": now, "settled_at": None}
    if decision is Decision.IS_THERE:
        return {"state": PaymentState.RECORDED, "harvest_payment_id": harvest_payment_id, "error": None}
    if decision is Decision.SEND_AGAIN:
        return pending | {"attempted_at": None, "quiet_until": None, "attempts": 0}
    if decision is Decision.GIVE_UP:
        return {"state": PaymentState.DELETED, "settled_at": now}
    return pending | {"attempts": 0}

"""Parts of payments that were paid back: Harvest cannot edit a payment, so a person is told."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.invoices import events
from harvest_bridge.invoices.models import Payment, PaymentState

PARTLY = "partly_paid_back"


@transaction.atomic
def note_partial(payment: Payment, refunded: Decimal) -> None:
    """Kept on the payment for the reconciliation, and told once for each amount."""
    row = Payment.objects.select_for_update().select_related("connection").get(pk=payment.pk)
    error = {"code": PARTLY, "message": _says(row, refunded)}
    if row.state != PaymentState.RECORDED or row.error == error:
        return
    row.error = error
    row.save(update_fields=["error"])
    events.tell_partly_refunded(row, refunded)


def _says(payment: Payment, refunded: Decimal) -> str:
    back, whole, rest = (
        money_text(amount, payment.currency) for amount in (refunded, payment.amount, payment.amount - refunded)
    )
    return (
        f"{back} of {whole} {payment.currency} was paid back, and Harvest still has all of it: delete this payment, "
        f"and record {rest} under another external id."
    )

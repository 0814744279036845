"""One payment's way into Harvest, and out of it: a step at a time, each by whoever has claimed its invoice.

What may have happened is committed before it is sent. Whoever comes after a kill, or after an answer that was lost,
looks for the payment's reference before anything is sent again; where that cannot be told, a person decides.
"""

from __future__ import annotations

import contextlib
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestNotFound, HarvestOutcomeUnknown
from harvest_bridge.invoices import events
from harvest_bridge.invoices.models import Payment, PaymentState
from harvest_bridge.invoices.records import Json, amount_in, facts_of, text_in

from . import refunds, refusals, resend_checks
from .claims import Claim
from .errors import InvoiceUnknown
from .harvest_calls import InvoiceCalls
from .matching import matching_payment

_LONGEST_WAIT_SECONDS = 300.0


def step(payment: Payment, claim: Claim) -> None:
    """Bring it as far as it gets now; its row says how far that is.

    Errors: ClaimLost; PaymentError or another BridgeError that ends or delays it, which `after_error` writes down.
    """
    payment.refresh_from_db()
    harvest = InvoiceCalls(connection_of(payment), payment.invoice_id, before=claim.hold)
    if payment.state == PaymentState.PENDING:
        _push(payment, harvest, claim)
    elif payment.state == PaymentState.DELETING:
        _delete(payment, harvest)


def connection_of(payment: Payment) -> Connection:
    """Its own, or where that has ended another one of the same host app and Harvest account."""
    if payment.connection.disconnected_at is None:
        return payment.connection
    others = Connection.objects.filter(
        host_app=payment.host_app_id, harvest_account_id=payment.harvest_account_id, disconnected_at=None
    )
    return others.exclude(kind="personal").first() or payment.connection


def _push(payment: Payment, harvest: InvoiceCalls, claim: Claim) -> None:
    invoice = _invoice(harvest)
    payments = harvest.payments()
    found = matching_payment(payments, payment)
    if found is not None:
        _recorded(payment, found)
        return
    if _is_settling(payment):
        return
    doubt = resend_checks.about(payment, invoice, payments)
    if doubt:
        settle(payment, PaymentState.DOUBTFUL, error={"code": "payment_in_doubt", "message": doubt})
        return
    refusals.check(payment, facts_of(invoice), text_in(invoice, "currency"))
    _note_attempt(payment, claim)
    try:
        record = harvest.create(payment)
    except HarvestOutcomeUnknown:
        raise
    except BridgeError:
        _forget_attempt(payment)  # of a write that failed, every other error means that it did not happen
        raise
    _recorded(payment, record)


def _invoice(harvest: InvoiceCalls) -> Json:
    try:
        return harvest.invoice()
    except HarvestNotFound as error:
        raise InvoiceUnknown("Harvest has no such invoice, or not for the linker.", field="invoice_id") from error


def _is_settling(payment: Payment) -> bool:
    """Whether one that was sent may still arrive: then it is looked for again, and not sent."""
    now = timezone.now()
    if payment.quiet_until is None or payment.quiet_until <= now:
        return False
    put_off(payment, seconds=min(pause(payment.attempts), (payment.quiet_until - now).total_seconds() + 0.05))
    return True


def _note_attempt(payment: Payment, claim: Claim) -> None:
    """Committed before the request leaves: whoever finds the row knows that it may have arrived. Errors: ClaimLost."""
    now = timezone.now()
    payment.attempted_at = payment.attempted_at or now
    payment.quiet_until = now + timedelta(seconds=settings.INVOICES_QUIET_SECONDS + settings.HARVEST_TIMEOUT_SECONDS)
    payment.attempts += 1
    with transaction.atomic():
        claim.hold()
        payment.save(update_fields=["attempted_at", "quiet_until", "attempts"])


def _forget_attempt(payment: Payment) -> None:
    """Earlier ones were proven not to have arrived before this one was sent."""
    payment.attempted_at = payment.quiet_until = None
    payment.save(update_fields=["attempted_at", "quiet_until"])


def _recorded(payment: Payment, record: Json) -> None:
    settle(payment, PaymentState.RECORDED, harvest_payment_id=record.get("id"), error=_difference(payment, record))


def _difference(payment: Payment, record: Json) -> Json | None:
    amount = amount_in(record, "amount")
    if amount is None or amount == payment.amount:
        return None
    return {
        "code": "amount_differs",
        "message": f"Harvest holds {amount}, not {Decimal(payment.amount).normalize():f}.",
    }


def _delete(payment: Payment, harvest: InvoiceCalls) -> None:
    """By the id that Harvest gave it: never one that we did not record. Deleting twice does no more than once."""
    found = _found_to_delete(payment, harvest)
    if found is not None:
        with contextlib.suppress(HarvestNotFound):
            harvest.delete(int(found["id"]))
    settle(payment, PaymentState.DELETED)


def _found_to_delete(payment: Payment, harvest: InvoiceCalls) -> Json | None:
    try:
        return matching_payment(harvest.payments(), payment)
    except HarvestNotFound:
        return None  # with its invoice


@transaction.atomic
def settle(payment: Payment, state: PaymentState, **fields: object) -> None:
    """Whoever learns of the outcome writes it down, whether the claim still stands or not."""
    values = {"settled_at": timezone.now(), "error": None, **fields, "state": state}
    row = Payment.objects.filter(pk=payment.pk, state=payment.state)
    is_settled = row.update(**values)
    payment.refresh_from_db()
    if is_settled and state in (PaymentState.DOUBTFUL, PaymentState.REFUSED):
        events.publish_failed(payment)
    if is_settled and state is PaymentState.RECORDED:
        refunds.apply(payment)


def after_error(payment: Payment, error: BridgeError, *, is_waited_for: bool) -> None:
    """Write down what became of it: an answer that was lost, a refusal that will stay, or something that passes.

    Where somebody waits for it, who is told at once, what is refused before it was sent leaves nothing behind.
    """
    if isinstance(error, HarvestOutcomeUnknown):
        _lost(payment)
    elif not refusals.is_final(error):
        _did_not_happen(payment, error)
    elif payment.state == PaymentState.DELETING:
        settle(payment, PaymentState.RECORDED, error=said(error))  # Harvest keeps it
    elif not (is_waited_for and forget_unsent(payment)):
        settle(payment, PaymentState.REFUSED, error=said(error))


def said(error: BridgeError) -> Json:
    return {"code": error.code, "message": error.message[:400]}


def forget_unsent(payment: Payment) -> bool:
    """Of one that never left for Harvest nothing stays. Returns whether it was such."""
    unsent = Payment.objects.filter(pk=payment.pk, attempted_at=None, state=PaymentState.PENDING)
    return bool(unsent.delete()[0])


def _lost(payment: Payment) -> None:
    """Looked for at once, and again until it can arrive no more."""
    if payment.state == PaymentState.PENDING:
        until = timezone.now() + timedelta(seconds=settings.INVOICES_QUIET_SECONDS)
        Payment.objects.filter(pk=payment.pk, state=payment.state).update(quiet_until=until)
    put_off(payment, seconds=0.2)


def _did_not_happen(payment: Payment, error: BridgeError) -> None:
    """Harvest was away, or busy. Whether an earlier attempt arrived is no more known than before."""
    put_off(payment, seconds=max(pause(payment.attempts), error.retry_after or 0.0))


def pause(attempts: int) -> float:
    return min(_LONGEST_WAIT_SECONDS, 0.5 * 2.0 ** min(attempts, 12))


def put_off(payment: Payment, *, seconds: float) -> None:
    at = timezone.now() + timedelta(seconds=seconds)
    Payment.objects.filter(pk=payment.pk, state=payment.state).update(next_attempt_at=at)
    payment.next_attempt_at = at

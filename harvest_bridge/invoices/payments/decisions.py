"""What a person decides about a payment that is in doubt, or that Harvest lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.invoices import events
from harvest_bridge.invoices.models import Payment, PaymentState
from harvest_bridge.invoices.records import Json, amount_in

from . import claims, pushing
from .errors import PaymentNotInDoubt, PaymentNotThere, PaymentUnderWay
from .harvest_calls import InvoiceCalls
from .matching import is_of_ours, matches, matching_payment


class Decision(StrEnum):
    """`look_again` changes nothing but looks; the others are a person's word."""

    LOOK_AGAIN = "look_again"
    IS_THERE = "is_there"
    SEND_AGAIN = "send_again"
    GIVE_UP = "give_up"
    DELETE_DUPLICATE = "delete_duplicate"


_FROM = {
    Decision.LOOK_AGAIN: (PaymentState.DOUBTFUL, PaymentState.RECORDED),
    Decision.IS_THERE: (PaymentState.DOUBTFUL,),
    Decision.SEND_AGAIN: (PaymentState.DOUBTFUL, PaymentState.REFUSED),
    Decision.DELETE_DUPLICATE: (PaymentState.RECORDED,),
    Decision.GIVE_UP: (PaymentState.DOUBTFUL, PaymentState.REFUSED, PaymentState.REMOVED),
}


def decide(payment: Payment, decision: Decision, *, harvest_payment_id: int | None = None) -> Payment:
    """`is_there` names the payment in Harvest that it is, and `delete_duplicate` one that stands there besides it;
    `look_again` at a recorded one finds out if it still is.

    Errors: PaymentNotInDoubt; PaymentNotThere and PaymentUnderWay, and those of calls, where Harvest is asked.
    """
    _refuse_unfit(payment, decision)
    if decision is Decision.IS_THERE:
        _match(payment, harvest_payment_id)
    elif decision is Decision.DELETE_DUPLICATE:
        _delete_duplicate(payment, harvest_payment_id)
    elif payment.state == PaymentState.RECORDED:
        _look_for(payment)
    else:
        _settle(payment, decision)
    payment.refresh_from_db()
    return payment


def _refuse_unfit(payment: Payment, decision: Decision) -> None:
    """Errors: PaymentNotInDoubt."""
    if payment.state not in _FROM[decision]:
        raise PaymentNotInDoubt(f"{decision}: this payment is {payment.state}.", field="decision")


@transaction.atomic
def _settle(payment: Payment, decision: Decision) -> None:
    row = Payment.objects.select_for_update().get(pk=payment.pk)
    _refuse_unfit(row, decision)
    for name, value in _values(decision).items():
        setattr(row, name, value)
    row.save()


def _values(decision: Decision) -> dict[str, Any]:
    now = timezone.now()
    pending = {"state": PaymentState.PENDING, "error": None, "next_attempt_at": now, "settled_at": None}
    if decision is Decision.SEND_AGAIN:
        return pending | {"attempted_at": None, "quiet_until": None, "attempts": 0}
    if decision is Decision.GIVE_UP:
        return {"state": PaymentState.DELETED, "settled_at": now}
    return pending | {"attempts": 0}


def _match(payment: Payment, harvest_payment_id: int | None) -> None:
    with _payments_in_harvest(payment) as (_, records):
        _refuse_unfit(payment, Decision.IS_THERE)
        record = next((one for one in records if one.get("id") == harvest_payment_id), None)
        _refuse_another(payment, record)
        pushing.settle(payment, PaymentState.RECORDED, harvest_payment_id=harvest_payment_id)


def _refuse_another(payment: Payment, record: Json | None) -> None:
    """Errors: PaymentNotThere."""
    if record is None:
        raise PaymentNotThere("this invoice has no such payment in Harvest.", field="harvest_payment_id")
    amount = amount_in(record, "amount")
    if amount != payment.amount:
        held = "no amount" if amount is None else money_text(amount, payment.currency)
        raise PaymentNotThere(
            f"that payment is of {held}, not {money_text(payment.amount, payment.currency)}.",
            field="harvest_payment_id",
        )
    rows = Payment.objects.filter(host_app=payment.host_app_id, harvest_account_id=payment.harvest_account_id)
    taken = rows.filter(harvest_payment_id=record["id"]).exclude(pk=payment.pk).first()
    if taken is not None or (is_of_ours(record) and not matches(record, payment)):
        whose = "another payment" if taken is None else f"the payment {taken.external_id!r}"
        raise PaymentNotThere(f"that is {whose} already.", field="harvest_payment_id")


def _delete_duplicate(payment: Payment, harvest_payment_id: int | None) -> None:
    """Of two that carry its reference the one that it is not. Errors: PaymentNotThere."""
    with _payments_in_harvest(payment) as (calls, records):
        _refuse_unfit(payment, Decision.DELETE_DUPLICATE)
        mine = matching_payment(records, payment)
        record = next((one for one in records if one.get("id") == harvest_payment_id), None)
        if record is None or record is mine or not matches(record, payment):
            text = "this invoice has no second payment of that id that carries the reference."
            raise PaymentNotThere(text, field="harvest_payment_id")
        with suppress(HarvestNotFound):
            calls.delete(int(record["id"]))


def _look_for(payment: Payment) -> None:
    with _payments_in_harvest(payment) as (_, records):
        if payment.state == PaymentState.RECORDED and matching_payment(records, payment) is None:
            with transaction.atomic():
                pushing.settle(payment, PaymentState.REMOVED)
                events.publish_removed(payment)


@contextmanager
def _payments_in_harvest(payment: Payment) -> Iterator[tuple[InvoiceCalls, list[Json]]]:
    """As they are now, while nobody else works on the invoice. Errors: PaymentUnderWay, and those of calls."""
    claim = claims.take(payment)
    if claim is None:
        raise PaymentUnderWay("somebody works on this invoice now.", field="external_id", retry_after=2)
    try:
        payment.refresh_from_db()
        calls = InvoiceCalls(pushing.connection_of(payment), payment.invoice_id, before=claim.hold)
        try:
            records = calls.payments()
        except HarvestNotFound:
            records = []  # gone with its invoice
        yield calls, records
    finally:
        claim.release()

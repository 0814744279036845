"""What crosses the border of /invoices/{id}/payments: payments as hosts report them, and as we show them."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from harvest_bridge.api.inputs import FlagField, StrictInput
from harvest_bridge.harvest.currencies import money_text, to_minor
from harvest_bridge.invoices.models import Payment

from .amounts import amount_of
from .card_numbers import refuse_card_data
from .services import Asked

_EXTERNAL_ID = re.compile(r"[^\s/\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]*[^\s/\x00-\x1f\x7f])?")
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)


class PaymentInput(StrictInput):
    """A payment; `amount` or `amount_minor`. Nobody is e-mailed unless `send_thank_you` says so."""

    external_id = serializers.CharField(max_length=255)
    amount = serializers.JSONField(required=False, allow_null=True, help_text="Decimal text, such as `12.50`.")
    amount_minor = serializers.JSONField(required=False, allow_null=True, help_text="Whole minor units, such as 1250.")
    currency = serializers.CharField(max_length=3)
    date = serializers.DateField(required=False, allow_null=True, help_text="Default: today in the account's zone.")
    method = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    allow_overpayment = FlagField(required=False, default=False)
    send_thank_you = FlagField(required=False, default=False)

    def validate_external_id(self, value: str) -> str:
        if not _EXTERNAL_ID.fullmatch(value) or "//" in value or {".", ".."} & set(value.split("/")):
            raise serializers.ValidationError("must be visible text that can stand in a path.")
        return value

    def validate_date(self, value: datetime.date | None) -> datetime.date | None:
        if value is not None and not 1970 <= value.year <= timezone.now().year + 1:
            raise serializers.ValidationError("must be the day of the payment, from 1970 on to the next year.")
        return value

    def validate_currency(self, value: str) -> str:
        if not _CURRENCY.fullmatch(value):
            raise serializers.ValidationError("must be a currency of three letters, such as EUR.")
        return value.upper()


def asked_for(body: Any, *, today: datetime.date) -> Asked:
    """Errors: DRF's ValidationError; AmountInvalid, AmountTooPrecise, CardDataRefused."""
    given = PaymentInput.validated(body)
    amount = amount_of(
        text=given.pop("amount", None), minor=given.pop("amount_minor", None), currency=given["currency"]
    )
    refuse_card_data(external_id=given["external_id"], method=given["method"], note=given["note"])
    paid_date = given.pop("date", None)
    return Asked(**given, amount=amount, paid_date=paid_date or today, is_dated=paid_date is not None)


def serialize_payment(payment: Payment) -> dict[str, Any]:
    return {
        "external_id": payment.external_id,
        "invoice_id": payment.invoice_id,
        "status": str(payment.state),
        "amount": money_text(payment.amount, payment.currency),
        "amount_minor": to_minor(payment.amount, payment.currency),
        "currency": payment.currency,
        "date": payment.paid_date.isoformat(),
        "method": payment.method,
        "note": payment.note,
        "source": payment.source,
        "send_thank_you": payment.send_thank_you,
        "allow_overpayment": payment.allow_overpayment,
        "harvest_payment_id": payment.harvest_payment_id,
        "reference": payment.reference,
        "attempts": payment.attempts,
        "error": payment.error,
        "created_at": payment.created_at,
        "settled_at": payment.settled_at,
    }

"""What crosses the border of /insights/payouts: terms and steps in."""

from __future__ import annotations

from typing import Any

from django.core.validators import EmailValidator
from rest_framework import serializers

from harvest_bridge.api.inputs import FlagField, OneOfField, StrictInput
from harvest_bridge.insights.fields import CurrencyField

from .iban import is_iban
from .models import CostCurrency, Payee, PeriodKind, Policy, RateSource

FORMATS = ("csv", "xlsx", "wise", "gusto", "paypal", "sepa", "json")
BIC = r"^([A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?)?$"
_MOST_ID = 2**63 - 1
_MOST_PEOPLE = 5000
BY_HELP = "Who takes this step: a person's name, kept for good."


def checked_iban(value: str) -> str:
    """Without spaces, in capitals. Errors: DRF's ValidationError."""
    text = value.replace(" ", "").upper()
    if not is_iban(text):
        raise serializers.ValidationError("This is not an IBAN: its check digits do not fit.")
    return text


def _id(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=_MOST_ID, **options)


def _by() -> serializers.CharField:
    return serializers.CharField(max_length=255, help_text=BY_HELP)


class PeriodInput(StrictInput):
    """`from` and `to` are its first and last day; `to` may be left out but for a free period."""

    kind = OneOfField(PeriodKind.choices)
    to = serializers.DateField(required=False, allow_null=True, default=None)
    policy = OneOfField(Policy.choices, default=Policy.APPROVED)
    rate_source = OneOfField(RateSource.choices, default=RateSource.COST_RATE)
    cost_currency = OneOfField(CostCurrency.choices, default=CostCurrency.ACCOUNT)
    with_expenses = FlagField(default=False)
    people = serializers.ListField(child=_id(), max_length=_MOST_PEOPLE, default=list)
    by = _by()


PeriodInput._declared_fields["from"] = serializers.DateField()  # a word of Python's


class StepInput(StrictInput):
    by = _by()


class DebtorInput(StrictInput):
    """Whose account a SEPA transfer is paid from."""

    name = serializers.CharField(max_length=70)
    iban = serializers.CharField(max_length=42)
    bic = serializers.RegexField(BIC, allow_blank=True, default="")

    def validate_iban(self, value: str) -> str:
        return checked_iban(value)


class ExportInput(StrictInput):
    """`currency` where a format holds one alone; `source_currency` of Wise; `debtor` and `execution_date` of SEPA."""

    by = _by()
    format = OneOfField(FORMATS)
    currency = CurrencyField(max_length=3, required=False, default="")
    source_currency = CurrencyField(max_length=3, required=False, default="")
    debtor = DebtorInput(required=False, allow_null=True, default=None)
    execution_date = serializers.DateField(required=False, allow_null=True, default=None)


class PaidInput(StrictInput):
    """`statements` by their ids; none: all of the period."""

    by = _by()
    reference = serializers.CharField(max_length=255, help_text="The payer's own, such as a transfer's number.")
    statements = serializers.ListField(child=serializers.UUIDField(), max_length=_MOST_PEOPLE, default=list)


class RateInput(StrictInput):
    """What is left out holds for every person, project or task; without `starts_on` for every day."""

    user_id = _id(required=False, allow_null=True, default=None)
    project_id = _id(required=False, allow_null=True, default=None)
    task_id = _id(required=False, allow_null=True, default=None)
    rate = serializers.DecimalField(max_digits=14, decimal_places=6, min_value=0)
    currency = CurrencyField(max_length=3)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    by = _by()


class PayeeInput(StrictInput):
    """What is left out becomes empty."""

    name = serializers.CharField(max_length=255, allow_blank=True, default="")
    email = serializers.CharField(max_length=255, allow_blank=True, default="")
    receiver_type = OneOfField(Payee.ReceiverType.choices, default=Payee.ReceiverType.PERSON)
    iban = serializers.CharField(max_length=42, allow_blank=True, default="")
    bic = serializers.RegexField(BIC, allow_blank=True, default="")

    def validate_email(self, value: str) -> str:
        """None, or one that can be."""
        if value:
            EmailValidator("Must be an e-mail address.")(value)
        return value

    def validate_iban(self, value: str) -> str:
        return checked_iban(value) if value else ""

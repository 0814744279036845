"""The admin's forms: which period to plan, as which file to export, and by which payment it was paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from harvest_bridge.mirror.models import Mirror

from .models import CostCurrency, PeriodKind, Policy, RateSource

_FILES = [
    ("csv", "CSV, every line"),
    ("xlsx", "XLSX"),
    ("wise", "Wise batch payments"),
    ("gusto", "Gusto contractor hours"),
    ("paypal", "PayPal mass pay"),
]


class DayWidget(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # unfold is not typed
    """The browser's own calendar, which sends ISO dates."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value or None


class MirrorChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.connection.harvest_account_name}, {obj.connection.tenant_id}"


class PlanForm(forms.Form):
    account = MirrorChoice(Mirror.objects.none(), widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(choices=PeriodKind.choices, initial=PeriodKind.MONTHLY, widget=UnfoldAdminSelectWidget)
    first_day = forms.DateField(
        label="First day", widget=DayWidget, help_text="In a monthly period any day of its month begins it on the 1st."
    )
    last_day = forms.DateField(
        label="Last day", required=False, widget=DayWidget, help_text="Of a free period; others end by themselves."
    )
    policy = forms.ChoiceField(choices=Policy.choices, widget=UnfoldAdminSelectWidget)
    rate_source = forms.ChoiceField(choices=RateSource.choices, label="Rates", widget=UnfoldAdminSelectWidget)
    cost_currency = forms.ChoiceField(
        choices=CostCurrency.choices, label="Cost rates are in", widget=UnfoldAdminSelectWidget
    )
    with_expenses = forms.BooleanField(required=False, widget=UnfoldBooleanWidget)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        chosen: Any = self.fields["account"]
        chosen.queryset = Mirror.objects.filter(is_on=True).select_related("connection")


class ExportForm(forms.Form):
    format = forms.ChoiceField(choices=_FILES, widget=UnfoldAdminSelectWidget)


class PaidForm(forms.Form):
    reference = forms.CharField(
        max_length=255, widget=UnfoldAdminTextInputWidget, help_text="The payer's, such as a transfer's number."
    )


class ManyPaidForm(PaidForm):
    """The same between the list and what is done: the hidden fields bring the list's choice back."""

    action = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields[ACTION_CHECKBOX_NAME] = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
        chosen: Any = self.fields[ACTION_CHECKBOX_NAME]
        given = self.data.getlist(ACTION_CHECKBOX_NAME) if self.is_bound else more["initial"][ACTION_CHECKBOX_NAME]  # type: ignore[attr-defined]
        chosen.choices = [(one, one) for one in given]

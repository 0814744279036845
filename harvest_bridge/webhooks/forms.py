"""The admin's forms: a new webhook, and what to send again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from harvest_bridge.hosts.models import HostApp

from .catalogue import event_types
from .models import Format, Payload

SINCE_SUCCESS, RANGE, ONE = "since_last_success", "range", "event"


class NewEndpointForm(forms.Form):
    """The same fields as `POST /webhook`."""

    host_app = forms.ModelChoiceField(HostApp.objects.order_by("name"), widget=UnfoldAdminSelectWidget)
    target_url = forms.CharField(
        max_length=2000,
        required=False,
        label="Address",
        help_text="https and public. Empty: its events are polled.",
        widget=UnfoldAdminTextInputWidget({"placeholder": "https://app.example.com/hooks"}),
    )
    description = forms.CharField(max_length=255, required=False, widget=UnfoldAdminTextInputWidget)
    event_types = forms.MultipleChoiceField(
        required=False, label="Event types", help_text="None: all.", widget=forms.CheckboxSelectMultiple
    )
    tenant_ids = forms.CharField(
        max_length=64 * 1024,
        required=False,
        label="Tenants",
        help_text="One a line. None: all.",
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )
    format = forms.ChoiceField(choices=Format.choices, initial=Format.STANDARD, widget=UnfoldAdminSelectWidget)
    payload = forms.ChoiceField(choices=Payload.choices, initial=Payload.FULL, widget=UnfoldAdminSelectWidget)
    ordered = forms.BooleanField(
        required=False, label="Ordered: events of one object one after the other", widget=UnfoldBooleanWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types: Any = self.fields["event_types"]
        types.choices = [(name, name) for name in event_types()]

    def clean_tenant_ids(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["tenant_ids"].splitlines())
        return list(dict.fromkeys(filter(None, lines)))


class ReplayForm(forms.Form):
    """One of three ways to say what is sent again. Times are UTC."""

    what = forms.ChoiceField(
        choices=[
            (SINCE_SUCCESS, "All since the last success, and all that was never taken"),
            (RANGE, "What happened between two times"),
            (ONE, "One event"),
        ],
        initial=SINCE_SUCCESS,
        label="Send again",
        widget=UnfoldAdminSelectWidget,
    )
    since = forms.DateTimeField(
        required=False, label="From (UTC)", widget=UnfoldAdminTextInputWidget({"type": "datetime-local"})
    )
    until = forms.DateTimeField(
        required=False, label="Until (UTC)", widget=UnfoldAdminTextInputWidget({"type": "datetime-local"})
    )
    event_id = forms.UUIDField(required=False, label="Event id", widget=UnfoldAdminTextInputWidget)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("what") == RANGE and not (found.get("since") or found.get("until") or self.errors):
            self.add_error("since", "Say from when, until when, or both.")
        if found.get("what") == ONE and not found.get("event_id") and "event_id" not in self.errors:
            self.add_error("event_id", "Say which event.")
        return found

    def moment(self, name: str) -> datetime | None:
        found: datetime | None = self.cleaned_data[name]
        return found and found.astimezone(UTC)

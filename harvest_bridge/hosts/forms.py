"""The admin's form for a new API key."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextInputWidget

from .models import Scope


class IssueKeyForm(forms.Form):
    """What the key is called, what it may do, and until when."""

    label = forms.CharField(
        max_length=100, required=False, widget=UnfoldAdminTextInputWidget({"placeholder": "Production back end"})
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, initial=Scope.values, required=False, label="May", widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.DateTimeField(
        required=False,
        label="Expires (UTC)",
        help_text="Empty: it lives until it is revoked.",
        widget=UnfoldAdminTextInputWidget({"type": "datetime-local"}),
    )

    def clean_scopes(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["scopes"]
        if not chosen:
            raise forms.ValidationError("Choose at least one thing that the key may do.")
        return chosen

    def clean_expires_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["expires_at"]
        if moment is not None and moment <= timezone.now():
            raise forms.ValidationError("Choose a time to come, or none.")
        return moment

"""The admin's forms for a host app and for a new API key."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils import timezone
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from .models import USUAL_SCOPES, HostApp, Right, Scope


class IssueKeyForm(forms.Form):
    """What the key is called, what it may do, and until when."""

    label = forms.CharField(
        max_length=100, required=False, widget=UnfoldAdminTextInputWidget({"placeholder": "Production back end"})
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, initial=USUAL_SCOPES, required=False, label="May", widget=forms.CheckboxSelectMultiple
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


class HostAppForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's has no parameter at run time
    """A host app, with what it asks for as boxes to tick."""

    rights = forms.MultipleChoiceField(
        choices=Right.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="What it asks for when an account is linked, as far as its API keys can use it. Connections keep "
        "what they were linked with: a right added here takes effect when an account is linked again.",
    )

    class Meta:
        model = HostApp
        fields = ("name", "logo_url", "rights")

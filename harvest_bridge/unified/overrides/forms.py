"""The admin's form for one field's mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp

from .fields import RESOURCES, STANDARD_FIELDS
from .models import FieldMapping
from .queries import Layer, versions_in

MOST_LISTED = 500
SUGGESTED = {name: sorted(fields) for name, fields in STANDARD_FIELDS.items()}


def linked() -> QuerySet[Connection]:
    rows = Connection.objects.filter(disconnected_at=None).select_related("host_app")
    return rows.order_by("harvest_account_name", "tenant_id")


@dataclass(frozen=True)
class Target:
    """One field in one layer, as services want it."""

    layer: Layer
    resource: str
    field: str

    @classmethod
    def of(cls, row: FieldMapping) -> Target:
        return cls(Layer.of(row), row.resource, row.field)

    def words(self) -> dict[str, Any]:
        return {"layer": self.layer, "resource": self.resource, "field": self.field}

    def is_mapped(self) -> bool:
        """Has it a version already, be it one that removes it?"""
        return bool(versions_in(**self.words()))


class TargetForm(forms.Form):
    """Which field, in which layer."""

    host_app = forms.ModelChoiceField(HostApp.objects.all(), empty_label=None)
    connection = forms.ModelChoiceField(linked(), required=False, empty_label="All connections of the host app")
    resource = forms.ChoiceField(choices=[(name, name) for name in RESOURCES])
    field = forms.CharField(max_length=80)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        connection = cleaned.get("connection")
        if connection and connection.host_app != cleaned.get("host_app"):
            self.add_error("connection", f"This connection is of the host app “{connection.host_app}”.")
        return cleaned

    def target(self) -> Target:
        given = self.cleaned_data
        return Target(Layer(given["host_app"], given["connection"]), given["resource"], given["field"].strip())


class ChangeForm(forms.Form):
    """What to do with it: save an expression, remove the mapping, or bring a version back."""

    action = forms.ChoiceField(choices=[(name, name) for name in ("save", "remove", "restore")])
    expression = forms.CharField(strip=False, required=False, widget=forms.Textarea)
    based_on = forms.IntegerField(min_value=0)
    version = forms.IntegerField(min_value=1, required=False)

    def clean_expression(self) -> str:
        """With the ends of lines as they were typed: browsers send two characters for each."""
        text: str = self.cleaned_data["expression"]
        return text.replace("\r\n", "\n")

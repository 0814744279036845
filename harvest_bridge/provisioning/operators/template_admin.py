"""Templates in the admin: edited beside a preview of what they make of a sample deal, each change a version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from rest_framework.exceptions import ValidationError
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from harvest_bridge.connections import history
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.provisioning.crm import templates
from harvest_bridge.provisioning.crm.rendering import problem_of, wanted_by
from harvest_bridge.provisioning.models import Template, TemplateVersion

Json = dict[str, Any]
_EXAMPLE: Json = {
    "client": {"name": "{{company}}"},
    "project": {"name": "{{name}}", "notes": "Sold for {{amount|an amount unknown}}"},
    "tasks": [{"name": "Design"}],
    "people": [{"role": "Design"}],
    "rules": [
        {
            "when": {"field": "amount", "above": 10000},
            "set": {"project.is_fixed_fee": True, "project.fee": "{{amount}}"},
        }
    ],
}
_SAMPLE: Json = {"name": "Web shop", "company": "Aurora Foods", "amount": 24000, "currency": "EUR"}


class LinkedAccountField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A Harvest account may be linked several times: whose link it is, and of which host app."""

    def label_from_instance(self, connection: Any) -> str:
        whose = f"personal link of {connection.user_id}" if connection.user_id else "for everybody"
        return f"{connection}, {whose}, linked by {connection.linked_by} ({connection.host_app.name})"


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """The secret is typed and never shown."""

    connection = LinkedAccountField(queryset=Connection.objects.select_related("host_app"))
    secret = forms.CharField(
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
        help_text="What the CRM signs with (HubSpot: the client secret), or the password it sends. Empty: as it is.",
    )

    class Meta:
        model = Template
        fields = ("name", "host_app", "connection", "crm", "is_active", "is_dry_run", "content", "sample", "mapping")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance._state.adding:
            self.initial.setdefault("content", _EXAMPLE)
            self.initial.setdefault("sample", _SAMPLE)

    def clean(self) -> Json:
        cleaned: Json = super().clean() or {}
        connection, host_app = cleaned.get("connection"), cleaned.get("host_app")
        if connection and host_app and connection.host_app_id != host_app.pk:
            self.add_error("connection", "This account is linked for another host app.")
        problem = preview(cleaned.get("content"), cleaned.get("sample")).get("problem")
        if problem and cleaned.get("sample"):
            self.add_error("content", f"With the sample deal: {problem}")
        return cleaned


class VersionInline(TabularInline):
    model = TemplateVersion
    fields = readonly_fields = ("version", "changed_by", "at", "changes")
    extra = 0
    can_delete = False
    tab = True

    @display(description="Changes")
    def changes(self, version: TemplateVersion) -> str:
        return format_html('<pre class="hb-preview">{}</pre>', templates.changes_of(version))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Template)
class TemplateAdmin(ModelAdmin):
    form = TemplateForm
    list_display = ("name", "host_app", "crm", "connection", "is_active", "version", "updated_at")
    list_filter = ("host_app", "crm", "is_active")
    search_fields = ("name",)
    readonly_fields = ("id", "version")
    inlines = (VersionInline,)
    change_form_after_template = "provisioning/preview.html"

    def get_urls(self) -> list[URLPattern]:
        own = path("preview/", self.admin_site.admin_view(self.preview), name="provisioning_template_preview")
        return [own, *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        who = history.operator(request.user.get_username())
        templates.save(obj, changed_by=who, secret=form.cleaned_data.get("secret") or "")

    def preview(self, request: HttpRequest) -> JsonResponse:
        """What the template that is being edited makes of the sample deal; nothing is saved."""
        if request.method != "POST" or not request.user.has_perm("provisioning.view_template"):
            return JsonResponse({"problem": "Not allowed."}, status=403)
        fields = forms.JSONField(), forms.JSONField()
        try:
            content, sample = (
                field.clean(request.POST.get(name, ""))
                for field, name in zip(fields, ("content", "sample"), strict=True)
            )
        except forms.ValidationError as error:
            return JsonResponse({"problem": " ".join(error.messages)})
        return JsonResponse(preview(content, sample))


def preview(content: Any, sample: Any) -> Json:
    """Shape: `{"wanted"}` or `{"problem"}`."""
    if not isinstance(content, dict) or not isinstance(sample, dict):
        return {"problem": "Content and sample are JSON objects."}
    try:
        return {"wanted": wanted_by(content, sample)}
    except BridgeError as error:
        return {"problem": error.message}
    except ValidationError as error:
        return {"problem": problem_of(error)[1]}

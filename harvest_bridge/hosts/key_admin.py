"""Keys in the admin: issued from their host app; here they are found, given an expiry, and revoked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from . import services
from .models import ApiKey, Scope, WidgetKey


class KeyAdmin(ModelAdmin):
    """What both kinds of keys share: nothing is added or deleted here, and revoking asks first."""

    actions = ("revoke_selected",)
    actions_detail = ("revoke",)
    list_filter = ("host_app",)
    list_select_related = ("host_app",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="State", label={"live": "success", "expired": "warning", "revoked": "danger"})
    def state(self, key: ApiKey | WidgetKey) -> str:
        if key.revoked_at:
            return "revoked"
        expires_at = getattr(key, "expires_at", None)
        return "expired" if expires_at and expires_at <= timezone.now() else "live"

    @admin.action(description="Revoke the selected keys", permissions=["change"])
    def revoke_selected(self, request: HttpRequest, keys: QuerySet[Any]) -> HttpResponse | None:
        return self._ask_then_revoke(request, keys, confirmed="confirmed" in request.POST)

    @action(description="Revoke", url_path="revoke", icon="block", permissions=["change"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        keys = self.get_queryset(request).filter(pk=object_id)
        return self._ask_then_revoke(request, keys, confirmed=request.method == "POST")

    def _ask_then_revoke(self, request: HttpRequest, keys: QuerySet[Any], *, confirmed: bool) -> HttpResponse:
        live = keys.filter(revoked_at=None)
        if not confirmed:
            return self._question(request, list(live))
        for key in live:
            self._revoke(key)
            self.log_change(request, key, "Revoked")
        self.message_user(request, "Revoked. Calls with it are refused from the next request on.")
        return HttpResponseRedirect(reverse(f"admin:{self._list_name}"))

    _revoke: Callable[[Any], None]

    @property
    def _list_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_changelist"

    def _question(self, request: HttpRequest, keys: list[Any]) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Revoke keys",
            "keys": keys,
            "selected": request.POST.getlist("_selected_action"),
            "back": reverse(f"admin:{self._list_name}"),
        }
        return TemplateResponse(request, "hosts/revoke_keys.html", context)


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """Lengthening a key's life is issuing it anew, and wants the right to issue keys."""

    may_issue = False

    def clean_expires_at(self) -> Any:
        before, after = ApiKey.objects.get(pk=self.instance.pk).expires_at, self.cleaned_data["expires_at"]
        is_longer = before is not None and (after is None or after > before)
        if is_longer and not self.may_issue:
            raise forms.ValidationError("Only who may add API keys can let one live longer; choose an earlier time.")
        return after


@admin.register(ApiKey)
class ApiKeyAdmin(KeyAdmin):
    form = ApiKeyForm
    list_display = ("prefix", "label", "host_app", "state", "last_used_at", "expires_at", "created_at")
    search_fields = ("prefix", "label", "host_app__name")
    fields = ("prefix", "host_app", "state", "label", "may", "expires_at", "created_at", "last_used_at", "revoked_at")
    readonly_fields = ("prefix", "host_app", "state", "may", "created_at", "last_used_at", "revoked_at")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"may_issue": request.user.has_perm("hosts.add_apikey")})

    @display(description="May")
    def may(self, key: ApiKey) -> str:
        return "; ".join(label for value, label in Scope.choices if value in key.scopes) or "nothing"

    def _revoke(self, key: ApiKey) -> None:
        services.revoke_api_key(api_key=key)


@admin.register(WidgetKey)
class WidgetKeyAdmin(KeyAdmin):
    list_display = ("id", "host_app", "state", "created_at")
    search_fields = ("id", "host_app__name")
    fields = ("id", "host_app", "state", "created_at", "revoked_at")
    readonly_fields = fields

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        nothing = {"show_save": False, "show_save_and_continue": False, "show_close": True}
        page: HttpResponse = super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **nothing})
        return page

    def _revoke(self, key: WidgetKey) -> None:
        services.revoke_widget_key(widget_key=key)

"""Mappings in the admin: a list of what is mapped, and an editor with a live preview and every version."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from harvest_bridge.errors import BridgeError

from . import editor, queries
from .forms import MOST_LISTED, SUGGESTED, ChangeForm, Target, TargetForm, linked
from .models import FieldMapping

_DONE = {"save": "Saved; it holds from the next request on.", "remove": "Removed.", "restore": "Restored."}


@admin.register(FieldMapping)
class FieldMappingAdmin(ModelAdmin):
    list_display = ("display_field", "layer", "display_expression", "version", "changed_by", "changed_at")
    list_display_links = ("display_field",)
    list_filter = ("host_app", "resource")
    list_select_related = ("host_app", "connection")
    search_fields = ("field", "expression", "connection__tenant_id", "connection__harvest_account_name")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[FieldMapping]:
        rows: QuerySet[FieldMapping] = super().get_queryset(request)
        return rows.filter(is_current=True) if _is_list(request) else rows

    def get_urls(self) -> list[URLPattern]:
        views = {"sample": self.sample_view, "preview": self.preview_view}
        ours = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"unified_fieldmapping_{name}")
            for name, view in views.items()
        ]
        return [*ours, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="Field", ordering="field")
    def display_field(self, row: FieldMapping) -> str:
        return f"{row.resource}.{row.field}"

    @display(description="For")
    def layer(self, row: FieldMapping) -> str:
        return str(row.connection) if row.connection else f"all connections of {row.host_app}"

    @display(description="Expression")
    def display_expression(self, row: FieldMapping) -> str:
        text = row.expression
        return f"{text[:80]}…" if len(text) > 80 else text or "removed"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The editor, for a new mapping and for one that stands."""
        row = (
            get_object_or_404(FieldMapping.objects.select_related("host_app", "connection"), pk=object_id)
            if object_id
            else None
        )
        if not self._may(request, row):
            raise PermissionDenied
        if request.method == "POST":
            return self._change(request, row)
        return self._page(request, Target.of(row) if row else None, TargetForm(initial=_asked_for(request)))

    def sample_view(self, request: HttpRequest) -> HttpResponseBase:
        return self._only_for_editors(request, editor.sample_answer)

    def preview_view(self, request: HttpRequest) -> HttpResponseBase:
        return self._only_for_editors(request, editor.preview_answer)

    def _only_for_editors(self, request: HttpRequest, answer: Any) -> HttpResponseBase:
        """A trial shows a whole record of an account, so it takes the right to see accounts too."""
        if not self._may_try(request):
            raise PermissionDenied
        answered: HttpResponseBase = require_POST(answer)(request)
        return answered

    def _may_try(self, request: HttpRequest) -> bool:
        writes = self.has_change_permission(request) or self.has_add_permission(request)
        return bool(writes and request.user.has_perm("connections.view_connection"))

    def _may(self, request: HttpRequest, row: FieldMapping | None) -> bool:
        """May the page be opened, or posted to? What is posted is looked at again in `_change`."""
        if row is None:
            return bool(self.has_add_permission(request))
        changing = request.method == "POST"
        return bool(self.has_change_permission(request, row) if changing else self.has_view_permission(request, row))

    def _change(self, request: HttpRequest, row: FieldMapping | None) -> HttpResponse:
        form, asked = TargetForm(request.POST), ChangeForm(request.POST)
        target = Target.of(row) if row else form.target() if form.is_valid() else None
        if target is None or not asked.is_valid():
            return self._page(request, target, form, expression=request.POST.get("expression", ""))
        if target.is_mapped() and not self.has_change_permission(request):
            raise PermissionDenied  # the page for a new mapping is no way round the right to change one
        try:
            changed = editor.change(target, asked=asked.cleaned_data, actor=editor.actor_of(request))
        except BridgeError as error:
            return self._page(request, target, form, expression=asked.cleaned_data["expression"], error=error)
        done = _DONE[asked.cleaned_data["action"]]
        self.log_change(request, changed, f"{done} Version {changed.version}.")
        self.message_user(request, f"{changed.resource}.{changed.field}: {done}", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:unified_fieldmapping_change", args=[changed.pk]))

    def _page(
        self,
        request: HttpRequest,
        target: Target | None,
        form: TargetForm,
        *,
        expression: str | None = None,
        error: BridgeError | None = None,
    ) -> TemplateResponse:
        versions = list(queries.versions_in(**target.words())) if target else []
        current = versions[0] if versions else None
        context = {
            **self.admin_site.each_context(request),
            "opts": FieldMapping._meta,
            "title": f"{target.resource}.{target.field}" if current and target else "Map a field",
            "target": target if current else None,
            "form": form,
            "versions": versions,
            "current": current,
            "based_on": current.version if current else 0,
            "expression": expression if expression is not None else current.expression if current else "",
            "error": error,
            "caret": _caret(expression or "", error),
            "may_change": self.has_change_permission(request) if current else self.has_add_permission(request),
            "may_try": self._may_try(request),
            "connections": _to_try_on(target) if self._may_try(request) else [],
            "suggested": SUGGESTED,
        }
        return TemplateResponse(request, "unified/mapping_editor.html", context, status=error.status if error else 200)


def _is_list(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name == "unified_fieldmapping_changelist"


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """What a link may fill in already, such as `?host_app=…&connection=…&resource=users&field=title`."""
    return {name: request.GET[name] for name in ("host_app", "connection", "resource", "field") if name in request.GET}


def _to_try_on(target: Target | None) -> list[Any]:
    """Connections of the layer; of every host app while the layer is still to be chosen."""
    rows = linked()
    if target:
        rows = rows.filter(host_app=target.layer.host_app)
        if target.layer.connection:
            rows = rows.filter(pk=target.layer.connection.pk)
    return list(rows[:MOST_LISTED])


def _caret(expression: str, error: BridgeError | None) -> tuple[str, str] | None:
    """The line of the expression where it is wrong, and a mark below the place."""
    position = error.extra.get("position") if error else None
    if position is None:
        return None
    before = expression[:position]
    line = before.rpartition("\n")[2]
    return line + expression[position:].partition("\n")[0], " " * max(len(line) - 1, 0) + "↑"

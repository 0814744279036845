"""Won deals in the admin: each a checklist, with what may be done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.decorators import action, display

from harvest_bridge.hosts.retry_rights import may_retry
from harvest_bridge.provisioning import services
from harvest_bridge.provisioning.models import Run, RunStatus
from harvest_bridge.webhooks.question_pages import AskingAdmin

from .checklist import STATUS_COLORS, picture_of

_CONTINUED = (RunStatus.BLOCKED, RunStatus.WAITING, RunStatus.UNDONE)
_UNDONE = (RunStatus.BLOCKED, RunStatus.COMPLETED, RunStatus.WAITING)
_MOMENTS = ("created_at", "started_at", "finished_at")
_AS_JSON = ("wanted", "plan", "proposal")
_UNDO = (
    "Take back what this run made? What nobody has used is removed; a project with time or expenses is archived, never "
    "deleted; what others use stays."
)


@admin.register(Run)
class RunAdmin(AskingAdmin):
    list_display = ("external_id", "client_name", "project_name", "display_status", "reason", "account", "created_at")
    list_filter = ("status", "connection__host_app")
    list_select_related = ("connection",)
    search_fields = ("external_id", "client_name", "project_name", "=id", "connection__tenant_id")
    date_hierarchy = "created_at"
    change_form_before_template = "provisioning/run.html"
    actions_detail = ("begin_run", "continue_run", "undo_run")
    fieldsets = (
        (None, {"fields": ("account", "external_id", "template", "requested_by", "calls", *_MOMENTS, "worker", "id")}),
        ("As it came and was planned", {"fields": _AS_JSON, "classes": ("collapse",)}),
    )
    readonly_fields = (
        "account",
        "external_id",
        "template",
        "requested_by",
        "calls",
        *_MOMENTS,
        "worker",
        "id",
        *_AS_JSON,
    )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.get_object(request, object_id or "")
        picture = picture_of(run) if run else {}
        page = super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **picture})
        if request.headers.get("HX-Request") and not picture.get("is_open"):
            page["HX-Refresh"] = "true"  # the buttons of a run that is over are others
        return page

    @display(description="Account", ordering="connection__harvest_account_name")
    def account(self, run: Run) -> str:
        return str(run.connection)

    @display(description="Status", ordering="status", label={s.label: color for s, color in STATUS_COLORS.items()})
    def display_status(self, run: Run) -> str:
        return run.get_status_display()

    @display(description="Why")
    def reason(self, run: Run) -> str:
        return str((run.error or {}).get("message") or "-")[:160]

    def has_begin_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may(request, object_id, services.UNTOUCHED)

    def has_continue_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may(request, object_id, _CONTINUED)

    def has_undo_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        may = bool(request.user.has_perm("provisioning.change_run"))
        return may and self._may(request, object_id, _UNDONE)

    def _may(self, request: HttpRequest, object_id: str | None, states: tuple[str, ...]) -> bool:
        is_there = object_id is None or Run.objects.filter(pk=object_id, status__in=states).exists()
        return is_there and may_retry(request, Run)

    @action(description="Begin", url_path="begin", icon="play_arrow", permissions=["begin"])
    def begin_run(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def begin(run: Run) -> str:
            services.begin_run(run)
            return "Queued; a worker begins it."

        return self.act(request, object_id, "Make this deal's client, project, tasks and people in Harvest?", begin)

    @action(description="Continue", url_path="continue", icon="play_arrow", permissions=["continue"])
    def continue_run(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def go_on(run: Run) -> str:
            services.continue_run(run)
            return "Queued; Harvest is read and planned anew, and what is done stays done."

        return self.act(request, object_id, "Go on where it stopped, with what Harvest holds now?", go_on)

    @action(description="Undo", url_path="undo", icon="undo", permissions=["undo"])
    def undo_run(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def undo(run: Run) -> str:
            services.undo_run(run)
            return "Queued; a worker takes it back."

        return self.act(request, object_id, _UNDO, undo)

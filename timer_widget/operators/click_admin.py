"""Clicks in the admin: what came of each, and for those that failed retry, edit and discard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget

from harvest_bridge.api.outages import best_effort
from timer_widget import news
from timer_widget.clicks import intents
from timer_widget.clicks.decisions import retry
from timer_widget.models import Intent, IntentStatus
from timer_widget.queries import kept_state

_STATES = {
    IntentStatus.DONE.label: "success",
    IntentStatus.PENDING.label: "warning",
    IntentStatus.FAILED.label: "danger",
    IntentStatus.DISCARDED.label: "info",
}
_PLACE = ("project_id", "task_id", "notes")


class ClickForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's has no parameter at run time
    """What of a failed click can be put right before it is carried out again."""

    project_id = forms.IntegerField(
        min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget, help_text="The id of the Harvest project."
    )
    task_id = forms.IntegerField(
        min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget, help_text="The id of the Harvest task."
    )
    notes = forms.CharField(required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = Intent
        fields = ("clicked_at",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in _PLACE:
            self.fields[name].initial = self.instance.asked.get(name)

    def asked(self) -> dict[str, Any]:
        """What was asked for, with what was changed; what the click did not name stays unnamed."""
        given = {name: self.cleaned_data.get(name) for name in _PLACE}
        changed = {name: value for name, value in given.items() if value or name in self.instance.asked}
        return {**self.instance.asked, **changed}


@admin.register(Intent)
class IntentAdmin(ModelAdmin):
    """Saving a failed click carries it out again; the worker does that within a second or two."""

    form = ClickForm
    actions = ("retry_selected", "discard_selected")
    list_display = ("clicked_at", "kind", "person", "item_id", "group_id", "state", "harvest_entry_id", "shown_outcome")
    list_filter = ("status", "needs_decision", "kind", "person__host_app")
    list_select_related = ("person",)
    search_fields = ("item_id", "group_id", "person__user_id", "person__name", "person__email", "person__tenant_id")
    date_hierarchy = "created_at"
    readonly_fields = (
        *("kind", "person", "item_id", "group_id", "state", "shown_outcome", "harvest_entry_id", "created_at"),
        *("settled_at", "expires_at", "next_attempt_at", "attempts", "gap", "clock_offset_seconds", "asked", "id"),
    )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"show_save_and_continue": False, "show_save_and_add_another": False, **(extra_context or {})}
        page: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return page

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        may_edit = obj is not None and self.has_change_permission(request, obj)
        return ["clicked_at", *(_PLACE if may_edit else ()), *self.readonly_fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of those that failed alone: what is done or on its way is a fact."""
        return self.has_decide_permission(request) and obj is not None and obj.status == IntentStatus.FAILED

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("timer_widget.change_intent"))

    @display(description="State", ordering="status", label=_STATES)
    def state(self, intent: Intent) -> str:
        return intent.get_status_display()

    @display(description="What is in its way")
    def shown_outcome(self, intent: Intent) -> str:
        said = intent.outcome or {}
        said = said.get("note", said)
        return f"{said['message']} ({said['code']})" if "code" in said else ""

    def save_model(self, request: HttpRequest, obj: Intent, form: Any, change: bool) -> None:
        moment: datetime = form.cleaned_data["clicked_at"]
        obj.refresh_from_db()
        if retry(obj, asked=form.asked(), clicked_at=moment):
            _tell(obj)

    @admin.action(description="Carry out again", permissions=["decide"])
    def retry_selected(self, request: HttpRequest, clicks: QuerySet[Intent]) -> None:
        self._each(request, clicks, retry, "Put back into the queue")

    @admin.action(description="Discard", permissions=["decide"])
    def discard_selected(self, request: HttpRequest, clicks: QuerySet[Intent]) -> None:
        self._each(request, clicks, intents.discard, "Discarded")

    def _each(
        self, request: HttpRequest, clicks: QuerySet[Intent], decide: Callable[[Intent], bool], done: str
    ) -> None:
        """In the order of the clicks; those that are done, or on their way, stay as they are."""
        count = 0
        for click in clicks.select_related("person__host_app").order_by("person", "position"):
            if decide(click):
                count += 1
                self.log_change(request, click, done)
                _tell(click)
        self.message_user(request, f"{done}: {count}.")


def _tell(click: Intent) -> None:
    best_effort(lambda: news.tell(click.person, kept_state(click.person)))

"""Clicks in the admin: what came of each, and for those that failed retry, edit and discard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
)

from harvest_bridge.api.outages import best_effort
from harvest_bridge.hosts.retry_rights import may_retry
from timer_widget.clicks.decisions import drop, retry
from timer_widget.expiry import needs_end
from timer_widget.history.labels import click_label
from timer_widget.live import publishing
from timer_widget.models import Intent, IntentKind, IntentStatus
from timer_widget.queries import stored_state

from . import history_admin

_STATES = {
    IntentStatus.DONE.label: "success",
    IntentStatus.PENDING.label: "warning",
    IntentStatus.FAILED.label: "danger",
    IntentStatus.DISCARDED.label: "info",
}
_PLACE = ("project_id", "task_id", "notes")
# What can be put right, by kind of click; the others are carried out again as they are.
_FIELDS: dict[str, tuple[str, ...]] = {
    IntentKind.START: ("clicked_at", "ended_at", *_PLACE),
    IntentKind.STOP: ("clicked_at",),
    IntentKind.ADD: (*_PLACE, "spent_date"),
    IntentKind.EDIT: _PLACE,
    IntentKind.MOVE: ("started_at",),
}
_MOMENTS = ("clicked_at", "ended_at", "started_at")


class ClickForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's has no parameter at run time
    """What of a failed click can be put right before it is carried out again."""

    ended_at = forms.SplitDateTimeField(
        required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="When the work ended, if it did."
    )
    started_at = forms.SplitDateTimeField(
        required=False, widget=UnfoldAdminSplitDateTimeWidget, help_text="When the running timer began."
    )
    project_id = forms.IntegerField(
        min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget, help_text="The id of the Harvest project."
    )
    task_id = forms.IntegerField(
        min_value=1, required=False, widget=UnfoldAdminIntegerFieldWidget, help_text="The id of the Harvest task."
    )
    spent_date = forms.DateField(required=False, widget=UnfoldAdminDateWidget)
    notes = forms.CharField(required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = Intent
        fields = ("clicked_at", "ended_at")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = fields_of(self.instance)
        for name in set(self.fields) - set(names):
            del self.fields[name]
        for name in names:
            if name in self.instance.asked:
                asked = self.instance.asked[name]
                self.fields[name].initial = datetime.fromisoformat(asked) if name in _MOMENTS else asked

    def clean_ended_at(self) -> datetime | None:
        ended_at: datetime | None = self.cleaned_data["ended_at"]
        if ended_at is not None and ended_at <= self.cleaned_data.get("clicked_at", ended_at):
            raise forms.ValidationError("Choose a moment after the start.")
        if ended_at is None and needs_end(self.instance):
            raise forms.ValidationError("This start lies too far back; say when its work ended.")
        return ended_at

    def changes(self, click: Intent) -> dict[str, Any]:
        """The fields of the row that are new; what the click did not name stays unnamed."""
        data = self.cleaned_data
        columns = {name: data[name] for name in ("clicked_at", "ended_at") if name in data}
        given = {name: self._json(name) for name in fields_of(click) if name not in columns}
        asked = {**click.asked, **{name: each for name, each in given.items() if each or name in click.asked}}
        new = {name: each for name, each in columns.items() if each != getattr(click, name)}
        return new | ({"asked": asked, "names": None} if asked != click.asked else {})

    def _json(self, name: str) -> Any:
        value = self.cleaned_data.get(name)
        return value.isoformat() if isinstance(value, date | datetime) else value


def fields_of(click: Intent) -> tuple[str, ...]:
    return _FIELDS.get(click.kind, ())


@admin.register(Intent)
class IntentAdmin(ModelAdmin):
    """Saving a failed click carries it out again; the worker does that within a second or two."""

    form = ClickForm
    actions = ("retry_selected", "discard_selected")
    actions_list = ("all_history",)
    actions_detail = ("item_history",)
    list_display = (
        "clicked_at",
        "what",
        "person",
        "item_id",
        "group_id",
        "state",
        "harvest_entry_id",
        "display_outcome",
    )
    list_filter = ("status", "needs_decision", "kind", "person__host_app")
    list_select_related = ("person",)
    search_fields = ("item_id", "group_id", "person__user_id", "person__name", "person__email", "person__tenant_id")
    date_hierarchy = "created_at"
    readonly_fields = (
        *("what", "person", "item_id", "group_id", "state", "display_outcome", "harvest_entry_id", "created_at"),
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

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        own = [
            path("history/", wrap(history_admin.page), name="timer_widget_intent_history"),
            path("history.csv", wrap(history_admin.file), name="timer_widget_intent_history_file"),
        ]
        return [*own, *super().get_urls()]

    @action(description="History", url_path="history-of-all", icon="history", permissions=["view"])
    def all_history(self, request: HttpRequest) -> HttpResponse:
        return redirect("admin:timer_widget_intent_history")

    @action(description="History of its item", url_path="history-of-item", icon="history", permissions=["view"])
    def item_history(self, request: HttpRequest, object_id: str) -> HttpResponse:
        click = get_object_or_404(Intent.objects.select_related("person"), pk=object_id)
        return redirect(history_admin.of_item(click) if click.item_id else history_admin.of_person(click.person))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        may_edit = obj is not None and self.has_change_permission(request, obj)
        editable = fields_of(obj) if may_edit else ()
        return [*editable, *(() if "clicked_at" in editable else ("clicked_at",)), *self.readonly_fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        editable = fields_of(obj) if obj is not None else ()
        return [*self.readonly_fields, *(() if "clicked_at" in editable else ("clicked_at",))]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of those that failed alone: what is done or on its way is a fact."""
        return self.has_decide_permission(request) and obj is not None and obj.status == IntentStatus.FAILED

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("timer_widget.change_intent"))

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return may_retry(request, Intent)

    @display(description="Kind", ordering="kind")
    def what(self, intent: Intent) -> str:
        return click_label(intent)

    @display(description="State", ordering="status", label=_STATES)
    def state(self, intent: Intent) -> str:
        return intent.get_status_display()

    @display(description="What is in its way")
    def display_outcome(self, intent: Intent) -> str:
        said = intent.outcome or {}
        said = said.get("note", said)
        return f"{said['message']} ({said['code']})" if "code" in said else ""

    def save_model(self, request: HttpRequest, obj: Intent, form: Any, change: bool) -> None:
        obj.refresh_from_db()
        if retry(obj, operator=request.user.get_username(), **form.changes(obj)):
            _tell(obj)

    @admin.action(description="Carry out again", permissions=["retry"])
    def retry_selected(self, request: HttpRequest, clicks: QuerySet[Intent]) -> None:
        self._each(request, clicks, partial(retry, operator=request.user.get_username()), "Put back into the queue")

    @admin.action(description="Discard", permissions=["decide"])
    def discard_selected(self, request: HttpRequest, clicks: QuerySet[Intent]) -> None:
        self._each(request, clicks, partial(drop, operator=request.user.get_username()), "Discarded")

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
    best_effort(lambda: publishing.publish_state(click.person, stored_state(click.person)))

"""The history of clicks in the admin: of a person or of an item, as a timeline and as CSV."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.hosts.models import HostApp
from timer_widget.history.labels import click_label
from timer_widget.history.presentation import answer_of, changes_of, entry_of, from_where
from timer_widget.history.queries import newest_first, page_of
from timer_widget.history.retention import kept_since
from timer_widget.history.views import csv_answer
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

_ANY = ("", "any")


class DayWidget(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # Unfold has no types for it
    """The browser's own field for a day."""

    input_type = "date"


class HistoryFilter(forms.Form):
    """What of the clicks is looked at. An id of an item is the host app's own."""

    host_app = forms.ModelChoiceField(
        HostApp.objects.order_by("name"), required=False, empty_label="any", widget=UnfoldAdminSelectWidget
    )
    tenant = forms.CharField(required=False, max_length=255, widget=UnfoldAdminTextInputWidget)
    user = forms.CharField(
        required=False,
        max_length=255,
        label="Person",
        widget=UnfoldAdminTextInputWidget,
        help_text="The host's user id.",
    )
    item = forms.CharField(required=False, max_length=255, widget=UnfoldAdminTextInputWidget)
    group = forms.CharField(required=False, max_length=255, widget=UnfoldAdminTextInputWidget)
    kind = forms.ChoiceField(required=False, choices=[_ANY, *IntentKind.choices], widget=UnfoldAdminSelectWidget)
    status = forms.ChoiceField(required=False, choices=[_ANY, *IntentStatus.choices], widget=UnfoldAdminSelectWidget)
    since = forms.DateField(required=False, widget=DayWidget)
    until = forms.DateField(required=False, widget=DayWidget, help_text="This day included. UTC.")

    def rows(self) -> QuerySet[Intent]:
        """Those that fit; none where a filter cannot be read."""
        if not self.is_valid():
            return Intent.objects.none()
        data = self.cleaned_data
        columns = {
            "person__host_app": data["host_app"],
            "person__tenant_id": data["tenant"],
            "person__user_id": data["user"],
            "item_id": data["item"],
            "group_id": data["group"],
            "kind": data["kind"],
            "status": data["status"],
            "clicked_at__gte": data["since"] and _midnight(data["since"]),
            "clicked_at__lt": data["until"] and _midnight(data["until"] + timedelta(days=1)),
        }
        rows = Intent.objects.filter(**{name: value for name, value in columns.items() if value})
        return newest_first(rows).select_related("person__host_app")


def page(request: HttpRequest) -> TemplateResponse:
    """Errors: PermissionDenied."""
    form, rows = _asked(request)
    try:
        clicks, after = page_of(rows, request.GET.get("cursor", ""))
    except InvalidRequest:
        clicks, after = page_of(rows, "")
    query = {name: value for name, value in request.GET.items() if name != "cursor" and value}
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "model_admin": admin.site.get_model_admin(Intent),
        "title": "History",
        "form": form,
        "events": [_event(click) for click in clicks],
        "file": f"{reverse('admin:timer_widget_intent_history_file')}?{urlencode(query)}",
        "kept_since": kept_since(timezone.now()),
        "earlier": f"?{urlencode(query | {'cursor': after})}" if after else None,
    }
    return TemplateResponse(request, "timer_widget/admin_history.html", context)


def file(request: HttpRequest) -> StreamingHttpResponse:
    """Errors: PermissionDenied."""
    return csv_answer(_asked(request)[1])


def of_person(person: Person) -> str:
    return _address(host_app=person.host_app_id, tenant=person.tenant_id, user=person.user_id)


def of_item(click: Intent) -> str:
    person = click.person
    return _address(host_app=person.host_app_id, tenant=person.tenant_id, item=click.item_id, group=click.group_id)


def _address(**query: Any) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{reverse('admin:timer_widget_intent_history')}?{urlencode(given)}"


def _asked(request: HttpRequest) -> tuple[HistoryFilter, QuerySet[Intent]]:
    if not request.user.has_perm("timer_widget.view_intent"):
        raise PermissionDenied
    form = HistoryFilter(request.GET)
    return form, form.rows()


def _event(click: Intent) -> dict[str, Any]:
    said = click.outcome or {}
    waited = click.settled_at - click.clicked_at if click.settled_at else None
    return {
        "click": click,
        "what": click_label(click),
        "ended_at": _moment(answer_of(click)["ended_at"]),
        "address": reverse("admin:timer_widget_intent_change", args=[click.pk]),
        "person": of_person(click.person),
        "item": of_item(click) if click.item_id else None,
        "entry": entry_of(click),
        "changes": changes_of(click),
        "where": from_where(click),
        "said": said.get("note", said),
        "is_late": bool(waited and waited > timedelta(seconds=10)),
        "decisions": list(click.decisions.all()),
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _midnight(day: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())

"""Identities in the admin: a page made for deciding about hundreds, mostly from the keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST
from rest_framework.exceptions import ValidationError
from unfold.admin import ModelAdmin
from unfold.decorators import display

from harvest_bridge.api.errors import InvalidRequest, bridge_error_of, json_error
from harvest_bridge.connections import history
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.read_only import ReadOnlyInline
from harvest_bridge.hosts.retry_rights import may_retry

from . import decision_page, decisions, queries, services
from .models import Identity, IdentityEvent
from .serializers import SharedDecisionInput


class EventInline(ReadOnlyInline):
    """Who decided what: newest first, added to and never changed."""

    model = IdentityEvent
    verbose_name_plural = "History"
    fields = readonly_fields = ("at", "what", "harvest_user_id", "actor")
    hide_title = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("unified.view_identity"))


@admin.register(Identity)
class IdentityAdmin(ModelAdmin):
    """The list is the page for deciding; a person's own page shows their history, and erases them."""

    inlines = (EventInline,)
    search_fields = ("external_id", "name", "email")  # of the search over everything
    fields = readonly_fields = (
        "external_id",
        "name",
        "email",
        "connection",
        "state",
        "basis",
        "flag",
        "harvest_user",
        "created_at",
        "updated_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(description="In Harvest")
    def harvest_user(self, identity: Identity) -> str:
        user_id = identity.harvest_user_id or 0
        user = queries.harvest_users_of(identity.connection).filter(harvest_user_id=user_id).first()
        return f"{user} ({user_id})" if user else "-"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """There is nothing to save here."""
        nothing = {"show_save": False, "show_save_and_continue": False}
        page: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **nothing})
        return page

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own: list[URLPattern] = [
            path("decide/", wrap(require_POST(self.decide_view)), name="unified_identity_decide"),
            path("match/", wrap(require_POST(self.match_view)), name="unified_identity_match"),
            path("harvest-users/", wrap(self.harvest_users_view), name="unified_identity_harvest_users"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self._check(request, self.has_view_permission(request))
        accounts = decision_page.accounts_with_people()
        connection = decision_page.chosen(accounts, request.GET.get("connection", ""))
        page = {
            **self.admin_site.each_context(request),
            "title": "Identities",
            "opts": Identity._meta,
            "accounts": accounts,
            "connection": connection,
            "may_decide": self.has_change_permission(request),
            "may_match": may_retry(request, Identity),
        }
        if connection:
            page |= decision_page.listed(connection, request)
        return TemplateResponse(request, "unified/identities/decide.html", page)

    def decide_view(self, request: HttpRequest) -> JsonResponse:
        """Shape: `SharedDecisionInput` in; `{rows: {id: html}, failures, counts}` out."""
        self._check(request, self.has_change_permission(request))
        try:
            asked = SharedDecisionInput.validated(json.loads(request.body))
        except ValidationError as error:
            return json_error(bridge_error_of(error))
        except ValueError:
            return json_error(InvalidRequest("body: this is not JSON."))
        failures: dict[str, str] = {}
        done: list[Identity] = []
        rows = list(Identity.objects.select_related("connection").filter(pk__in=asked["ids"]))
        actor = history.operator(request.user.get_username())
        for row in rows:
            try:
                _decide(row, asked, actor)
            except BridgeError as error:
                failures[str(row.pk)] = error.message.removeprefix("harvest_user_id: ")
            else:
                done.append(row)
        self._log(request, done, CHANGE, "a person", f"Decided: {asked['decision']}")
        return JsonResponse(decision_page.outcome(rows, failures))

    def match_view(self, request: HttpRequest) -> HttpResponse:
        self._check(request, may_retry(request, Identity))
        connection = decision_page.chosen(decision_page.accounts_with_people(), request.POST.get("connection", ""))
        if connection:
            try:
                services.start_matching(connection=connection)
            except BridgeError as error:
                self.message_user(request, error.message, "ERROR")
            self.log_change(request, connection, "Matched its people again")
        query = urlencode({"connection": request.POST.get("connection", "")})
        return HttpResponseRedirect(f"{reverse('admin:unified_identity_changelist')}?{query}")

    def harvest_users_view(self, request: HttpRequest) -> JsonResponse:
        """Harvest users whose name or e-mail contains the words of `q`, with who has them."""
        self._check(request, self.has_view_permission(request))
        connection = decision_page.chosen(decision_page.accounts_with_people(), request.GET.get("connection", ""))
        found = decision_page.users_found(connection, request.GET.get("q", "")) if connection else []
        return JsonResponse({"users": found})

    def delete_model(self, request: HttpRequest, obj: Identity) -> None:
        decisions.erase(identity=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Identity]) -> None:
        decisions.erase_all(queryset)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Identity]) -> list[LogEntry]:
        return self._log(request, queryset, DELETION, "an erased person")

    def _log(
        self, request: HttpRequest, rows: Iterable[Identity], flag: int, shown: str, message: str = ""
    ) -> list[LogEntry]:
        """Django's log keeps names for ever; of people it keeps what was done, and the row's id."""
        kind = ContentType.objects.get_for_model(Identity)
        shared = {"user_id": request.user.pk, "content_type": kind, "action_flag": flag, "change_message": message}
        # One by one: rows made in bulk tell nobody, the audit not either.
        return [LogEntry.objects.create(object_id=str(row.pk), object_repr=shown, **shared) for row in rows]

    def _check(self, request: HttpRequest, is_allowed: bool) -> None:
        if not is_allowed:
            raise PermissionDenied


def _decide(row: Identity, asked: dict[str, Any], actor: str) -> None:
    """Errors: those of `deciding`."""
    decisions.decide(
        identity=row,
        decision=asked["decision"],
        actor=actor,
        harvest_user_id=asked["harvest_user_id"],
        takes_over=asked["take_over"],
    )

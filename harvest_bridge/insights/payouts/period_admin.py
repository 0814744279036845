"""Payout periods in the admin, for a payroll person: who is in, what blocks, and the steps, of many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from unfold.decorators import action, display

from harvest_bridge.errors import BridgeError
from harvest_bridge.webhooks.question_pages import AskingAdmin

from . import services
from .exports import file_of
from .forms import ExportForm, ManyPaidForm, PaidForm, PlanForm
from .models import Period, PeriodState
from .period_page import picture_of
from .printing import printed

_STATES = {"Draft": "info", "Verified": "warning", "Closed": "success", "Exported": "success", "Paid": "default"}
_VERIFY = "Read people, time and expenses of this period again from Harvest, and compare?"
_CLOSE = "Make the statements of this period? They stand for good; later changes are adjusted in the next period."


@admin.register(Period)
class PeriodAdmin(AskingAdmin):
    list_display = ("days", "account", "tenant", "kind", "display_state", "policy")
    list_filter = ("state", "kind", "connection__host_app")
    list_select_related = ("connection__host_app",)
    search_fields = (
        *("connection__harvest_account_name", "connection__tenant_id", "=id"),
        *("=statements__payment_reference", "=statements__id"),
    )
    change_form_before_template = "insights/payouts/period.html"
    fields = readonly_fields = (
        *("account", "tenant", "kind", "first_day", "last_day", "policy", "rate_source", "cost_currency"),
        *("with_expenses", "people", "created_by", "created_at", "verified_at", "closed_at"),
    )
    actions = ("verify_selected", "close_selected", "pay_selected")  # type: ignore[assignment]
    actions_list = ("plan",)
    actions_detail = ("verify", "close", "export", "mark_paid")

    def has_use_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("insights.change_period"))

    def has_plan_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("insights.add_period"))

    def has_open_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and _is(object_id, PeriodState.DRAFT, PeriodState.VERIFIED)

    def has_verified_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and _is(object_id, PeriodState.VERIFIED)

    def has_closed_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and not _is(object_id, PeriodState.DRAFT, PeriodState.VERIFIED)

    def has_exported_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and _is(object_id, PeriodState.EXPORTED)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.printed)
        own: list[URLPattern] = [
            path("<uuid:object_id>/print/<int:user_id>/", page, name="insights_period_print"),
        ]
        return [*own, *super().get_urls()]

    def printed(self, request: HttpRequest, object_id: Any, user_id: int) -> HttpResponse:
        period = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not self.has_view_permission(request, period):
            return HttpResponse(status=403)
        try:
            return HttpResponse(printed(period, user_id))
        except BridgeError as error:
            self.message_user(request, error.message, messages.ERROR)
            return HttpResponseRedirect(self.address_of(period))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        period = self.get_object(request, object_id or "")
        picture = picture_of(period) if period else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **picture})

    @display(description="Period", ordering="first_day")
    def days(self, period: Period) -> str:
        return str(period)

    @display(description="Account", ordering="connection__harvest_account_name")
    def account(self, period: Period) -> str:
        return period.connection.harvest_account_name

    @display(description="Tenant", ordering="connection__tenant_id")
    def tenant(self, period: Period) -> str:
        return period.connection.tenant_id

    @display(description="State", label=_STATES, ordering="state")
    def display_state(self, period: Period) -> str:
        return str(PeriodState(period.state).label)

    @action(description="Plan a period", url_path="plan", icon="add", permissions=["plan"])
    def plan(self, request: HttpRequest) -> HttpResponse:
        form, back = PlanForm(request.POST or None), reverse("admin:insights_period_changelist")
        if request.method == "POST" and form.is_valid():
            asked = form.cleaned_data
            connection = asked.pop("account").connection
            try:
                made = services.plan_period(connection=connection, by=_name(request), **asked)
            except BridgeError as error:
                self.message_user(request, error.message, messages.ERROR)
            else:
                self.log_change(request, made, "Planned the period.")
                return HttpResponseRedirect(self.address_of(made))
        return self.page(request, "Plan a payout period", back, question="Whom it pays, and how:", form=form)

    @action(description="Verify the period", url_path="verify", icon="fact_check", permissions=["open"])
    def verify(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, _VERIFY, lambda period: _verify(period, _name(request)))

    @action(description="Close the period", url_path="close", icon="lock", permissions=["verified"])
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(request, object_id, _CLOSE, lambda period: _close(period, _name(request)))

    @action(description="Export", url_path="export", icon="download", permissions=["closed"])
    def export(self, request: HttpRequest, object_id: str) -> HttpResponse:
        form, period = ExportForm(request.POST or None), get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method == "POST" and form.is_valid():
            try:
                file = file_of(period, form.cleaned_data["format"])
            except BridgeError as error:
                self.message_user(request, error.message, messages.ERROR)
            else:
                services.mark_exported(period=period, by=_name(request), form=form.cleaned_data["format"])
                self.log_change(request, period, f"Exported as {form.cleaned_data['format']}.")
                return file.response()
        back = self.address_of(period)
        return self.page(request, str(period), back, question="A file of the whole period.", form=form)

    @action(description="Mark paid", url_path="paid", icon="payments", permissions=["exported"])
    def mark_paid(self, request: HttpRequest, object_id: str) -> HttpResponse:
        form = PaidForm(request.POST or None)

        def pay(period: Period) -> str:
            return _pay(period, _name(request), form.cleaned_data["reference"])

        return self.act(request, object_id, "Note that all statements of this period were paid?", pay, form=form)

    @admin.action(description="Verify", permissions=["use"])
    def verify_selected(self, request: HttpRequest, periods: QuerySet[Period]) -> None:
        self._each(request, periods, _verify)

    @admin.action(description="Close", permissions=["use"])
    def close_selected(self, request: HttpRequest, periods: QuerySet[Period]) -> None:
        self._each(request, periods, _close)

    @admin.action(description="Mark paid", permissions=["use"])
    def pay_selected(self, request: HttpRequest, periods: QuerySet[Period]) -> HttpResponse | None:
        """One reference for all of them, asked on a page between."""
        ids = request.POST.getlist(ACTION_CHECKBOX_NAME)
        given = request.POST if "reference" in request.POST else None
        form = ManyPaidForm(given, initial={"action": "pay_selected", ACTION_CHECKBOX_NAME: ids})
        if given is None or not form.is_valid():
            back = reverse("admin:insights_period_changelist")
            question = f"Note that all statements of {len(ids)} periods were paid?"
            return self.page(request, "Mark paid", back, question=question, form=form)
        reference = form.cleaned_data["reference"]
        self._each(request, periods, lambda period, by: _pay(period, by, reference))
        return None

    def _each(self, request: HttpRequest, periods: QuerySet[Period], act: Callable[[Period, str], str]) -> None:
        """One after the other; what one refuses is told, and the others go on."""
        for period in periods.order_by("first_day"):
            try:
                done = act(period, _name(request))
            except BridgeError as error:
                self.message_user(request, f"{period}: {error.message}", messages.ERROR)
            else:
                self.log_change(request, period, done)
                self.message_user(request, f"{period}: {done}")


def _verify(period: Period, by: str) -> str:
    draft = services.verify_period(period=period, by=by)
    return f"Verified: {len(draft.ready)} people as Harvest has them, {len(draft.blocked)} blocked."


def _close(period: Period, by: str) -> str:
    closed = services.close_period(period=period, by=by)
    return f"Closed: {closed.statements.count()} statements."


def _pay(period: Period, by: str, reference: str) -> str:
    rows = services.mark_paid(period=period, by=by, reference=reference)
    return f"Marked {len(rows)} statements as paid: {reference}."


def _name(request: HttpRequest) -> str:
    """As steps keep it: the operator's name, or what they sign in as."""
    user: Any = request.user
    return str(user.get_full_name() or user.get_username())


def _is(object_id: str | None, *states: PeriodState) -> bool:
    return object_id is not None and Period.objects.filter(pk=object_id, state__in=states).exists()

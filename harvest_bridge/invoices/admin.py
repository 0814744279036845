"""The admin of this app: payments that came through us, what a person decides about them, and the reconciliation."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.hosts.retry_rights import may_retry
from harvest_bridge.webhooks.question_pages import AskingAdmin

from .errors import InvoicesNotComplete
from .models import Payment, PaymentState
from .payments.decisions import Decision, decide
from .payments.services import delete
from .reconciliation.counts import accounts_with_payments, refuse_incomplete_mirror
from .reconciliation.differences import Comparison, Difference

_STATES = {
    PaymentState.PENDING.label: "info",
    PaymentState.RECORDED.label: "success",
    PaymentState.DOUBTFUL.label: "warning",
    PaymentState.REFUSED.label: "danger",
    PaymentState.DELETING.label: "info",
    PaymentState.DELETED.label: "default",
    PaymentState.REMOVED.label: "warning",
}
_MOST_ACCOUNTS = 50
_LOOK_AGAIN = (
    "Look in Harvest once more whether this payment is there? It is sent only if Harvest's figures prove it absent."
)
_SEND_AGAIN = (
    "Send this payment to Harvest? Look there first: if it is there under another note, it will stand there twice."
)
_IS_THERE = "Which payment in Harvest is it? Its id stands in Harvest's API, and in the reconciliation."
_DELETE_DUPLICATE = "Which payment in Harvest carries this one's reference as well, and is to be deleted there?"
_DELETE = "Delete this payment in Harvest? Its external id stays used; the host can record it anew under another."
_DELETE_SECONDS = 10.0
_GIVE_UP = "Let this payment be? Nothing is sent to Harvest, and its external id stays used."


class PaymentIdForm(forms.Form):
    harvest_payment_id = forms.IntegerField(min_value=1, label="Payment's id", widget=UnfoldAdminIntegerFieldWidget)


@admin.register(Payment)
class PaymentAdmin(AskingAdmin):
    actions_list = ("reconciliation",)
    actions_detail = ("look_again", "is_there", "send_again", "give_up", "delete_in_harvest", "delete_duplicate")
    list_display = (
        "external_id",
        "display_amount",
        "display_state",
        "invoice_id",
        "connection",
        "source",
        "created_at",
    )
    list_filter = ("state", "host_app", "source")
    list_select_related = ("connection",)
    search_fields = ("=external_id", "=reference", "=invoice_id", "=harvest_payment_id")
    search_help_text = "An external id, a reference, or the id of an invoice or payment in Harvest"
    show_full_result_count = False
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "display_state",
                    "display_error",
                    "external_id",
                    "display_amount",
                    "paid_date",
                    "method",
                    "note",
                )
            },
        ),
        ("Harvest", {"fields": ("connection", "invoice_id", "harvest_payment_id", "reference")}),
        ("Asked for", {"fields": ("source", "allow_overpayment", "send_thank_you")}),
        ("On its way", {"fields": ("attempts", "attempted_at", "quiet_until", "next_attempt_at")}),
        ("Record", {"fields": ("created_at", "settled_at")}),
    )

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return may_retry(request, Payment)

    def has_send_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may(request, object_id, PaymentState.DOUBTFUL, PaymentState.REFUSED)

    def has_let_be_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may(request, object_id, PaymentState.DOUBTFUL, PaymentState.REFUSED, PaymentState.REMOVED)

    def has_name_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may(request, object_id, PaymentState.DOUBTFUL)

    def has_take_out_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may(request, object_id, PaymentState.RECORDED)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.reconciliation_page)
        own: list[URLPattern] = [path("reconciliation/", page, name="invoices_payment_reconciliation_page")]
        return [*own, *super().get_urls()]

    @display(description="State", label=_STATES)
    def display_state(self, payment: Payment) -> str:
        return payment.get_state_display()

    @display(description="Amount")
    def display_amount(self, payment: Payment) -> str:
        return f"{money_text(payment.amount, payment.currency)} {payment.currency}"

    @display(description="Why")
    def display_error(self, payment: Payment) -> str:
        return str((payment.error or {}).get("message") or "-")

    @action(description="Look again", url_path="look-again", icon="search", permissions=["retry"])
    def look_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decided(request, object_id, _LOOK_AGAIN, Decision.LOOK_AGAIN)

    @action(description="It is there", url_path="is-there", icon="check", permissions=["name"])
    def is_there(self, request: HttpRequest, object_id: str) -> HttpResponse:
        form = PaymentIdForm(request.POST or None)
        return self._decided(request, object_id, _IS_THERE, Decision.IS_THERE, form)

    @action(description="Send again", url_path="send-again", icon="send", permissions=["send"])
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decided(request, object_id, _SEND_AGAIN, Decision.SEND_AGAIN)

    @action(description="Give up", url_path="give-up", icon="block", permissions=["let_be"])
    def give_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decided(request, object_id, _GIVE_UP, Decision.GIVE_UP)

    @action(description="Delete in Harvest", url_path="delete-in-harvest", icon="undo", permissions=["take_out"])
    def delete_in_harvest(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def run(payment: Payment) -> str:
            delete(payment.connection, payment.invoice_id, payment.external_id, timeout=_DELETE_SECONDS)
            return "Deleted in Harvest, or on its way there."

        return self.act(request, object_id, _DELETE, run)

    @action(description="Delete a duplicate", url_path="delete-duplicate", icon="delete", permissions=["take_out"])
    def delete_duplicate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        form = PaymentIdForm(request.POST or None)
        return self._decided(request, object_id, _DELETE_DUPLICATE, Decision.DELETE_DUPLICATE, form)

    @action(description="Reconciliation", url_path="reconcile", icon="balance")
    def reconciliation(self, request: HttpRequest) -> HttpResponse:
        return self.reconciliation_page(request)

    def reconciliation_page(self, request: HttpRequest) -> HttpResponse:
        """Every mirrored account that we recorded payments of, and what differs there."""
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Reconciliation of payments"}
        return TemplateResponse(request, "invoices/reconciliation.html", {**shared, "accounts": list(_accounts())})

    def _decided(
        self, request: HttpRequest, object_id: str, question: str, decision: Decision, form: PaymentIdForm | None = None
    ) -> HttpResponse:
        def run(payment: Payment) -> str:
            named = form.cleaned_data["harvest_payment_id"] if form else None
            decide(payment, decision, harvest_payment_id=named)
            return f"Decided: {decision.replace('_', ' ')}."

        return self.act(request, object_id, question, run, form=form)


def _may(request: HttpRequest, object_id: str | None, *states: PaymentState) -> bool:
    """Of the row that is looked at, where there is one: whether it is in such a state too."""
    is_fit = object_id is None or Payment.objects.filter(pk=object_id, state__in=states).exists()
    return is_fit and bool(request.user.has_perm("invoices.change_payment"))


def _accounts() -> Iterator[dict[str, Any]]:
    for mirror in islice(accounts_with_payments(), _MOST_ACCOUNTS):
        comparison = Comparison(mirror.connection, mirror)
        account: dict[str, Any] = {"name": str(mirror.connection), "totals": comparison.totals()}
        try:
            refuse_incomplete_mirror(mirror)
        except InvoicesNotComplete as error:
            yield account | {"refusal": error.message}
        else:
            yield account | {"differences": [_line(each, comparison) for each in comparison.differences()]}


def _line(difference: Difference, comparison: Comparison) -> dict[str, Any]:
    """With the address of the payment's own page, where its buttons are."""
    payment = next((row for row in comparison.ours if row.external_id == difference.external_id), None)
    address = reverse("admin:invoices_payment_change", args=[payment.pk]) if payment else ""
    verbs = [action.verb.replace("_", " ") for action in difference.actions]
    choices = [choice.replace("_", " ") for action in difference.actions for choice in action.choices]
    return {
        "kind": difference.kind.replace("_", " "),
        "invoice": difference.number or difference.invoice_id,
        "external_id": difference.external_id,
        "says": difference.says,
        "mends": ", ".join(choices or verbs),
        "address": address,
    }

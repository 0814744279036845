"""REST: POST /invoices/{id}/mark_sent, close, reopen, to_draft, send_email."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.description import IDEMPOTENCY_KEY, ref
from harvest_bridge.api.idempotency import once
from harvest_bridge.api.inputs import check_query
from harvest_bridge.invoices.description import INVOICE_ID
from harvest_bridge.invoices.payments.views import PaymentsView
from harvest_bridge.invoices.reading.presentation import Around, serialize_invoice
from harvest_bridge.invoices.records import Json

from . import services
from .serializers import InvoiceEmailInput, TransitionInput

_ANSWER = {200: ref("MovedInvoice")}
_PARAMETERS = [INVOICE_ID, IDEMPOTENCY_KEY]


class TransitionView(PaymentsView):
    """Moves the state; nobody is e-mailed. An invoice that is there already is left alone."""

    verb: ClassVar[str]

    def transition(self, request: Request, invoice_id: str) -> Response:
        check_query(request, known=())
        TransitionInput.validated(request.data)
        number = self.invoice(invoice_id)

        def run() -> Response:
            invoice, is_changed = services.transition(self.connection, number, self.verb)
            return Response(self.serialize_transitioned(invoice, is_changed=is_changed))

        return once(request, host_app=self.connection.host_app, about=str(self.connection.pk), run=run)

    def serialize_transitioned(self, invoice: Json, *, is_changed: bool) -> Json:
        names = ("id", "number", "state", "status", "currency", "amount", "paid_amount", "due_amount", "sent_at")
        shown = serialize_invoice(invoice, Around(today=self.today))
        return {name: shown[name] for name in names} | {"is_changed": is_changed}


class MarkSentView(TransitionView):
    """POST: a draft counts as sent; no e-mail goes out."""

    verb = "mark_sent"

    @extend_schema(operation_id="mark_invoice_sent", request=None, responses=_ANSWER, parameters=_PARAMETERS)
    def post(self, request: Request, invoice_id: str) -> Response:
        return self.transition(request, invoice_id)


class CloseView(TransitionView):
    """POST: an open invoice is written off."""

    verb = "close"

    @extend_schema(operation_id="close_invoice", request=None, responses=_ANSWER, parameters=_PARAMETERS)
    def post(self, request: Request, invoice_id: str) -> Response:
        return self.transition(request, invoice_id)


class ReopenView(TransitionView):
    """POST: a written-off invoice is open again."""

    verb = "reopen"

    @extend_schema(operation_id="reopen_invoice", request=None, responses=_ANSWER, parameters=_PARAMETERS)
    def post(self, request: Request, invoice_id: str) -> Response:
        return self.transition(request, invoice_id)


class ToDraftView(TransitionView):
    """POST: an open invoice is a draft again."""

    verb = "to_draft"

    @extend_schema(operation_id="move_invoice_to_draft", request=None, responses=_ANSWER, parameters=_PARAMETERS)
    def post(self, request: Request, invoice_id: str) -> Response:
        return self.transition(request, invoice_id)


class SendEmailView(TransitionView):
    """POST: Harvest e-mails the invoice to the people who are named, and marks a draft as sent."""

    @extend_schema(
        operation_id="send_invoice_email", request=InvoiceEmailInput, responses=_ANSWER, parameters=_PARAMETERS
    )
    def post(self, request: Request, invoice_id: str) -> Response:
        check_query(request, known=())
        number, message = self.invoice(invoice_id), InvoiceEmailInput.validated(request.data)
        recipients = [dict(one) for one in message["recipients"]]

        def run() -> Response:
            invoice = services.send_email(self.connection, number, {**message, "recipients": recipients})
            return Response(self.serialize_transitioned(invoice, is_changed=True))

        return once(request, host_app=self.connection.host_app, about=str(self.connection.pk), run=run)

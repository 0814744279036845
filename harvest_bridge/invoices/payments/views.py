"""REST: /invoices/{id}/payments, and one of them by its external id."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import check_query, max_wait_from, whole_number
from harvest_bridge.invoices.base import InvoicesView
from harvest_bridge.invoices.models import OPEN_STATES, Payment, PaymentState

from . import description as described
from . import services
from .errors import InvoiceUnknown
from .queries import payments_of
from .serializers import PaymentInput, asked_for, serialize_payment

# Longer than Harvest usually takes, shorter than callers wait.
_TIMEOUT_SECONDS = 12.0
_MOST = 2000


class PaymentsView(InvoicesView):
    """What both routes share."""

    reaches_harvest = True

    def timeout(self) -> float:
        wait = max_wait_from(self.request)
        return _TIMEOUT_SECONDS if wait is None else min(wait, 60.0)

    def invoice(self, text: str) -> int:
        """Errors: InvoiceUnknown."""
        number = whole_number(text)
        if not number:
            raise InvoiceUnknown("is no id of Harvest's, which are whole numbers.", field="invoice_id")
        return number


class PaymentListView(PaymentsView):
    """POST records a payment once for each `external_id`; GET shows those that came through us."""

    @extend_schema(operation_id="list_recorded_payments", **described.LIST)
    def get(self, request: Request, invoice_id: str) -> Response:
        check_query(request, known=())
        rows = payments_of(self.connection).filter(invoice_id=self.invoice(invoice_id))
        return Response(list_envelope([serialize_payment(row) for row in rows[:_MOST]], limit=_MOST))

    @extend_schema(operation_id="record_payment", request=PaymentInput, **described.RECORD)
    def post(self, request: Request, invoice_id: str) -> Response:
        """201 where it is new, 200 where it was recorded before, 202 while Harvest does not answer."""
        check_query(request, known=())
        asked = asked_for(request.data, today=self.today)
        payment, is_new = services.record(self.connection, self.invoice(invoice_id), asked, timeout=self.timeout())
        return Response(serialize_payment(payment), status=_status(payment, is_new))


class PaymentView(PaymentsView):
    """GET shows a payment that came through us; DELETE takes it out of Harvest again."""

    @extend_schema(operation_id="get_recorded_payment", **described.ONE)
    def get(self, request: Request, invoice_id: str, external_id: str) -> Response:
        check_query(request, known=())
        return Response(
            serialize_payment(services.payment_of_any_state(self.connection, self.invoice(invoice_id), external_id))
        )

    @extend_schema(operation_id="delete_recorded_payment", **described.DELETE)
    def delete(self, request: Request, invoice_id: str, external_id: str) -> Response:
        """For a refund or a charge-back. 202 while Harvest does not answer: the worker goes on."""
        check_query(request, known=())
        payment = services.delete(self.connection, self.invoice(invoice_id), external_id, timeout=self.timeout())
        body = {"id": payment.external_id, "status": str(payment.state)}
        return Response(body, status=202 if payment.state in OPEN_STATES else 200)


def _status(payment: Payment, is_new: bool) -> int:
    if payment.state != PaymentState.RECORDED:
        return 202
    return 201 if is_new else 200

"""REST: GET /invoices/reconciliation, and a person's decision about one payment."""

from __future__ import annotations

import dataclasses
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.description import ref
from harvest_bridge.api.inputs import OneOfField, StrictInput, check_query
from harvest_bridge.invoices.base import InvoicesView
from harvest_bridge.invoices.description import INVOICE_ID, MONEY, whole
from harvest_bridge.invoices.payments.decisions import Decision, decide
from harvest_bridge.invoices.payments.serializers import serialize_payment
from harvest_bridge.invoices.payments.services import payment_of_any_state
from harvest_bridge.invoices.payments.views import PaymentsView
from harvest_bridge.mirror.reading.presentation import moment

from .completeness import refuse_incomplete
from .differences import Comparison, Difference

Json = dict[str, Any]
_NAMING = (Decision.IS_THERE, Decision.DELETE_DUPLICATE)
_TEXT: Json = {"type": "string"}
_ID: Json = {"type": ["integer", "null"], "format": "int64"}
KINDS = (
    *("sum_differs", "overpaid", "doubtful", "refused", "removed_in_harvest", "missing_in_harvest", "partly_paid_back"),
    *("amount_differs", "recorded_twice"),
)
SCHEMAS: Json = {
    "InvoiceReconciliation": whole(
        {
            "as_of": {"type": ["string", "null"], "format": "date-time"},
            "is_even": {"type": "boolean", "description": "Whether nothing differs."},
            "totals": {
                "type": "array",
                "items": whole(
                    {
                        "currency": _TEXT,
                        "recorded_here": MONEY,
                        "recorded_through_us": MONEY,
                        "recorded_otherwise": MONEY,
                        "paid_by_invoices": MONEY,
                    }
                ),
            },
            "differences": {
                "type": "array",
                "items": whole(
                    {
                        "kind": {**_TEXT, "enum": list(KINDS)},
                        "invoice_id": {"type": "integer", "format": "int64"},
                        "number": _TEXT,
                        "external_id": {"type": ["string", "null"]},
                        "harvest_payment_id": _ID,
                        "says": _TEXT,
                        "actions": {
                            "type": "array",
                            "items": whole(
                                {
                                    "verb": _TEXT,
                                    "method": _TEXT,
                                    "path": _TEXT,
                                    "choices": {"type": "array", "items": _TEXT},
                                }
                            ),
                        },
                    }
                ),
            },
        }
    )
}


class ReconciliationView(InvoicesView):
    """GET: payments here against payments in Harvest, and what differs, each with the action that mends it."""

    @extend_schema(operation_id="reconcile_invoices", responses={200: ref("InvoiceReconciliation")})
    def get(self, request: Request) -> Response:
        check_query(request, known=())
        stream = self.stream("invoices")
        refuse_incomplete([stream, self.stream("invoice_payments")])
        comparison = Comparison(self.connection, self.mirror)
        found = [_shown(each) for each in comparison.differences()]
        body = {
            "as_of": moment(stream.as_of),
            "is_even": not found,
            "totals": comparison.totals(),
            "differences": found,
        }
        return Response(body)


class PaymentDecisionInput(StrictInput):
    """`is_there` and `delete_duplicate` take the id that the payment has in Harvest."""

    external_id = serializers.CharField(max_length=255)
    decision = OneOfField([str(each) for each in Decision])
    harvest_payment_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, allow_null=True)

    def validate(self, attrs: Json) -> Json:
        if attrs["decision"] in _NAMING and not attrs.get("harvest_payment_id"):
            text = f"{attrs['decision']} takes the payment's id in Harvest."
            raise serializers.ValidationError({"harvest_payment_id": [text]})
        return attrs


class DecisionView(PaymentsView):
    """POST: what a person decides about a payment that is in doubt, was refused, or is gone from Harvest."""

    @extend_schema(
        operation_id="decide_payment",
        request=PaymentDecisionInput,
        parameters=[INVOICE_ID],
        responses={200: ref("RecordedPayment")},
    )
    def post(self, request: Request, invoice_id: str) -> Response:
        check_query(request, known=())
        asked = PaymentDecisionInput.validated(request.data)
        payment = payment_of_any_state(self.connection, self.invoice(invoice_id), asked["external_id"])
        decision = Decision(asked["decision"])
        return Response(
            serialize_payment(decide(payment, decision, harvest_payment_id=asked.get("harvest_payment_id")))
        )


def _shown(difference: Difference) -> Json:
    return dataclasses.asdict(difference)

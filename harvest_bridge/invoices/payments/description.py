"""Payments in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import list_of, ref
from harvest_bridge.connections.data_views import MAX_WAIT, UNTIL
from harvest_bridge.invoices.description import INVOICE_ID, MONEY, whole
from harvest_bridge.invoices.models import PaymentState

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_ID: Json = {"type": "integer", "format": "int64"}
_FLAG: Json = {"type": "boolean"}
_ERROR: Json = {"type": ["object", "null"], "properties": {"code": _TEXT, "message": _TEXT}}
STATUS: Json = {"type": "string", "enum": list(PaymentState.values)}
SCHEMAS: Json = {
    "RecordedPayment": whole(
        {
            "external_id": _TEXT,
            "invoice_id": _ID,
            "status": STATUS,
            "amount": MONEY,
            "amount_minor": {"type": "integer"},
            "currency": _TEXT,
            "date": {**_TEXT, "format": "date"},
            "method": _TEXT,
            "note": _TEXT,
            "source": {**_TEXT, "description": "`api`, or the provider whose event it was."},
            "send_thank_you": _FLAG,
            "allow_overpayment": _FLAG,
            "harvest_payment_id": {"type": ["integer", "null"]},
            "reference": {**_TEXT, "description": "What stands in the payment's note in Harvest."},
            "attempts": {"type": "integer", "minimum": 0},
            "error": _ERROR,
            "created_at": _MOMENT,
            "settled_at": {"type": ["string", "null"], "format": "date-time"},
        }
    ),
    "RecordedPaymentList": list_of("RecordedPayment"),
    "DeletedPayment": whole({"id": {**_TEXT, "description": "The external id."}, "status": STATUS}),
}
_EXTERNAL_ID = OpenApiParameter("external_id", str, OpenApiParameter.PATH, description="Of the payer's own system.")
_WAITING = (MAX_WAIT, UNTIL)
LIST: Json = {"parameters": [INVOICE_ID], "responses": {200: ref("RecordedPaymentList")}}
RECORD: Json = {
    "parameters": [INVOICE_ID, *_WAITING],
    "responses": {201: ref("RecordedPayment")},
}
ONE: Json = {"parameters": [INVOICE_ID, _EXTERNAL_ID], "responses": {200: ref("RecordedPayment")}}
DELETE: Json = {"parameters": [INVOICE_ID, _EXTERNAL_ID, *_WAITING], "responses": {200: ref("DeletedPayment")}}

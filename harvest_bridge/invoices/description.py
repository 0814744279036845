"""Invoices and estimates in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import PAGING, ref
from harvest_bridge.connections.data_views import MAX_WAIT, UNTIL
from harvest_bridge.mirror.reading.filters import FILTERS

from .reading.filters import ESTIMATE_STATUSES, OF_INVOICES
from .statuses import Status

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_DAY: Json = {"type": ["string", "null"], "format": "date"}
_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_ID: Json = {"type": "integer", "format": "int64"}
MONEY: Json = {"type": "string", "description": "Decimal text with the currency's decimals, such as `1250.00`."}
MAYBE_MONEY: Json = {"type": ["string", "null"], "description": MONEY["description"]}
_OTHER: Json = {"type": ["object", "null"], "additionalProperties": True}


def whole(properties: Json, *, besides: Json | None = None) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties | (besides or {})}


_AS_OF: Json = {"as_of": {**_MOMENT, "description": "When Harvest was last read."}, "stream": ref("MirrorStream")}
_LINKS: Json = {
    "client_key": {**_MAYBE, "description": "Only with the scope `invoice_links`: whoever has it reads the document."},
    "public_url": _MAYBE,
    "pdf_url": _MAYBE,
}
_DOCUMENT: Json = {
    "id": _ID,
    "number": _MAYBE,
    "purchase_order": _MAYBE,
    "subject": _MAYBE,
    "notes": _MAYBE,
    "issue_date": _DAY,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "sent_at": _MOMENT,
    "client": _OTHER,
    "creator": _OTHER,
    "state": {**_TEXT, "description": "Harvest's own."},
    "currency": _TEXT,
    "tax": {**_MAYBE, "description": "Per cent."},
    "tax2": _MAYBE,
    "discount": _MAYBE,
    "tax_amount": MAYBE_MONEY,
    "tax2_amount": MAYBE_MONEY,
    "discount_amount": MAYBE_MONEY,
    "amount": MONEY,
    "deleted_at": _MOMENT,
}
_LINE = whole(
    {
        "id": _ID,
        "kind": _MAYBE,
        "description": _MAYBE,
        "quantity": _MAYBE,
        "unit_price": MAYBE_MONEY,
        "amount": MAYBE_MONEY,
        "taxed": {"type": ["boolean", "null"]},
        "taxed2": {"type": ["boolean", "null"]},
    }
)
_LINES: Json = {"type": "array", "items": ref("InvoiceLine")}
_PAYMENT = whole(
    {
        "id": _ID,
        "paid_date": _DAY,
        "paid_at": _MOMENT,
        "notes": _MAYBE,
        "recorded_by": _MAYBE,
        "created_at": _MOMENT,
        "amount": MONEY,
        "external_id": {**_MAYBE, "description": "Yours; null where the payment did not come through us."},
    }
)
_INVOICE: Json = {
    **_DOCUMENT,
    "due_date": _DAY,
    "payment_term": _MAYBE,
    "period_start": _DAY,
    "period_end": _DAY,
    "paid_at": _MOMENT,
    "paid_date": _DAY,
    "closed_at": _MOMENT,
    "estimate": _OTHER,
    "recurring_invoice_id": {"type": ["integer", "null"]},
    "status": {"type": "string", "enum": [str(each) for each in Status]},
    "is_overdue": {"type": "boolean"},
    "days_overdue": _COUNT,
    "paid_amount": MONEY,
    "due_amount": MONEY,
    "projects": {
        "type": "array",
        "items": whole({"project": _OTHER, "amount": MONEY, "line_items": _LINES}),
        "description": "Line items by project; null is what has none.",
    },
    "payments": {"type": "array", "items": ref("HarvestPayment")},
}
_ESTIMATE: Json = {
    **_DOCUMENT,
    "accepted_at": _MOMENT,
    "declined_at": _MOMENT,
    "status": {"type": "string", "description": "Harvest's state, or `deleted`."},
    "line_items": _LINES,
}
_SUMS = whole(
    {
        "currency": _TEXT,
        "count": _COUNT,
        "amount": MONEY,
        "paid_amount": MONEY,
        "due_amount": MONEY,
        "overdue_amount": MONEY,
    }
)


def _page(component: str) -> Json:
    return {
        "result": {"type": "array", "items": ref(component)},
        "next_cursor": _MAYBE,
        "prev_cursor": _MAYBE,
        "result_count": _COUNT,
        "limit": _COUNT,
        **_AS_OF,
    }


SCHEMAS: Json = {
    "InvoiceLine": _LINE,
    "HarvestPayment": _PAYMENT,
    "Invoice": whole(_INVOICE, besides={**_LINKS, **_AS_OF}),
    "Estimate": whole(_ESTIMATE, besides={**_LINKS, **_AS_OF}),
    "InvoiceList": whole({**_page("Invoice"), "sums": {"type": "array", "items": _SUMS}}),
    "EstimateList": whole(_page("Estimate")),
    "InvoiceSettings": whole(
        {"integrated_account_id": {**_TEXT, "format": "uuid"}, "timezone": _TEXT, "today": {**_TEXT, "format": "date"}}
    ),
}
SCHEMAS["MovedInvoice"] = whole(
    {
        "id": _ID,
        "number": _MAYBE,
        "state": _TEXT,
        "status": _INVOICE["status"],
        "currency": _TEXT,
        "amount": MONEY,
        "paid_amount": MONEY,
        "due_amount": MONEY,
        "sent_at": _MOMENT,
        "is_changed": {"type": "boolean", "description": "False where it was there already."},
    }
)
SETTINGS: dict[int, Json] = {200: ref("InvoiceSettings")}

_MAX_AGE = OpenApiParameter(
    "max_age", _COUNT, description="Seconds: where the copy is older, Harvest is read first (`Prefer: wait=N`)."
)
_SORT = OpenApiParameter(
    "sort", str, description="`id`, `updated_at`, `position`, `issue_date`; descending with a minus."
)


def _filters(resource: str) -> list[OpenApiParameter]:
    return [OpenApiParameter(name, dict(known.kind.schema)) for name, known in FILTERS[resource].items()]


def _status(*choices: str) -> OpenApiParameter:
    return OpenApiParameter("status", str, description=f"One or several, comma-separated, of {', '.join(choices)}.")


_READING = (_SORT, _MAX_AGE, *PAGING, MAX_WAIT, UNTIL)
INVOICE_LIST: Json = {
    "operation_id": "list_invoices",
    "parameters": [
        *_filters("invoices"),
        _status(*(str(each) for each in Status)),
        *(OpenApiParameter(name, dict(kind.schema)) for name, (kind, _) in OF_INVOICES.items()),
        *_READING,
    ],
    "responses": {200: ref("InvoiceList")},
}
ESTIMATE_LIST: Json = {
    "operation_id": "list_estimates",
    "parameters": [*_filters("estimates"), _status(*ESTIMATE_STATUSES), *_READING],
    "responses": {200: ref("EstimateList")},
}
INVOICE_ID = OpenApiParameter("invoice_id", str, OpenApiParameter.PATH, description="Harvest's id of the invoice.")
_ESTIMATE_ID = OpenApiParameter("estimate_id", str, OpenApiParameter.PATH, description="Harvest's id of the estimate.")
INVOICE: Json = {
    "operation_id": "get_invoice",
    "parameters": [INVOICE_ID, _MAX_AGE, MAX_WAIT, UNTIL],
    "responses": {200: ref("Invoice")},
}
ESTIMATE: Json = {
    "operation_id": "get_estimate",
    "parameters": [_ESTIMATE_ID, _MAX_AGE, MAX_WAIT, UNTIL],
    "responses": {200: ref("Estimate")},
}

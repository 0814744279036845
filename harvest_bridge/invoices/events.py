"""What hosts are told of invoices and payments: the types of event, and what stands in them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

from .models import Payment
from .statuses import Status

Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_ID: Json = {"type": "integer", "format": "int64"}
_STATUS: Json = {"type": "string", "enum": [str(each) for each in Status]}


def _whole(properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


_OF_INVOICE: Json = {
    "id": _ID,
    "number": _MAYBE,
    "status": _STATUS,
    "state": {**_TEXT, "description": "Harvest's own."},
    "currency": _TEXT,
    "amount": _TEXT,
    "paid_amount": _TEXT,
    "due_amount": _TEXT,
    "issue_date": _MAYBE,
    "due_date": _MAYBE,
    "days_overdue": {"type": "integer", "minimum": 0},
    "client": {"type": ["object", "null"]},
}
_INVOICE: Json = {
    "id": 13150403,
    "number": "1001",
    "status": "partially_paid",
    "state": "open",
    "currency": "EUR",
    "amount": "1250.00",
    "paid_amount": "250.00",
    "due_amount": "1000.00",
    "issue_date": "2026-11-01",
    "due_date": "2026-12-01",
    "days_overdue": 0,
    "client": {"id": 5735776, "name": "123 Industries"},
}
_PAYMENT: Json = {
    "id": 10112854,
    "amount": "250.00",
    "currency": "EUR",
    "paid_date": "2026-11-20",
    "external_id": "pi_3PqT2x",
}


def _of_invoice(name: str, says: str, **more: tuple[Json, Any]) -> EventType:
    return EventType(
        name=f"invoice.{name}",
        says=says,
        object_type="invoice",
        schema=_whole({"invoice": _whole(_OF_INVOICE), **{key: schema for key, (schema, _) in more.items()}}),
        example={"invoice": _INVOICE, **{key: value for key, (_, value) in more.items()}},
    )


def _of_payment(name: str, says: str, **more: tuple[Json, Any]) -> EventType:
    payment = {
        "id": _ID,
        "amount": _TEXT,
        "currency": _TEXT,
        "paid_date": _MAYBE,
        "external_id": {**_MAYBE, "description": "Yours; null where it did not come through us."},
    }
    properties = {"invoice_id": _ID, "payment": _whole(payment), **{key: schema for key, (schema, _) in more.items()}}
    return EventType(
        name=f"invoice.{name}",
        says=says,
        object_type="invoice",
        schema=_whole(properties),
        example={
            "invoice_id": 13150403,
            "payment": _PAYMENT,
            **{key: value for key, (_, value) in more.items()},
        },
    )


CREATED = _of_invoice("created", "An invoice appeared in Harvest.")
SENT = _of_invoice("sent", "An invoice was sent, or marked as sent.")
STATUS_CHANGED = _of_invoice(
    "status_changed", "An invoice has another status.", previous_status=({**_STATUS}, str(Status.OPEN))
)
OVERDUE = _of_invoice("overdue", "The due date of an invoice is over in the account's zone, and something is due.")
DELETED = _of_invoice("deleted", "An invoice is gone from Harvest; it is told as it was last.")
PAYMENT_RECORDED = _of_payment("payment_recorded", "Harvest has a payment of an invoice, whoever recorded it.")
PAYMENT_REMOVED = _of_payment(
    "payment_removed",
    "A payment is gone from Harvest, whoever deleted it.",
    cause=({"type": "string", "enum": ["deleted", "parent_deleted"]}, "deleted"),
)
PAYMENT_FAILED = EventType(
    name="invoice.payment_failed",
    says="A payment that was taken over could not be recorded in Harvest, or a person is to decide whether it was.",
    object_type="invoice",
    schema=_whole(
        {
            "invoice_id": _ID,
            "external_id": _TEXT,
            "amount": _TEXT,
            "currency": _TEXT,
            "state": {"type": "string", "enum": ["refused", "doubtful"]},
            "error": {"type": ["object", "null"], "description": "`code` and `message`."},
        }
    ),
    example={
        "invoice_id": 13150403,
        "external_id": "pi_3PqT2x",
        "amount": "250.00",
        "currency": "EUR",
        "state": "refused",
        "error": {"code": "amount_exceeds_due", "message": "amount: 0.00 EUR is due, and not more."},
    },
)
PAYMENT_PARTLY_REFUNDED = EventType(
    name="invoice.payment_partly_refunded",
    says="A part of a payment was paid back at the provider. Harvest cannot edit a payment, so it stands there as it "
    "was: a person is to delete it and record the rest.",
    object_type="invoice",
    schema=_whole(
        {
            "invoice_id": _ID,
            "external_id": _TEXT,
            "amount": {**_TEXT, "description": "As Harvest has it."},
            "refunded_amount": _TEXT,
            "currency": _TEXT,
        }
    ),
    example={
        "invoice_id": 13150403,
        "external_id": "pi_3PqT2x",
        "amount": "250.00",
        "refunded_amount": "20.00",
        "currency": "EUR",
    },
)
register(CREATED, SENT, STATUS_CHANGED, OVERDUE, DELETED)
register(PAYMENT_RECORDED, PAYMENT_REMOVED, PAYMENT_FAILED, PAYMENT_PARTLY_REFUNDED)


def publish_failed(payment: Payment) -> None:
    """Within the transaction in which its state changed."""
    data = {
        "invoice_id": payment.invoice_id,
        "external_id": payment.external_id,
        "amount": money_text(payment.amount, payment.currency),
        "currency": payment.currency,
        "state": str(payment.state),
        "error": payment.error,
    }
    _emit(payment, PAYMENT_FAILED, data)


def publish_removed(payment: Payment) -> None:
    """One that somebody looked for, and Harvest has no more."""
    shown = {
        "id": payment.harvest_payment_id or 0,
        "amount": money_text(payment.amount, payment.currency),
        "currency": payment.currency,
        "paid_date": payment.paid_date.isoformat(),
        "external_id": payment.external_id,
    }
    data = {"invoice_id": payment.invoice_id, "payment": shown, "cause": "deleted"}
    _emit(payment, PAYMENT_REMOVED, data)


def publish_partly_refunded(payment: Payment, refunded: Decimal) -> None:
    data = {
        "invoice_id": payment.invoice_id,
        "external_id": payment.external_id,
        "amount": money_text(payment.amount, payment.currency),
        "refunded_amount": money_text(refunded, payment.currency),
        "currency": payment.currency,
    }
    _emit(payment, PAYMENT_PARTLY_REFUNDED, data)


def _emit(payment: Payment, kind: EventType, data: Json) -> None:
    emit(
        NewEvent(
            type=kind,
            host_app_id=payment.host_app_id,
            tenant_id=payment.connection.tenant_id,
            connection_id=payment.connection_id,
            object_id=payment.invoice_id,
            data=data,
        )
    )

"""Examples of bodies and answers for the OpenAPI description, by operation."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope

Json = dict[str, Any]

_AT = "2026-11-24T06:00:00Z"
ACCOUNT = "3e1c8f1a-6d54-4b0e-9a0e-5a1f7c1d2b3c"
_STREAM: Json = {
    "resource": "invoices",
    "state": "complete",
    "reason": None,
    "detail": None,
    "needs": None,
    "as_of": _AT,
    "swept_at": "2026-11-24T02:00:00Z",
    "held_deletes": 0,
    "failures": 0,
    "next_try_at": None,
}
_LINE: Json = {
    "id": 53341602,
    "kind": "Service",
    "description": "Workshop, two days",
    "quantity": "2",
    "unit_price": "625.00",
    "amount": "1250.00",
    "taxed": False,
    "taxed2": False,
}
_DOCUMENT: Json = {
    "id": 13150403,
    "number": "1001",
    "purchase_order": "",
    "subject": "October 2026",
    "notes": "",
    "issue_date": "2026-11-01",
    "created_at": _AT,
    "updated_at": _AT,
    "sent_at": _AT,
    "client": {"id": 5735776, "name": "123 Industries"},
    "creator": {"id": 1782884, "name": "Bob Powell"},
    "currency": "EUR",
    "tax": None,
    "tax2": None,
    "discount": None,
    "tax_amount": "0.00",
    "tax2_amount": "0.00",
    "discount_amount": "0.00",
    "amount": "1250.00",
    "deleted_at": None,
}
INVOICE: Json = {
    **_DOCUMENT,
    "state": "open",
    "due_date": "2026-12-01",
    "payment_term": "net 30",
    "period_start": "2026-10-01",
    "period_end": "2026-10-31",
    "paid_at": None,
    "paid_date": None,
    "closed_at": None,
    "estimate": None,
    "recurring_invoice_id": None,
    "status": "partially_paid",
    "is_overdue": False,
    "days_overdue": 0,
    "paid_amount": "250.00",
    "due_amount": "1000.00",
    "projects": [
        {
            "project": {"id": 14308069, "name": "Online Store - Phase 1", "code": "OS1"},
            "amount": "1250.00",
            "line_items": [_LINE],
        }
    ],
    "payments": [
        {
            "id": 10112854,
            "paid_date": "2026-11-20",
            "paid_at": "2026-11-20T00:00:00Z",
            "notes": "card",
            "recorded_by": "Bob Powell",
            "created_at": _AT,
            "amount": "250.00",
            "external_id": "pi_3PqT2x",
        }
    ],
}
_ESTIMATE: Json = {
    **_DOCUMENT,
    "state": "sent",
    "accepted_at": None,
    "declined_at": None,
    "status": "sent",
    "line_items": [_LINE],
}
_FRESH: Json = {"as_of": _AT, "stream": _STREAM}
_SUMS: Json = {
    "currency": "EUR",
    "count": 1,
    "amount": "1250.00",
    "paid_amount": "250.00",
    "due_amount": "1000.00",
    "overdue_amount": "0.00",
}
_SETTINGS: Json = {"integrated_account_id": ACCOUNT, "timezone": "Europe/Berlin", "today": "2026-11-24"}

_PAYMENT: Json = {
    "external_id": "pi_3PqT2x",
    "invoice_id": 13150403,
    "status": "recorded",
    "amount": "250.00",
    "amount_minor": 25000,
    "currency": "EUR",
    "date": "2026-11-20",
    "method": "card",
    "note": "",
    "source": "api",
    "send_thank_you": False,
    "allow_overpayment": False,
    "harvest_payment_id": 10112854,
    "reference": "hb-5d41402abc4b2a76b9719d91",
    "attempts": 1,
    "error": None,
    "created_at": _AT,
    "settled_at": _AT,
}

_INBOX: Json = {
    "id": "9a0e5a1f-7c1d-4b3c-8f1a-6d544b0e9a0e",
    "provider": "stripe",
    "url": "https://bridge.example.com/invoices/inbox/stripe?inbox=9a0e5a1f-7c1d-4b3c-8f1a-6d544b0e9a0e",
    "expression": "",
    "certificate_count": 0,
    "created_at": _AT,
}
_MOVED: Json = {
    **{name: INVOICE[name] for name in ("id", "number", "state", "status", "currency")},
    **{name: INVOICE[name] for name in ("amount", "paid_amount", "due_amount", "sent_at")},
    "is_changed": True,
}
BODIES: dict[str, Json] = {
    "set_payment_inbox": {"secret": "whsec_…"},
    "post_to_payment_inbox": {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {}}},
    "decide_payment": {"external_id": "pi_3PqT2y", "decision": "look_again"},
    "send_invoice_email": {"recipients": [{"name": "Nora", "email": "nora@example.com"}], "subject": "Your invoice"},
    "set_invoice_settings": {"timezone": "Europe/Berlin"},
    "record_payment": {
        "external_id": "pi_3PqT2x",
        "amount": "250.00",
        "currency": "EUR",
        "date": "2026-11-20",
        "method": "card",
    },
}
ANSWERS: dict[str, Json] = {
    "list_invoices": list_envelope([INVOICE], limit=100) | _FRESH | {"sums": [_SUMS]},
    "get_invoice": INVOICE | _FRESH,
    **dict.fromkeys(("record_payment", "get_recorded_payment"), _PAYMENT),
    "list_recorded_payments": list_envelope([_PAYMENT], limit=2000),
    "delete_recorded_payment": {"id": "pi_3PqT2x", "status": "deleted"},
    **dict.fromkeys(
        ("mark_invoice_sent", "close_invoice", "reopen_invoice", "move_invoice_to_draft", "send_invoice_email"), _MOVED
    ),
    "reconcile_invoices": {
        "as_of": _AT,
        "is_even": False,
        "totals": [
            {
                "currency": "EUR",
                "recorded_here": "250.00",
                "recorded_through_us": "250.00",
                "recorded_otherwise": "0.00",
                "paid_by_invoices": "250.00",
            }
        ],
        "differences": [
            {
                "kind": "doubtful",
                "invoice_id": 13150403,
                "number": "1001",
                "external_id": "pi_3PqT2y",
                "harvest_payment_id": None,
                "says": "Its answer was lost, and Harvest has a payment of the same amount.",
                "actions": [
                    {
                        "verb": "decide",
                        "method": "POST",
                        "path": "/invoices/13150403/payment-decisions",
                        "choices": ["look_again", "is_there", "send_again", "give_up"],
                    }
                ],
            }
        ],
    },
    "decide_payment": _PAYMENT,
    **dict.fromkeys(("get_payment_inbox", "set_payment_inbox"), _INBOX),
    "remove_payment_inbox": {"id": _INBOX["id"]},
    "post_to_payment_inbox": {
        "result": [{"external_id": "pi_3PqT2x", "did": "recorded", "code": None, "message": None}]
    },
    "list_estimates": list_envelope([_ESTIMATE], limit=100) | _FRESH,
    "get_estimate": _ESTIMATE | _FRESH,
    **dict.fromkeys(("get_invoice_settings", "set_invoice_settings"), _SETTINGS),
}

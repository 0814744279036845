"""A body for every write: each property that the file documents, with a value that differs from what is there."""

from __future__ import annotations

from typing import Any

from tests.sandbox.conformance.corrections import ACCEPTED
from tests.sandbox.conformance.openapi import Operation

Ids = dict[str, int]
Body = dict[str, Any]

# By the name of the property, wherever it stands.
VALUES: Body = {
    "access_roles": ["manager", "project_creator"],
    "address": "2 Way\nTown",
    "amount": 12.5,
    "attach_pdf": True,
    "bill_by": "Project",
    "billable": False,
    "billable_by_default": False,
    "body": "Please see below.",
    "budget": 120.5,
    "budget_by": "project",
    "budget_is_monthly": True,
    "code": "NEW",
    "cost_budget": 7000.0,
    "cost_budget_include_expenses": True,
    "cost_rate": 41.25,
    "currency": "GBP",
    "default_hourly_rate": 95.5,
    "delete_receipt": True,
    "discount": 7.5,
    "due_date": "2026-12-24",
    "email": "new@full.example",
    "ended_time": "10:00",
    "ends_on": "2026-12-31",
    "external_reference": {"id": "9", "group_id": "g", "account_id": "a", "permalink": "https://trello.com/c/9"},
    "fax": "4",
    "fee": 5500.0,
    "first_name": "Nova",
    "has_access_to_all_future_projects": True,
    "hourly_rate": 88.5,
    "hours": 2.25,
    "include_link_to_client_invoice": False,
    "invoice_recipient_status": "cc",
    "is_active": True,
    "is_billable": True,
    "is_contractor": True,
    "is_default": True,
    "is_fixed_fee": True,
    "is_project_manager": True,
    "issue_date": "2026-11-20",
    "last_name": "New",
    "name": "New name",
    "notes": "New notes",
    "notify_when_over_budget": True,
    "number": "2001",
    "over_budget_notification_percentage": 75.5,
    "paid_at": "2026-11-21T10:00:00Z",
    "payment_options": ["paypal"],
    "payment_term": "custom",
    "phone_mobile": "2",
    "phone_office": "3",
    "purchase_order": "PO-2",
    "recipients": [{"name": "Ann Orr", "email": "ann@a.example"}],
    "retainer_id": 99,
    "roles": ["Strategy"],
    "saml_exempt": True,
    "send_me_a_copy": True,
    "send_thank_you": True,
    "show_budget_to_all": True,
    "spent_date": "2026-11-10",
    "start_date": "2026-03-01",
    "started_time": "09:00",
    "starts_on": "2026-11-01",
    "subject": "New subject",
    "tax": 8.0,
    "tax2": 3.0,
    "telephone": "5",
    "thank_you": True,
    "timezone": "Berlin",
    "title": "Prof",
    "total_cost": 21.75,
    "unit_name": "km",
    "unit_price": 0.42,
    "units": 1.0,
    "use_default_rates": False,
    "wants_timestamp_timers": True,
    "weekly_capacity": 108000,
}

LINE: Body = {
    "kind": "Other",
    "description": "Hours",
    "quantity": 2.5,
    "unit_price": 80.0,
    "taxed": True,
    "taxed2": True,
}

# Documented, but not with what else is in the body: test_variants.py sends them.
LEFT_OUT: dict[str, str] = {
    "line_items_import": "instead of line_items (§8.13)",
    "paid_date": "paid_at xor paid_date (§8.13)",
    "event_type": "a message with an event is no e-mail (§8.13)",
    "receipt": "comes by multipart (§13.B18)",
}


def body_of(operation: Operation, ids: Ids, spare: Ids) -> Body | None:
    """None for an operation that takes no body."""
    if not operation.body:
        return None
    body = {name: VALUES[name] for name in accepted(operation) if name in VALUES}
    return body | {name: value for name, value in _records(operation, ids, spare).items() if name in operation.body}


def accepted(operation: Operation) -> list[str]:
    """What the body may have, by the file and by REFERENCE."""
    more = [names.split() for name, names, _ in ACCEPTED if name == str(operation)]
    return [*operation.body, *(name for names in more for name in names)]


def _records(operation: Operation, ids: Ids, spare: Ids) -> Body:
    """The ids of other records; an assignment joins what is not joined yet, a PATCH edits the first line."""
    line = {"id": ids["invoiceLineId" if operation.path.startswith("/invoices") else "estimateLineId"]}
    joins = operation.path.endswith("_assignments")
    return {
        "client_id": ids["clientId"],
        "estimate_id": ids["estimateId"],
        "expense_category_id": ids["expenseCategoryId"],
        "line_items": [{**LINE, **line} if operation.method == "PATCH" else LINE],
        "project_id": ids["projectId"],
        "task_id": (spare if joins else ids)["taskId"],
        "teammate_ids": [ids["memberId"]],
        "user_id": spare["userId"] if joins else ids["memberId"],
        "user_ids": [ids["memberId"]],
    }

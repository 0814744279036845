"""A record of each collection, as the sandbox answers it, and a body for each write.

The people, projects and ids are those of the sandbox's agency, so what is shown can be tried.
"""

from __future__ import annotations

import json
from pathlib import Path

from .kinds import Json

# By collection, and by `collection.method` where the answer is no record.
RECORDS: Json = json.loads(Path(__file__).with_name("samples.json").read_text())
PARENTS = {"user_id": 4000102, "project_id": 11000113, "invoice_id": 20000110, "estimate_id": 22000103}
_LINE = {"kind": "Service", "description": "Storefront, phase 2", "quantity": 20.0, "unit_price": 130.0}
_REFERENCE = {
    "id": "311",
    "group_id": "storefront",
    "permalink": "https://github.com/fennelfinch/storefront/issues/311",
}

CREATED: Json = {
    "clients": {"name": "Harbour Books", "currency": "EUR", "address": "3 Quay Street\nGalway"},
    "contacts": {
        "client_id": 10000105,
        "first_name": "Priya",
        "last_name": "Raman",
        "email": "priya.raman@kite.example",
        "title": "Programme Manager",
    },
    "estimates": {"client_id": 10000103, "subject": "Phase 3", "issue_date": "2026-11-24", "line_items": [_LINE]},
    "estimate_messages": {"event_type": "re-open"},
    "estimate_item_categories": {"name": "Travel"},
    "expenses": {
        "project_id": 11000110,
        "expense_category_id": 14000101,
        "spent_date": "2026-11-23",
        "total_cost": 38.5,
        "notes": "Lunch with the client",
    },
    "expense_categories": {"name": "Train", "unit_name": "kilometre", "unit_price": 0.35},
    "invoices": {
        "client_id": 10000105,
        "subject": "November 2026",
        "issue_date": "2026-11-30",
        "payment_term": "net 30",
        "line_items": [{**_LINE, "project_id": 11000113}],
    },
    "invoice_messages": {"event_type": "close"},
    "invoice_payments": {"amount": 100.0, "paid_date": "2026-11-24", "notes": "Bank transfer", "send_thank_you": False},
    "invoice_item_categories": {"name": "Hosting"},
    "projects": {
        "client_id": 10000105,
        "name": "Boarding Pass",
        "code": "KA-PASS",
        "is_billable": True,
        "bill_by": "Project",
        "hourly_rate": 120.0,
        "budget_by": "project",
        "budget": 80.0,
    },
    "roles": {"name": "Photography", "user_ids": [4000103]},
    "tasks": {"name": "Accessibility review", "default_hourly_rate": 110.0},
    "task_assignments": {"task_id": 9000108, "billable": True, "hourly_rate": 95.0},
    "time_entries": {
        "project_id": 11000107,
        "task_id": 9000103,
        "spent_date": "2026-11-23",
        "hours": 1.5,
        "notes": "Wrote release notes",
        "external_reference": _REFERENCE,
    },
    "users": {
        "first_name": "Zoë",
        "last_name": "Okonkwo",
        "email": "zoe@fennelfinch.example",
        "timezone": "Berlin",
        "weekly_capacity": 126000,
        "roles": ["Design"],
    },
    "user_assignments": {"user_id": 4000104, "use_default_rates": False, "hourly_rate": 115.0},
    "billable_rates": {"amount": 140.0, "start_date": "2026-01-01"},
    "cost_rates": {"amount": 72.0, "start_date": "2026-01-01"},
}
UPDATED: Json = {
    "clients": {"address": "4 Quay Street\nGalway"},
    "company": {"weekly_capacity": 126000},
    "contacts": {"title": "Head of Programmes"},
    "estimates": {"subject": "Phase 3, with photographs", "tax": 8.0},
    "estimate_item_categories": {"name": "Travel and lodging"},
    "expenses": {"notes": "Lunch with the client, two people"},
    "expense_categories": {"is_active": False},
    "invoices": {"notes": "Thank you for your business.", "payment_term": "net 15"},
    "invoice_item_categories": {"name": "Hosting and domains"},
    "projects": {"budget": 120.0, "notify_when_over_budget": True},
    "roles": {"name": "Photography and film"},
    "tasks": {"is_active": False},
    "task_assignments": {"budget": 40.0},
    "teammates": {"teammate_ids": [4000103, 4000106]},
    "time_entries": {"hours": 2.0, "notes": "Wrote and sent release notes"},
    "users": {"is_contractor": True},
    "user_assignments": {"is_project_manager": True},
}

"""Where REFERENCE knows better than the OpenAPI file, line by line.

Paths are dotted: `TimeEntry.client` is the object under the key `client` of the schema `TimeEntry`; `[]` are its items.
"""

from __future__ import annotations

from tests.sandbox.conformance.openapi import Schema

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


# schema, name without the keys -> new schema, the source
WITHOUT: tuple[tuple[str, str, str, str], ...] = (
    ("UserAssignment", "project user", "EmbeddedUserAssignment", "§13.B4"),
    ("TaskAssignment", "project task", "EmbeddedTaskAssignment", "§13.B4"),
    ("TaskAssignment", "project", "PickedTaskAssignment", "§13.B4, §8.3: only the task stays"),
)

# where, what stands there instead or in addition, the source
CHANGED: tuple[tuple[str, Schema, str], ...] = (
    ("TimeEntry.approval_status", TEXT, "§13.A1"),
    ("Expense.approval_status", TEXT, "§13.A1"),
    ("User.saml_exempt", FLAG, "§13.A2"),
    ("Contact.invoice_recipient_status", TEXT, "§13.A2"),
    ("TimeEntry.user_assignment", _ref("EmbeddedUserAssignment"), "§13.B4"),
    ("TimeEntry.task_assignment", _ref("EmbeddedTaskAssignment"), "§13.B4"),
    ("Expense.user_assignment", _ref("EmbeddedUserAssignment"), "§13.B4, B5"),
    ("ProjectAssignment.task_assignments", _list_of(_ref("PickedTaskAssignment")), "§13.B4"),
    ("Expense.units", NUMBER, "§13.A3, B10"),
    ("Expense.expense_category.unit_price", NUMBER, "§13.B10"),
    ("TimeEntry.client.currency", TEXT, "§13.C1"),
    ("TimeEntry.project.code", TEXT, "§13.C1"),
    ("ProjectAssignment.project.is_billable", FLAG, "§13.C1"),
    ("ProjectAssignment.client.currency", TEXT, "§13.C1"),
    ("User.permissions_claims", _list_of(TEXT), "§13.C2"),
    ("User.employee_id", TEXT, "§13.C2"),
    ("User.calendar_integration_enabled", FLAG, "§13.C2"),
    ("User.calendar_integration_source", TEXT, "§13.C2"),
    ("User.can_create_projects", FLAG, "§13.C2"),
    ("Company.currency", TEXT, "§13.C3"),
    ("Company.saml_sign_in_required", FLAG, "§13.C3"),
    ("Company.day_entry_notes_required", FLAG, "§13.C3"),
    ("Project.currency", TEXT, "§13.C3"),
)

# What the file merges into one schema for all reports: path -> columns of its rows (§9, "only" below).
SUMS = "total_hours billable_hours currency billable_amount"
SPENT = "total_amount billable_amount currency"
REPORT_ROWS: dict[str, tuple[str, str]] = {
    "/reports/time/clients": ("TimeReportsResult", f"client_id client_name {SUMS}"),
    "/reports/time/projects": ("TimeReportsResult", f"client_id client_name project_id project_name {SUMS}"),
    "/reports/time/tasks": ("TimeReportsResult", f"task_id task_name {SUMS}"),
    "/reports/time/team": (
        "TimeReportsResult",
        f"user_id user_name is_contractor weekly_capacity avatar_url {SUMS}",
    ),
    "/reports/expenses/clients": ("ExpenseReportsResult", f"client_id client_name {SPENT}"),
    "/reports/expenses/projects": ("ExpenseReportsResult", f"client_id client_name project_id project_name {SPENT}"),
    "/reports/expenses/categories": (
        "ExpenseReportsResult",
        f"expense_category_id expense_category_name {SPENT}",
    ),
    "/reports/expenses/team": ("ExpenseReportsResult", f"user_id user_name is_contractor {SPENT}"),
}

# What a DELETE answers besides 200 (§13.B2: the deleted object, as recorded).
DELETED: dict[str, str] = {
    "/invoices/{invoiceId}/messages/{messageId}": "InvoiceMessage",
    "/invoices/{invoiceId}/payments/{paymentId}": "InvoicePayment",
    "/estimates/{estimateId}/messages/{messageId}": "EstimateMessage",
    "/time_entries/{timeEntryId}/external_reference": "TimeEntry",
}

# operation, what its body may also have, the source
ACCEPTED: tuple[tuple[str, str, str], ...] = (
    ("POST /users", "saml_exempt", "§8.2, §13.A2"),
    ("PATCH /users/{userId}", "saml_exempt", "§8.2, §13.A2"),
    ("PATCH /users/{userId}", "telephone default_hourly_rate cost_rate", "§13.B19"),
    ("POST /contacts", "invoice_recipient_status", "§8.7, §13.A2"),
    ("PATCH /contacts/{contactId}", "invoice_recipient_status", "§8.7, §13.A2"),
)

# operation, what the service does without although the file requires it, the source
NOT_REQUIRED: tuple[tuple[str, str, str], ...] = (
    ("POST /projects", "is_billable bill_by budget_by", "§13.B13"),
    ("POST /estimates/{estimateId}/messages", "recipients", "§13.B15"),
)

# Lists that hand out cursors though the file does not say so.
ALSO_CURSOR = ("/time_entries",)  # §13.B17

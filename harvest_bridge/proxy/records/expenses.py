"""Expenses and their categories (REFERENCE §8.12)."""

from __future__ import annotations

from .collection import Collection
from .kinds import DATE, FLAG, ID, MOMENT, NUMBER, TEXT, WHOLE, Json, maybe, named, one_of, said, table

_TIMES = {"created_at": MOMENT, "updated_at": MOMENT}
_BODY = "units total_cost notes billable receipt"

ASIDE: Json = {
    "HarvestExpenseCategoryReference": table(
        {"id": ID, "name": TEXT, "unit_price": maybe(NUMBER), "unit_name": maybe(TEXT)}
    ),
    "HarvestReceipt": table({"url": TEXT, "file_name": TEXT, "file_size": WHOLE, "content_type": TEXT}),
}

EXPENSES = {
    "expenses": Collection(
        "Expense",
        "Money that a person spent for a project.",
        {
            "id": ID,
            "notes": maybe(TEXT),
            "total_cost": NUMBER,
            "units": NUMBER,
            "is_closed": said(FLAG, "Approved; `approval_status` says it better."),
            "approval_status": one_of("unsubmitted", "submitted", "approved"),
            "is_locked": FLAG,
            "is_billed": FLAG,
            "locked_reason": maybe(TEXT),
            "spent_date": DATE,
            **_TIMES,
            "billable": FLAG,
            "receipt": maybe(named("Receipt")),
            "user": named("Reference"),
            "user_assignment": named("UserAssignmentCore"),
            "project": named("ProjectReference"),
            "expense_category": named("ExpenseCategoryReference"),
            "client": named("ClientReference"),
            "invoice": maybe(named("InvoiceReference")),
        },
        create=f"project_id* expense_category_id* spent_date* user_id {_BODY}",
        update=f"project_id expense_category_id spent_date {_BODY} delete_receipt",
        written={
            "project_id": ID,
            "expense_category_id": ID,
            "user_id": said(ID, "Somebody else; yourself where it is missing."),
            "units": said(NUMBER, "In categories with a price for each unit."),
            "total_cost": said(NUMBER, "In the other categories."),
            "receipt": said({**TEXT, "format": "binary"}, "A file, in a multipart form."),
            "delete_receipt": FLAG,
        },
        takes_files=True,
    ),
    "expense_categories": Collection(
        "ExpenseCategory",
        "A kind of expense.",
        {
            "id": ID,
            "name": TEXT,
            "unit_name": maybe(TEXT),
            "unit_price": maybe(NUMBER),
            "is_active": FLAG,
            **_TIMES,
        },
        create="name* unit_name unit_price is_active",
        update="name unit_name unit_price is_active",
    ),
}

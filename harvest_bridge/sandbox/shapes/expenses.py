"""Expenses on the wire (REFERENCE §8.12; documented order)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.encoding import number
from harvest_bridge.sandbox.locks import expense_lock_reason
from harvest_bridge.sandbox.records import Document, Expense, ExpenseCategory
from harvest_bridge.sandbox.rights import Rights
from harvest_bridge.sandbox.shapes.work import (
    client_reference,
    person_reference,
    project_reference,
    user_assignment_core,
)


def expense_category_shape(category: ExpenseCategory) -> dict[str, Any]:
    return {
        "id": category.id,
        "name": category.name,
        "unit_name": category.unit_name,
        "unit_price": number(category.unit_price),
        "is_active": category.is_active,
        "created_at": category.created_at,
        "updated_at": category.updated_at,
    }


def expense_shape(expense: Expense, viewer: Rights, receipts_url: str) -> dict[str, Any]:
    """`receipts_url` is where the sandbox hands out receipts; the real link needs a browser's sign-in."""
    category, reason = expense.expense_category, expense_lock_reason(expense)
    return {
        "id": expense.id,
        "notes": expense.notes,
        "total_cost": number(expense.total_cost),
        "units": number(expense.units),
        "is_closed": expense.approval_status == "approved",
        "approval_status": expense.approval_status,
        "is_locked": reason is not None,
        "is_billed": expense.is_billed,
        "locked_reason": reason,
        "spent_date": expense.spent_date,
        "created_at": expense.created_at,
        "updated_at": expense.updated_at,
        "billable": expense.billable,
        "receipt": _receipt_shape(expense, receipts_url),
        "user": person_reference(expense.user),
        "user_assignment": user_assignment_core(expense.user_assignment, viewer, expense.spent_date),
        "project": project_reference(expense.project),
        "expense_category": {
            "id": category.id,
            "name": category.name,
            "unit_price": number(category.unit_price),
            "unit_name": category.unit_name,
        },
        "client": client_reference(expense.project.client),
        "invoice": invoice_reference(expense.invoice),
    }


def invoice_reference(invoice: Document | None) -> dict[str, Any] | None:
    return {"id": invoice.id, "number": invoice.number} if invoice else None


def _receipt_shape(expense: Expense, receipts_url: str) -> dict[str, Any] | None:
    receipt = expense.receipt
    if receipt is None:
        return None
    return {
        "url": f"{receipts_url}/expenses/{expense.id}/receipt",
        "file_name": receipt.file_name,
        "file_size": len(receipt.content),
        "content_type": receipt.content_type,
    }

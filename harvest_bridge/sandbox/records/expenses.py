"""REFERENCE §8.12."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from harvest_bridge.sandbox.records.base import Record
from harvest_bridge.sandbox.records.billing import Invoice
from harvest_bridge.sandbox.records.people import User
from harvest_bridge.sandbox.records.work import Project, UserAssignment


@dataclass(slots=True, eq=False, kw_only=True)
class ExpenseCategory(Record):
    """With a `unit_price` an expense costs its units times this price."""

    name: str
    unit_name: str | None = None
    unit_price: Decimal | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Receipt:
    file_name: str
    content_type: str
    content: bytes


@dataclass(slots=True, eq=False, kw_only=True)
class Expense(Record):
    user: User
    user_assignment: UserAssignment
    project: Project
    expense_category: ExpenseCategory
    spent_date: date
    units: Decimal
    total_cost: Decimal
    notes: str | None = None
    billable: bool = True
    receipt: Receipt | None = None
    approval_status: str = "unsubmitted"
    is_billed: bool = False
    invoice: Invoice | None = None

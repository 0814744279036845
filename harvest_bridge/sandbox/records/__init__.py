"""What an account holds. Records point at each other as objects, so an embedded name is never out of date."""

from __future__ import annotations

from harvest_bridge.sandbox.records.base import Record
from harvest_bridge.sandbox.records.billing import (
    Document,
    Estimate,
    EstimateItemCategory,
    Invoice,
    InvoiceItemCategory,
    LineItem,
    Message,
    Payment,
)
from harvest_bridge.sandbox.records.expenses import Expense, ExpenseCategory, Receipt
from harvest_bridge.sandbox.records.people import Company, Rate, Role, User
from harvest_bridge.sandbox.records.time import ExternalReference, TimeEntry
from harvest_bridge.sandbox.records.work import Client, Contact, Project, Task, TaskAssignment, UserAssignment

__all__ = [
    "Client",
    "Company",
    "Contact",
    "Document",
    "Estimate",
    "EstimateItemCategory",
    "Expense",
    "ExpenseCategory",
    "ExternalReference",
    "Invoice",
    "InvoiceItemCategory",
    "LineItem",
    "Message",
    "Payment",
    "Project",
    "Rate",
    "Receipt",
    "Record",
    "Role",
    "Task",
    "TaskAssignment",
    "TimeEntry",
    "User",
    "UserAssignment",
]

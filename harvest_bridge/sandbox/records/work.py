"""Clients, projects, tasks, and who and what is assigned to a project (REFERENCE §8.7 to §8.10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from harvest_bridge.sandbox.records.base import Record
from harvest_bridge.sandbox.records.people import User


@dataclass(slots=True, eq=False, kw_only=True)
class Client(Record):
    name: str
    is_active: bool = True
    address: str | None = None
    statement_key: str
    currency: str


@dataclass(slots=True, eq=False, kw_only=True)
class Contact(Record):
    client: Client
    first_name: str
    last_name: str = ""
    title: str | None = None
    email: str = ""
    phone_office: str = ""
    phone_mobile: str = ""
    fax: str = ""
    invoice_recipient_status: str = "none"


@dataclass(frozen=True, slots=True)
class InvoicedPeriod:
    """The days of a project that an invoice covers; entries within are locked (REFERENCE §7.7)."""

    first: date
    last: date
    invoice_id: int


@dataclass(slots=True, eq=False, kw_only=True)
class Project(Record):
    client: Client
    name: str
    code: str | None = None
    is_active: bool = True
    is_billable: bool = True
    is_fixed_fee: bool = False
    bill_by: str = "none"
    hourly_rate: Decimal | None = None
    budget_by: str = "none"
    budget: Decimal | None = None
    budget_is_monthly: bool = False
    cost_budget: Decimal | None = None
    cost_budget_include_expenses: bool = False
    notify_when_over_budget: bool = False
    over_budget_notification_percentage: Decimal = Decimal("80.0")
    over_budget_notification_date: date | None = None
    show_budget_to_all: bool = False
    fee: Decimal | None = None
    notes: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    invoiced_periods: list[InvoicedPeriod] = field(default_factory=list)


@dataclass(slots=True, eq=False, kw_only=True)
class Task(Record):
    name: str
    billable_by_default: bool = True
    default_hourly_rate: Decimal | None = None
    is_default: bool = False
    is_active: bool = True


@dataclass(slots=True, eq=False, kw_only=True)
class UserAssignment(Record):
    project: Project
    user: User
    is_active: bool = True
    is_project_manager: bool = False
    use_default_rates: bool = True
    hourly_rate: Decimal | None = Decimal(0)
    budget: Decimal | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class TaskAssignment(Record):
    project: Project
    task: Task
    is_active: bool = True
    billable: bool = True
    hourly_rate: Decimal | None = None
    budget: Decimal | None = None

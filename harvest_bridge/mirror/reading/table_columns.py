"""The columns of each resource as a table: those of CSV and XLSX files, and of the views for BI.

Written as `path:type`; text needs no type. `client.name` becomes the column `client_name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Type(Enum):
    """Shape: what stands in the JSON, and the type that PostgreSQL gives it."""

    TEXT = "text"
    INT = "bigint"
    NUM = "numeric"
    BOOL = "boolean"
    DATE = "date"
    MOMENT = "timestamp with time zone"
    JSON = "jsonb"


@dataclass(frozen=True)
class Column:
    path: tuple[str, ...]
    type: Type

    @property
    def name(self) -> str:
        return "_".join(self.path)

    def of(self, record: Mapping[str, Any]) -> Any:
        value: Any = record
        for key in self.path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def _columns(*written: str) -> tuple[Column, ...]:
    found = []
    for each in written:
        path, _, kind = each.partition(":")
        found.append(Column(tuple(path.split(".")), Type[kind.upper()] if kind else Type.TEXT))
    return tuple(found)


_TIMES = ("created_at:moment", "updated_at:moment")
_USER = ("user.id:int", "user.name")
_CLIENT = ("client.id:int", "client.name")
_PROJECT = ("project.id:int", "project.name", "project.code")
_APPROVAL = ("is_locked:bool", "locked_reason", "is_closed:bool", "approval_status", "is_billed:bool")
_INVOICE = ("invoice.id:int", "invoice.number")
_DOCUMENT = (
    *("id:int", *_CLIENT, "number", "purchase_order", "amount:num"),
    *("tax:num", "tax_amount:num", "tax2:num", "tax2_amount:num", "discount:num", "discount_amount:num"),
    *("subject", "notes", "state", "issue_date:date", "sent_at:moment", "currency", "client_key"),
    *("creator.id:int", "creator.name", "line_items:json"),
)
_MESSAGE = (
    *("id:int", "sent_by", "sent_by_email", "sent_from", "sent_from_email", "recipients:json", "subject", "body"),
    *("send_me_a_copy:bool", "event_type", *_TIMES),
)
_RATE = ("id:int", "amount:num", "start_date:date", "end_date:date", *_TIMES)
_NAMED = ("id:int", "name", *_TIMES)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "company": _columns(
        *("name", "base_uri", "full_domain", "is_active:bool", "plan_type", "currency", "week_start_day", "clock"),
        *("weekly_capacity:int", "wants_timestamp_timers:bool", "time_format", "date_format", "decimal_symbol"),
        *("thousands_separator", "expense_feature:bool", "invoice_feature:bool", "estimate_feature:bool"),
        *("approval_feature:bool", "team_feature:bool", "day_entry_notes_required:bool"),
        *("currency_code_display", "currency_symbol_display", "color_scheme", "saml_sign_in_required:bool"),
    ),
    "users": _columns(
        *("id:int", "first_name", "last_name", "email", "telephone", "employee_id", "timezone"),
        *("weekly_capacity:int", "has_access_to_all_future_projects:bool", "is_contractor:bool", "is_active:bool"),
        *("default_hourly_rate:num", "cost_rate:num", "roles:json", "access_roles:json", "avatar_url", *_TIMES),
        *("can_create_projects:bool", "permissions_claims:json", "calendar_integration_enabled:bool"),
        *("calendar_integration_source", "saml_exempt:bool"),
    ),
    "roles": _columns("id:int", "name", "user_ids:json", *_TIMES),
    "clients": _columns("id:int", "name", "is_active:bool", "address", "currency", "statement_key", *_TIMES),
    "contacts": _columns(
        *("id:int", *_CLIENT, "title", "first_name", "last_name", "email", "phone_office", "phone_mobile", "fax"),
        *("invoice_recipient_status", *_TIMES),
    ),
    "tasks": _columns(
        *("id:int", "name", "billable_by_default:bool", "default_hourly_rate:num", "is_default:bool"),
        *("is_active:bool", *_TIMES),
    ),
    "projects": _columns(
        *("id:int", *_CLIENT, "client.currency", "name", "code", "is_active:bool", "is_billable:bool"),
        *("is_fixed_fee:bool", "bill_by", "hourly_rate:num", "budget_by", "budget:num", "budget_is_monthly:bool"),
        *("cost_budget:num", "cost_budget_include_expenses:bool", "notify_when_over_budget:bool"),
        *("over_budget_notification_percentage:num", "over_budget_notification_date:date", "show_budget_to_all:bool"),
        *("fee:num", "notes", "starts_on:date", "ends_on:date", *_TIMES, "currency"),
    ),
    "user_assignments": _columns(
        *("id:int", *_PROJECT, *_USER, "is_active:bool", "is_project_manager:bool", "use_default_rates:bool"),
        *("hourly_rate:num", "budget:num", *_TIMES),
    ),
    "task_assignments": _columns(
        *("id:int", *_PROJECT, "task.id:int", "task.name", "is_active:bool", "billable:bool", "hourly_rate:num"),
        *("budget:num", *_TIMES),
    ),
    "time_entries": _columns(
        *("id:int", "spent_date:date", *_USER, *_CLIENT, "client.currency", *_PROJECT, "task.id:int", "task.name"),
        *("hours:num", "hours_without_timer:num", "rounded_hours:num", "notes", *_APPROVAL, "is_running:bool"),
        *("timer_started_at:moment", "started_time", "ended_time", "billable:bool", "budgeted:bool"),
        *("billable_rate:num", "cost_rate:num", "user_assignment.id:int", "task_assignment.id:int", *_INVOICE),
        *("external_reference.id", "external_reference.group_id", "external_reference.account_id"),
        *("external_reference.permalink", *_TIMES, "external_reference.service", "external_reference.service_icon_url"),
    ),
    "expense_categories": _columns("id:int", "name", "unit_name", "unit_price:num", "is_active:bool", *_TIMES),
    "expenses": _columns(
        *("id:int", "spent_date:date", *_USER, *_CLIENT, "client.currency", *_PROJECT, "expense_category.id:int"),
        *("expense_category.name", "units:num", "total_cost:num", "notes", "billable:bool", *_APPROVAL, *_INVOICE),
        *("user_assignment.id:int", "receipt.url", "receipt.file_name", "receipt.content_type", *_TIMES),
        "receipt.file_size:int",
    ),
    "invoice_item_categories": _columns("id:int", "name", "use_as_service:bool", "use_as_expense:bool", *_TIMES),
    "invoices": _columns(
        *(*_DOCUMENT, "due_amount:num", "due_date:date", "payment_term", "period_start:date", "period_end:date"),
        *("paid_at:moment", "paid_date:date", "closed_at:moment", "recurring_invoice_id:int", "estimate.id:int"),
        *("retainer.id:int", *_TIMES, "payment_options:json"),
    ),
    "estimate_item_categories": _columns(*_NAMED),
    "estimates": _columns(*_DOCUMENT, "accepted_at:moment", "declined_at:moment", *_TIMES),
    "billable_rates": _columns(*_RATE),
    "cost_rates": _columns(*_RATE),
    "teammates": _columns("id:int", "first_name", "last_name", "email"),
    "project_assignments": _columns(
        *("id:int", *_PROJECT, "project.is_billable:bool", *_CLIENT, "client.currency", "is_active:bool"),
        *("is_project_manager:bool", "use_default_rates:bool", "hourly_rate:num", "budget:num"),
        *("task_assignments:json", *_TIMES),
    ),
    "invoice_payments": _columns(
        *("id:int", "amount:num", "paid_at:moment", "paid_date:date", "recorded_by", "recorded_by_email", "notes"),
        *("transaction_id", "payment_gateway.id:int", "payment_gateway.name", *_TIMES),
    ),
    "invoice_messages": _columns(
        *(*_MESSAGE, "include_link_to_client_invoice:bool", "attach_pdf:bool", "thank_you:bool", "reminder:bool"),
        "send_reminder_on:date",
    ),
    "estimate_messages": _columns(*_MESSAGE),
    "reports_project_budget": _columns(
        *("project_id:int", "project_name", "client_id:int", "client_name", "budget_is_monthly:bool", "budget_by"),
        *("is_active:bool", "budget:num", "budget_spent:num", "budget_remaining:num"),
    ),
}

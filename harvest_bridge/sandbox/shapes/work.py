"""Clients, projects, tasks and assignments on the wire (REFERENCE §8.3, §8.7 to §8.10; recorded order)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.encoding import number
from harvest_bridge.sandbox.records import Client, Contact, Project, Task, TaskAssignment, User, UserAssignment
from harvest_bridge.sandbox.records.people import rate_on
from harvest_bridge.sandbox.rights import Rights


def client_shape(client: Client) -> dict[str, Any]:
    return {
        "id": client.id,
        "name": client.name,
        "is_active": client.is_active,
        "address": client.address,
        "statement_key": client.statement_key,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
        "currency": client.currency,
    }


def contact_shape(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "title": contact.title,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "email": contact.email,
        "phone_office": contact.phone_office,
        "phone_mobile": contact.phone_mobile,
        "fax": contact.fax,
        "invoice_recipient_status": contact.invoice_recipient_status,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "client": {"id": contact.client.id, "name": contact.client.name},
    }


def project_shape(project: Project, viewer: Rights) -> dict[str, Any]:
    """Money is null for a manager without the rates permission."""
    money = number if viewer.sees_billable_rates else _nothing
    return {
        "id": project.id,
        "name": project.name,
        "code": project.code,
        "is_active": project.is_active,
        "is_billable": project.is_billable,
        "is_fixed_fee": project.is_fixed_fee,
        "bill_by": project.bill_by,
        "budget": number(project.budget),
        "budget_by": project.budget_by,
        "budget_is_monthly": project.budget_is_monthly,
        "notify_when_over_budget": project.notify_when_over_budget,
        "over_budget_notification_percentage": number(project.over_budget_notification_percentage),
        "show_budget_to_all": project.show_budget_to_all,
        "created_at": project.created_at,
        "updated_at": project.updated_at,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "over_budget_notification_date": project.over_budget_notification_date,
        "notes": project.notes,
        "cost_budget": money(project.cost_budget),
        "cost_budget_include_expenses": project.cost_budget_include_expenses,
        "hourly_rate": money(project.hourly_rate),
        "fee": money(project.fee),
        "client": client_reference(project.client),
        "currency": project.client.currency,
    }


def _nothing(value: Decimal | None) -> None:
    return None


def task_shape(task: Task, viewer: Rights) -> dict[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "billable_by_default": task.billable_by_default,
        "default_hourly_rate": number(task.default_hourly_rate) if viewer.sees_billable_rates else None,
        "is_default": task.is_default,
        "is_active": task.is_active,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def client_reference(client: Client) -> dict[str, Any]:
    return {"id": client.id, "name": client.name, "currency": client.currency}


def project_reference(project: Project) -> dict[str, Any]:
    return {"id": project.id, "name": project.name, "code": project.code}


def user_assignment_core(pair: UserAssignment, viewer: Rights, today: date) -> dict[str, Any]:
    """As embedded in a time entry: neither project nor person inside."""
    return {
        "id": pair.id,
        "is_project_manager": pair.is_project_manager,
        "is_active": pair.is_active,
        "use_default_rates": pair.use_default_rates,
        "budget": number(pair.budget),
        "created_at": pair.created_at,
        "updated_at": pair.updated_at,
        "hourly_rate": number(_rate_of(pair, today)) if viewer.sees_billable_rates else None,
    }


def _rate_of(pair: UserAssignment, today: date) -> Decimal | None:
    return rate_on(pair.user.billable_rates, today) if pair.use_default_rates else pair.hourly_rate


def user_assignment_shape(pair: UserAssignment, viewer: Rights, today: date) -> dict[str, Any]:
    return {
        **user_assignment_core(pair, viewer, today),
        "project": project_reference(pair.project),
        "user": {"id": pair.user.id, "name": pair.user.name},
    }


def task_assignment_core(pair: TaskAssignment, viewer: Rights) -> dict[str, Any]:
    """As embedded in a time entry: neither project nor task inside."""
    return {
        "id": pair.id,
        "billable": pair.billable,
        "is_active": pair.is_active,
        "created_at": pair.created_at,
        "updated_at": pair.updated_at,
        "hourly_rate": number(pair.hourly_rate) if viewer.sees_billable_rates else None,
        "budget": number(pair.budget),
    }


def task_assignment_shape(pair: TaskAssignment, viewer: Rights) -> dict[str, Any]:
    return {
        **task_assignment_core(pair, viewer),
        "project": project_reference(pair.project),
        "task": {"id": pair.task.id, "name": pair.task.name},
    }


def project_assignment_shape(
    pair: UserAssignment, tasks: Iterable[TaskAssignment], viewer: Rights, today: date
) -> dict[str, Any]:
    """What a person can track to; the id is the user assignment's (REFERENCE §8.3)."""
    project = pair.project
    return {
        **user_assignment_core(pair, viewer, today),
        "project": {**project_reference(project), "is_billable": project.is_billable},
        "client": client_reference(project.client),
        "task_assignments": [
            {**task_assignment_core(one, viewer), "task": {"id": one.task.id, "name": one.task.name}} for one in tasks
        ],
    }


def person_reference(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name}

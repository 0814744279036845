"""Records as Harvest sends them, as far as answers look."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def person(number: int, name: str = "", **fields: Any) -> Json:
    """Forty hours a week, known to Harvest since 2020."""
    first, _, last = (name or f"Person {number}").partition(" ")
    return {
        "id": number,
        "first_name": first,
        "last_name": last,
        "timezone": "Berlin",
        "weekly_capacity": 144000,
        "roles": [],
        "is_contractor": False,
        "is_active": True,
        "created_at": "2020-01-01T08:00:00Z",
        "updated_at": "2026-11-01T08:00:00Z",
        **fields,
    }


def client(number: int, currency: str = "EUR", **fields: Any) -> Json:
    return {"id": number, "name": f"Client {number}", "currency": currency, "is_active": True, **fields}


def project(number: int, client_id: int = 3, **fields: Any) -> Json:
    return {
        "id": number,
        "name": f"Project {number}",
        "code": None,
        "client": {"id": client_id, "name": f"Client {client_id}", "currency": "EUR"},
        "is_active": True,
        "is_billable": True,
        "is_fixed_fee": False,
        "bill_by": "Project",
        "budget_by": "none",
        "budget": None,
        "budget_is_monthly": False,
        "cost_budget": None,
        "cost_budget_include_expenses": False,
        "fee": None,
        "starts_on": None,
        "ends_on": None,
        **fields,
    }


def task(number: int, **fields: Any) -> Json:
    return {"id": number, "name": f"Task {number}", "is_active": True, **fields}


def entry(
    number: int, day: str, hours: float | str, *, user: int = 1, project: int = 5, task: int = 9, **fields: Any
) -> Json:
    """`hours` are rounded hours too, unless said otherwise."""
    client_id, currency = fields.pop("client_id", 3), fields.pop("currency", "EUR")
    return {
        "id": number,
        "spent_date": day,
        "hours": float(hours),
        "rounded_hours": float(hours),
        "billable": True,
        "budgeted": True,
        "billable_rate": 100.0,
        "cost_rate": 50.0,
        "is_billed": False,
        "is_locked": False,
        "is_running": False,
        "approval_status": "unsubmitted",
        "invoice": None,
        "user": {"id": user, "name": f"Person {user}"},
        "client": {"id": client_id, "name": f"Client {client_id}", "currency": currency},
        "project": {"id": project, "name": f"Project {project}", "code": None},
        "task": {"id": task, "name": f"Task {task}"},
        **fields,
    }


def expense(number: int, day: str, cost: float, *, user: int = 1, project: int = 5, **fields: Any) -> Json:
    client_id, currency = fields.pop("client_id", 3), fields.pop("currency", "EUR")
    return {
        "id": number,
        "spent_date": day,
        "total_cost": cost,
        "billable": True,
        "is_billed": False,
        "is_locked": False,
        "approval_status": "unsubmitted",
        "invoice": None,
        "user": {"id": user, "name": f"Person {user}"},
        "client": {"id": client_id, "name": f"Client {client_id}", "currency": currency},
        "project": {"id": project, "name": f"Project {project}", "code": None},
        "expense_category": {"id": 1, "name": "Travel"},
        **fields,
    }

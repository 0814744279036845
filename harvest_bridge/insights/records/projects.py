"""Projects, clients and tasks of an account, as questions see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from harvest_bridge.mirror.models import Mirror

from .raw_rows import Named, decoded


class _Project(msgspec.Struct):
    name: str = ""
    code: str | None = None
    client: Named | None = None
    is_active: bool = True
    is_billable: bool = True
    is_fixed_fee: bool = False
    bill_by: str = ""
    budget_by: str = "none"
    budget: Decimal | None = None
    budget_is_monthly: bool = False
    cost_budget: Decimal | None = None
    cost_budget_include_expenses: bool = False
    fee: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """Units: `budget` in hours, `cost_budget` and `fee` in the client's currency. A project's client is the one it has
    now: when it moves to another client its entries follow, and their own copies say so only later."""

    id: int
    name: str
    code: str
    client_id: int | None
    client_name: str
    currency: str
    is_active: bool
    is_fixed_fee: bool
    bill_by: str
    budget_by: str
    budget: Decimal | None
    budget_is_monthly: bool
    cost_budget: Decimal | None
    cost_budget_include_expenses: bool
    fee: Decimal | None
    starts_on: date | None
    ends_on: date | None


class _Client(msgspec.Struct):
    name: str = ""
    currency: str | None = None


class _Named(msgspec.Struct):
    name: str = ""


def projects_of(mirror: Mirror) -> dict[int, Project]:
    """By id, archived ones too. The client's name and currency are those of the client's own record."""
    clients = dict(decoded(mirror, "clients", _Client))
    found = {}
    for harvest_id, row in decoded(mirror, "projects", _Project):
        found[harvest_id] = _project(harvest_id, row, clients)
    return found


def _project(harvest_id: int, row: _Project, clients: dict[int, _Client]) -> Project:
    client = clients.get(row.client.id) if row.client else None
    copied = row.client or Named(id=0)
    return Project(
        id=harvest_id,
        name=row.name,
        code=row.code or "",
        client_id=row.client.id if row.client else None,
        client_name=client.name if client else copied.name or "",
        currency=((client.currency if client else None) or copied.currency or "")[:3],
        is_active=row.is_active,
        is_fixed_fee=row.is_fixed_fee,
        bill_by=row.bill_by or "none",
        budget_by=row.budget_by or "none",
        budget=row.budget,
        budget_is_monthly=row.budget_is_monthly,
        cost_budget=row.cost_budget,
        cost_budget_include_expenses=row.cost_budget_include_expenses,
        fee=row.fee,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def client_names(mirror: Mirror) -> dict[int, str]:
    """Of clients without a project too."""
    return {harvest_id: row.name for harvest_id, row in decoded(mirror, "clients", _Client)}


def task_names(mirror: Mirror) -> dict[int, str]:
    return {harvest_id: row.name for harvest_id, row in decoded(mirror, "tasks", _Named)}

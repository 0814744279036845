"""Company, people, roles and rates on the wire (REFERENCE §8.1, §8.2, §8.4, §8.6; recorded order)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from harvest_bridge.sandbox.encoding import number
from harvest_bridge.sandbox.records import Company, Rate, Role, User
from harvest_bridge.sandbox.records.people import rate_on
from harvest_bridge.sandbox.rights import Rights, holds

# The live key of REFERENCE §8.2; only such claims were seen, the same for everybody.
CLAIMS = ["expenses:read:own", "expenses:write:own", "timers:read:own", "timers:write:own"]
HIDDEN = ("timezone", "rounding_minutes", "project_limit")


def company_shape(company: Company) -> dict[str, Any]:
    """The company has neither id nor time zone on the wire."""
    return {name: getattr(company, name) for name in Company.__slots__ if name not in HIDDEN}


def user_shape(user: User, labels: list[str], viewer: Rights, today: date, *, with_claims: bool) -> dict[str, Any]:
    """Who may not see a rate does not see its key either, as recorded for a member."""
    shape: dict[str, Any] = {
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "telephone": user.telephone,
        "employee_id": None,
        "timezone": user.timezone,
        "weekly_capacity": user.weekly_capacity,
        "has_access_to_all_future_projects": user.has_access_to_all_future_projects,
        "is_contractor": user.is_contractor,
        "can_create_projects": holds(user, "project_creator"),
        "is_active": user.is_active,
        "calendar_integration_enabled": False,
        "calendar_integration_source": None,
        "saml_exempt": user.saml_exempt,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
    }
    if viewer.sees_billable_rates:
        shape["default_hourly_rate"] = number(rate_on(user.billable_rates, today))
    if viewer.sees_cost_rates:
        shape["cost_rate"] = number(rate_on(user.cost_rates, today))
    shape["roles"] = labels
    shape["access_roles"] = list(user.access_roles)
    if with_claims:
        shape["permissions_claims"] = CLAIMS
    shape["avatar_url"] = user.avatar_url
    return shape


def role_shape(role: Role) -> dict[str, Any]:
    return {
        "id": role.id,
        "name": role.name,
        "created_at": role.created_at,
        "updated_at": role.updated_at,
        "user_ids": [user.id for user in role.users],
    }


def rate_shape(rate: Rate, following: Rate | None) -> dict[str, Any]:
    """A rate ends the day before the next one begins."""
    end = following.start_date - timedelta(days=1) if following and following.start_date else None
    return {
        "id": rate.id,
        "amount": number(rate.amount),
        "start_date": rate.start_date,
        "end_date": end,
        "created_at": rate.created_at,
        "updated_at": rate.updated_at,
    }


def teammate_shape(user: User) -> dict[str, Any]:
    return {"id": user.id, "first_name": user.first_name, "last_name": user.last_name, "email": user.email}

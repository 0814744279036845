"""The company, its people and what they earn (REFERENCE §8.1, §8.2, §8.4, §8.6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from harvest_bridge.sandbox.records.base import Record


@dataclass(slots=True, eq=False, kw_only=True)
class Company:
    """Units: `weekly_capacity` is seconds. `rounding_minutes` 0 means that `rounded_hours` is `hours`.

    `project_limit` is how many active projects the plan has, 0 any number.
    """

    base_uri: str
    full_domain: str
    name: str
    is_active: bool = True
    week_start_day: str = "Monday"
    wants_timestamp_timers: bool = False
    time_format: str = "hours_minutes"
    date_format: str = "%Y-%m-%d"
    plan_type: str = "simple-v4"
    expense_feature: bool = True
    invoice_feature: bool = True
    estimate_feature: bool = True
    approval_feature: bool = True
    clock: str = "24h"
    currency_code_display: str = "iso_code_none"
    currency_symbol_display: str = "symbol_before"
    decimal_symbol: str = "."
    thousands_separator: str = ","
    color_scheme: str = "orange"
    weekly_capacity: int = 126000
    team_feature: bool = True
    currency: str = "USD"
    saml_sign_in_required: bool = False
    day_entry_notes_required: bool = False
    timezone: str = "Eastern Time (US & Canada)"
    rounding_minutes: int = 0
    project_limit: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Rate(Record):
    """A billable or cost rate of one person, from `start_date` (None: since ever) until the next one begins."""

    amount: Decimal
    start_date: date | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class User(Record):
    """A person in one account. `access_roles` carry rights, `roles` are mere labels and live in `Role.users`."""

    first_name: str
    last_name: str
    email: str
    telephone: str = ""
    timezone: str
    weekly_capacity: int = 126000
    has_access_to_all_future_projects: bool = False
    is_contractor: bool = False
    is_active: bool = True
    saml_exempt: bool = False
    access_roles: list[str] = field(default_factory=lambda: ["member"])
    avatar_url: str = ""
    billable_rates: list[Rate] = field(default_factory=list)
    cost_rates: list[Rate] = field(default_factory=list)
    teammates: list[User] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(slots=True, eq=False, kw_only=True)
class Role(Record):
    name: str
    users: list[User] = field(default_factory=list)


def rate_on(rates: list[Rate], day: date) -> Decimal | None:
    """The amount in force on `day`; rates are kept oldest first."""
    amount = None
    for rate in rates:
        if rate.start_date is None or rate.start_date <= day:
            amount = rate.amount
    return amount

"""GET /insights/budgets: every project's budget, what is spent and left of it, and when it runs out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.currencies import minor_units
from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.insights.coverage import Coverage, coverage_of, is_whole
from harvest_bridge.insights.records.assignments import budgets_by_project
from harvest_bridge.insights.records.days import date_of, day_number
from harvest_bridge.insights.records.projects import Project, projects_of
from harvest_bridge.insights.records.raw_rows import decoded
from harvest_bridge.insights.rounding import HoursText, ShareText, half_up, money_text
from harvest_bridge.mirror.models import Mirror

from .definitions import BUDGETED
from .forecast import BURN_DAYS, runs_out_on
from .kinds import Given, budget_of, is_in_money, with_expenses
from .models import BudgetCheck
from .spending import EVER, Spent, spent_between

_MICROS = 1_000_000
ALL = "all"


class _Company(msgspec.Struct):
    timezone: str = ""


@dataclass(frozen=True)
class Budget:
    """One project's. Units: hours, or money in the client's currency; exact. What is unknown is None."""

    project: Project
    budget: Fraction | None
    spent: Fraction | None
    burnt: Fraction | None
    period: str
    today: int

    @property
    def left(self) -> Fraction | None:
        return None if self.budget is None or self.spent is None else self.budget - self.spent

    @property
    def runs_out(self) -> int | None:
        if self.left is None or self.burnt is None:
            return None
        return runs_out_on(self.left, self.burnt, self.today)


class Budgets:
    """Of one account on one day of its own zone. Errors: MirrorRequired, StreamNotComplete."""

    def __init__(self, connection: Connection, *, now: datetime) -> None:
        self.coverage: Coverage = coverage_of(connection, needs=BUDGETED.needs, uses=BUDGETED.uses)
        self.mirror = self.coverage.mirror
        self.today = now.astimezone(_zone(self.mirror)).date()
        self.projects = projects_of(self.mirror)
        self.missing: dict[str, int] = defaultdict(int)
        self._has_expenses = is_whole(self.coverage.streams["expenses"])
        self._given = Given(
            budgets_by_project(self.mirror, "task_assignments"), budgets_by_project(self.mirror, "user_assignments")
        )
        self._checks = {row.project_id: row for row in BudgetCheck.objects.filter(connection=connection)}

    def all(self, *, is_active: bool | None = None, ids: tuple[int, ...] = ()) -> list[Budget]:
        """Those with a budget of any kind, by name."""
        wanted = {
            one.id: one
            for one in self.projects.values()
            if one.budget_by != "none"
            and (is_active is None or one.is_active is is_active)
            and (not ids or one.id in ids)
        }
        found = self._budgets(wanted)
        return sorted(found, key=lambda one: (one.project.name.casefold(), one.project.id))

    def _budgets(self, wanted: Mapping[int, Project]) -> list[Budget]:
        today = day_number(self.today)
        monthly = [one.id for one in wanted.values() if one.budget_is_monthly]
        lasting = [one.id for one in wanted.values() if not one.budget_is_monthly]
        month = day_number(self.today.replace(day=1))
        spent = {
            **spent_between(self.mirror, self.projects, EVER, _END, lasting),
            **spent_between(self.mirror, self.projects, month, _END, monthly),
        }
        burnt = spent_between(self.mirror, self.projects, today - BURN_DAYS + 1, today, list(wanted))
        return [self._budget(one, spent.get(one.id), burnt.get(one.id), today) for one in wanted.values()]

    def _budget(self, project: Project, spent: Spent | None, burnt: Spent | None, today: int) -> Budget:
        budget = budget_of(project, self._given)
        return Budget(
            project=project,
            budget=None if budget is None else Fraction(budget),
            spent=self._known(project, spent or Spent()),
            burnt=self._known(project, burnt or Spent()),
            period=f"{self.today:%Y-%m}" if project.budget_is_monthly else ALL,
            today=today,
        )

    def _known(self, project: Project, spent: Spent) -> Fraction | None:
        if spent.without_rate:
            self.missing["entries_without_billable_rate"] += spent.without_rate
            return None
        if with_expenses(project) and not self._has_expenses:
            self.missing["budgets_with_unknown_expenses"] += 1
            return None
        return spent.amount

    def serialize(self, one: Budget) -> dict[str, Any]:
        project, text = one.project, _writer(one)
        burn = None if one.burnt is None else one.burnt * 7 / BURN_DAYS
        out = one.runs_out
        return {
            "project_id": project.id,
            "project_name": project.name,
            "client_id": project.client_id,
            "client_name": project.client_name,
            "is_active": project.is_active,
            "budget_by": project.budget_by,
            "is_monthly": project.budget_is_monthly,
            "period": one.period,
            "unit": "money" if is_in_money(project) else "hours",
            "currency": project.currency if is_in_money(project) else None,
            "budget": text(one.budget),
            "spent": text(one.spent),
            "left": text(self._left(one)),
            "spent_share": _share(one.spent, one.budget),
            "burn_per_week": text(burn),
            "runs_out_on": None if out is None else date_of(out),
            "runs_out_within_period": None if out is None else _is_within(one, date_of(out), self.today),
            "harvest": self._checked(one),
            "entries": self._entries(one),
        }

    def _left(self, one: Budget) -> Fraction | None:
        """Of what is shown, so that spent and left add up to the budget."""
        if one.left is None or one.budget is None or one.spent is None:
            return None
        return rounded_amount(one.project, one.budget) - rounded_amount(one.project, one.spent)

    def _checked(self, one: Budget) -> dict[str, Any] | None:
        """What Harvest's own report said at the last check, and how far our sum then was from it."""
        row = self._checks.get(one.project.id)
        if row is None:
            return None
        text = _writer(one)
        ours, harvests = (None if value is None else Fraction(value) for value in (row.ours, row.harvests))
        return {
            "checked_at": row.checked_at,
            "spent": text(harvests),
            "difference": text(ours - harvests) if ours is not None and harvests is not None else None,
        }

    def _entries(self, one: Budget) -> str:
        first = self.today.replace(day=1) if one.project.budget_is_monthly else date(self.today.year - 9, 1, 1)
        days = {"from": first.isoformat(), "to": max(self.today, first).isoformat()}
        return "/insights/entries?" + urlencode({**days, "project_id": one.project.id, "is_budgeted": "true"})


_END = day_number(date(2200, 12, 31))


def _zone(mirror: Mirror) -> ZoneInfo:
    """The account's own; a month begins when it begins there."""
    found = next((row.timezone for _, row in decoded(mirror, "company", _Company)), "")
    return zone_named(found) if found else ZoneInfo("UTC")


def _writer(one: Budget) -> Any:
    """Money to the currency's minor unit, hours to millionths; each half up."""
    if is_in_money(one.project):
        return lambda amount: money_text(amount, one.project.currency)
    hours = HoursText()
    return lambda amount: None if amount is None else hours[half_up(amount.numerator * _MICROS, amount.denominator)]


def rounded_amount(project: Project, amount: Fraction) -> Fraction:
    """Half up to the last digit that is shown: the currency's minor unit, or millionths of an hour."""
    digits = 10 ** minor_units(project.currency) if is_in_money(project) else _MICROS
    return Fraction(half_up(amount.numerator * digits, amount.denominator), digits)


def _share(part: Fraction | None, whole: Fraction | None) -> str | None:
    if part is None or whole is None or whole <= 0:
        return None
    share = part / whole
    return ShareText()[share.numerator, share.denominator]


def _is_within(one: Budget, day: date, today: date) -> bool:
    """A monthly budget begins anew with the next month."""
    return not one.project.budget_is_monthly or (day.year, day.month) == (today.year, today.month)

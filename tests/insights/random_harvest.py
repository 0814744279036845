"""The sandbox's agency as nobody would have made it up: clients in currencies of 0, 2 and 3 decimals, every kind of
project, rates dated back, entries and expenses of any amount."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.rates import add_rate
from harvest_bridge.sandbox.records import Expense, Project, Rate, TimeEntry
from harvest_bridge.sandbox.testing import RunningSandbox

CURRENCIES = ("USD", "EUR", "JPY", "KRW", "KWD", "BHD")
FIRST, DAYS = date(2025, 12, 1), 365
_BUDGETS = ("project", "project_cost", "task", "task_fees", "person", "none")


class RandomHarvest:
    """`make` turns everything over; `change` is what people do afterwards, seen by a mirror only where they edit."""

    def __init__(self, sandbox: RunningSandbox, dice: random.Random) -> None:
        self.sandbox, self.dice = sandbox, dice

    @property
    def account(self) -> Account:
        return self.sandbox.account

    def make(self) -> None:
        with self.sandbox.world.lock:
            for client in self.account.clients:
                client.currency = self.dice.choice(CURRENCIES)
            for project in self.account.projects:
                self._project(project)
            self._terms()
            for entry in list(self.account.time_entries):
                self._entry(entry)
            for expense in self.account.expenses:
                self._expense(expense)
            self.account.company.rounding_minutes = self.dice.choice((0, 6, 15))

    def change(self) -> None:
        """Edited and deleted, projects moved to other clients, rates dated back, another rounding."""
        dice, account = self.dice, self.account
        with self.sandbox.world.lock:
            for entry in dice.sample(list(account.time_entries), 60):
                self._entry(entry)
            for entry in dice.sample(list(account.time_entries), 20):
                account.time_entries.remove(entry)
            for expense in dice.sample(list(account.expenses), 12):
                self._expense(expense)
            for project in dice.sample(list(account.projects), 4):
                self._project(project)
                project.client = dice.choice(list(account.clients))
            self._terms()
            account.company.rounding_minutes = dice.choice((0, 6, 15))

    def _project(self, project: Project) -> None:
        dice = self.dice
        project.bill_by = dice.choice(("Project", "Tasks", "People", "none"))
        project.hourly_rate = self._amount(30_000) if project.bill_by == "Project" else None
        project.is_billable, project.is_fixed_fee = dice.random() < 0.9, dice.random() < 0.3
        has_dates, starts = dice.random() < 0.8, FIRST + timedelta(days=dice.randrange(-100, 300))
        project.fee = self._amount(9_000_000) if project.is_fixed_fee and dice.random() < 0.9 else None
        project.starts_on = starts if has_dates else None
        project.ends_on = starts + timedelta(days=dice.randrange(0, 400)) if has_dates else None
        project.budget_by = dice.choice(_BUDGETS)
        project.budget = self._amount(40_000) if project.budget_by == "project" else None
        project.cost_budget = self._amount(9_000_000) if project.budget_by == "project_cost" else None
        project.budget_is_monthly = project.budget_by != "none" and dice.random() < 0.3
        project.cost_budget_include_expenses = dice.random() < 0.5
        project.updated_at = self.sandbox.world.clock.stamp()

    def _terms(self) -> None:
        """Rates of people from days long gone, rates and budgets of tasks and people on projects."""
        dice, stamp = self.dice, self.sandbox.world.clock.stamp()
        for user in self.account.users:
            for rates, kind in ((user.billable_rates, "billable_rates"), (user.cost_rates, "cost_rates")):
                day = FIRST + timedelta(days=dice.randrange(DAYS))
                starts = day if dice.random() < 0.8 else None
                given: dict[str, Any] = {"id": self._id(kind), "created_at": stamp, "updated_at": stamp}
                add_rate(rates, Rate(**given, amount=self._amount(20_000), start_date=starts))
        for pair in self.account.user_assignments:
            pair.use_default_rates, pair.updated_at = dice.random() < 0.6, stamp
            pair.hourly_rate, pair.budget = self._amount(20_000), self._maybe(20_000)
        for one in self.account.task_assignments:
            one.billable, one.updated_at = dice.random() < 0.8, stamp
            one.hourly_rate, one.budget = self._amount(20_000), self._maybe(20_000)

    def _entry(self, entry: TimeEntry) -> None:
        dice = self.dice
        entry.hours, entry.spent_date = self._amount(1200), self._day()
        entry.is_billed = dice.random() < 0.3
        entry.approval_status = dice.choice(("approved", "submitted", "unsubmitted"))
        entry.updated_at = self.sandbox.world.clock.stamp()
        self.account.time_entries.touch(entry)

    def _expense(self, expense: Expense) -> None:
        expense.total_cost, expense.spent_date = self._amount(50_000), self._day()
        expense.billable, expense.is_billed = self.dice.random() < 0.7, self.dice.random() < 0.3
        expense.updated_at = self.sandbox.world.clock.stamp()
        self.account.expenses.touch(expense)

    def _day(self) -> date:
        return FIRST + timedelta(days=self.dice.randrange(DAYS))

    def _amount(self, most_cents: int) -> Decimal:
        return Decimal(self.dice.randrange(1, most_cents)).scaleb(-2)

    def _maybe(self, most_cents: int) -> Decimal | None:
        return self._amount(most_cents) if self.dice.random() < 0.5 else None

    def _id(self, kind: str) -> int:
        return self.account.ids.next(kind)

"""Adds records to an account under seed, each created a little later than the one before."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import (
    Client,
    Company,
    Project,
    Rate,
    Role,
    Task,
    TaskAssignment,
    User,
    UserAssignment,
)
from harvest_bridge.sandbox.timezones import zone_for
from harvest_bridge.sandbox.world import World


class Builder:
    """Shape: `dice` is a random source of this account alone; `today` is the company's."""

    def __init__(self, world: World, *, account_id: int, company: Company, years_ago: int) -> None:
        self.world = world
        self.dice = random.Random(f"harvest-bridge-{account_id}")  # noqa: S311
        self.account = Account(id=account_id, name=company.name, product="harvest", company=company, ids=world.ids)
        world.accounts[account_id] = self.account
        self.today: date = world.clock.today(zone_for(company.timezone))
        self._moment = world.clock.stamp() - timedelta(days=365 * years_ago)

    def at(self, day: date) -> datetime:
        """Noon of a day, in UTC."""
        return datetime.combine(day, time(12, 0), UTC)

    def tick(self) -> datetime:
        self._moment += timedelta(minutes=7)
        return self._moment

    def base(self, kind: str) -> dict[str, Any]:
        moment = self.tick()
        return {"id": self.world.ids.next(kind), "created_at": moment, "updated_at": moment}

    def user(self, first_name: str, last_name: str, email: str, **fields: Any) -> User:
        user = User(
            **self.base("users"),
            first_name=first_name,
            last_name=last_name,
            email=email,
            **{"timezone": self.account.company.timezone, **fields},
        )
        user.avatar_url = f"https://cache.harvestapp.com/assets/profile_images/{user.first_name.lower()}.png?{user.id}"
        return self.account.users.add(user)

    def rates(self, user: User, billable: int | None, cost: int | None) -> None:
        for amount, rates, kind in (
            (billable, user.billable_rates, "billable_rates"),
            (cost, user.cost_rates, "cost_rates"),
        ):
            if amount is not None:
                rates.append(Rate(**self.base(kind), amount=Decimal(amount)))

    def role(self, name: str, users: list[User]) -> Role:
        return self.account.roles.add(Role(**self.base("roles"), name=name, users=users))

    def client(self, name: str, **fields: Any) -> Client:
        key = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
        fields = {"currency": self.account.company.currency, **fields}
        return self.account.clients.add(Client(**self.base("clients"), name=name, statement_key=key, **fields))

    def task(self, name: str, **fields: Any) -> Task:
        return self.account.tasks.add(Task(**self.base("tasks"), name=name, **fields))

    def project(self, client: Client, name: str, **fields: Any) -> Project:
        return self.account.projects.add(Project(**self.base("projects"), client=client, name=name, **fields))

    def assign_task(self, project: Project, task: Task, **fields: Any) -> TaskAssignment:
        fields = {"billable": task.billable_by_default, "hourly_rate": task.default_hourly_rate, **fields}
        pair = TaskAssignment(**self.base("task_assignments"), project=project, task=task, **fields)
        return self.account.task_assignments.add(pair)

    def assign_user(self, project: Project, user: User, **fields: Any) -> UserAssignment:
        pair = UserAssignment(**self.base("user_assignments"), project=project, user=user, **fields)
        return self.account.user_assignments.add(pair)

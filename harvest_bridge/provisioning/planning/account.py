"""What is read of a Harvest account to plan a deal: the truth as it is now, in as few calls as will do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestForbidden, HarvestNotFound
from harvest_bridge.provisioning.harvest_calls import HarvestCalls
from harvest_bridge.provisioning.models import AccountFacts

Json = dict[str, Any]

_FACTS_ARE_GOOD_FOR = timedelta(days=1)
FREE = "free"


@dataclass
class Account:
    """Records as Harvest sent them, archived ones too. `reads` are the paths that were asked for, in order.

    Shape: `projects` is None where nothing of the plan depends on it.
    """

    harvest: HarvestCalls
    facts: AccountFacts
    me: Json = field(default_factory=dict)
    clients: list[Json] = field(default_factory=list)
    tasks: list[Json] = field(default_factory=list)
    users: list[Json] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    _projects: list[Json] | None = None

    def listed(self, path: str, key: str, **filters: Any) -> list[Json]:
        """Read, and noted as a read of the plan."""
        query = "&".join(f"{name}={value}" for name, value in filters.items())
        self.reads.append(f"{path}?{query}" if query else path)
        return self.harvest.list(path, key, **filters)

    @property
    def projects(self) -> list[Json]:
        if self._projects is None:
            self._projects = self.listed("/v2/projects", "projects")
        return self._projects

    def user(self, user_id: int) -> Json | None:
        return next((user for user in self.users if user["id"] == user_id), None)


def read_account(harvest: HarvestCalls, *, wants_tasks: bool, wants_people: bool) -> Account:
    """Errors: those of `calls.send`; HarvestForbidden where the linker may not read what planning takes."""
    facts = known_facts(harvest.connection)
    reads = []
    if facts is None or facts.plan_type == FREE:  # of a free plan anew each time, for its limit
        facts, reads = read_facts(harvest), ["/v2/company"]
    account = Account(harvest, facts, reads=reads)
    account.clients = account.listed("/v2/clients", "clients")
    if wants_tasks:
        account.tasks = account.listed("/v2/tasks", "tasks")
    if wants_people:
        account.users = account.listed("/v2/users", "users")
    account.me = account.user(harvest.connection.harvest_user_id or 0) or _me(account)
    return account


def _me(account: Account) -> Json:
    account.reads.append("/v2/users/me")
    return account.harvest.get("/v2/users/me")


def known_facts(connection: Connection) -> AccountFacts | None:
    """As they were read last, or told when the account was linked."""
    row = AccountFacts.objects.filter(pk=connection.pk).first()
    if row is None and (connection.company or {}).get("plan_type"):
        told = {**connection.company, "read_at": connection.updated_at}
        row, _ = AccountFacts.objects.get_or_create(connection=connection, defaults=told)
    return row


def refresh_facts(harvest: HarvestCalls) -> None:
    """Once a day, for dry runs. Errors: those of `calls.send`."""
    row = known_facts(harvest.connection)
    if row is not None and row.read_at < timezone.now() - _FACTS_ARE_GOOD_FOR and row.plan_type != FREE:
        read_facts(harvest)


def read_facts(harvest: HarvestCalls) -> AccountFacts:
    """Of people who may not read the company, what is known already. Errors: others of `calls.send`."""
    try:
        company = harvest.get("/v2/company")
    except (HarvestForbidden, HarvestNotFound):
        company = {}
    sizes = {"base_uri": 255, "plan_type": 100, "currency": 10}
    told = {name: str(company[name])[:size] for name, size in sizes.items() if company.get(name)}
    defaults = {**told, "read_at": timezone.now()}
    row, _ = AccountFacts.objects.update_or_create(connection=harvest.connection, defaults=defaults)
    return row

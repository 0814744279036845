"""An account in which nothing is missing: at least three of everything, with and without what may be null."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.people import identify
from harvest_bridge.sandbox.records import Company, Contact, Rate
from harvest_bridge.sandbox.seed.agency import AGENCY_ID
from harvest_bridge.sandbox.seed.builder import Builder
from harvest_bridge.sandbox.world import World
from tests.sandbox.conformance.full_billing import add_estimates, add_invoices, add_item_categories
from tests.sandbox.conformance.full_tracking import add_expenses, add_time

Ids = dict[str, int]
DAY = date(2026, 11, 2)

# Of the projects A, B and C; C has nothing that it need not have.
PROJECTS: tuple[dict[str, Any], ...] = (
    {
        "code": "A",
        "bill_by": "Project",
        "hourly_rate": Decimal(100),
        "budget_by": "project",
        "budget": Decimal(80),
        "over_budget_notification_date": DAY,
        "notes": "Phase 1",
        "starts_on": DAY,
        "ends_on": DAY,
        "show_budget_to_all": True,
    },
    {"is_fixed_fee": True, "fee": Decimal(5000), "budget_by": "project_cost", "cost_budget": Decimal(9000)},
    {},
)


@dataclass(slots=True)
class FullAccount:
    """A seed for `World.reset`.

    Shape: by the name of an id in a path, `ids` has a record to read and change, `spare` one that may be deleted. The
    same at every reset.
    """

    ids: Ids = field(default_factory=dict)
    spare: Ids = field(default_factory=dict)

    def __call__(self, world: World) -> None:
        self.ids, self.spare = {}, {}
        company = Company(base_uri="https://full.harvestapp.com", full_domain="full.harvestapp.com", name="Full")
        build = Builder(world, account_id=AGENCY_ID, company=company, years_ago=1)
        add_people(build, self.ids, self.spare)
        add_work(build, self.ids, self.spare)
        add_assignments(build, self.ids, self.spare)
        add_item_categories(build, self.ids, self.spare)
        add_estimates(build, self.ids)
        add_invoices(build, self.ids)
        add_time(build, self.ids)
        add_expenses(build, self.ids, self.spare)


def add_people(build: Builder, ids: Ids, spare: Ids) -> None:
    """Alice is the administrator, Bruno a manager, the others members; Elif has no rates, Gwen has no time either."""
    names = ("Alice", "Bruno", "Carmen", "Dev", "Elif", "Gwen")
    alice, bruno, *members = people = [build.user(name, "Full", f"{name.lower()}@full.example") for name in names]
    alice.access_roles, bruno.access_roles = ["administrator"], ["manager", "people_manager"]
    bruno.teammates = members[:3]
    for user in people:
        identify(build.world, build.account, user)
    for user in people[:4]:
        build.rates(user, 100, 50)
    for year in (2024, 2025):
        for rates, kind in ((bruno.billable_rates, "billable_rates"), (bruno.cost_rates, "cost_rates")):
            rates.append(Rate(**build.base(kind), amount=Decimal(year), start_date=date(year, 1, 1)))
    roles = [build.role(name, members) for name in ("Design", "Research", "Strategy")]
    ids.update(me=alice.id, userId=bruno.id, memberId=members[0].id, roleId=roles[0].id)
    ids.update(billableRateId=bruno.billable_rates[0].id, costRateId=bruno.cost_rates[0].id)
    spare.update(userId=members[-1].id, roleId=roles[1].id)


def add_work(build: Builder, ids: Ids, spare: Ids) -> None:
    """Three clients with a contact and a project each, three tasks; and one more of everything, for no use."""
    clients = [build.client(name, address=address) for name, address in (("A", "1 Way"), ("B", None), ("C", None))]
    contacts = [add_contact(build, client) for client in clients]
    contacts[0].title = "Dr"
    projects = [build.project(client, client.name, **more) for client, more in zip(clients, PROJECTS, strict=True)]
    tasks = [build.task(name, default_hourly_rate=Decimal(80) if name == "X" else None) for name in "XYZ"]
    ids.update(clientId=clients[0].id, contactId=contacts[0].id, projectId=projects[0].id, taskId=tasks[0].id)
    spare.update(clientId=build.client("Spare").id, contactId=contacts[1].id, taskId=build.task("Spare").id)


def add_contact(build: Builder, client: Any) -> Contact:
    contact = Contact(**build.base("contacts"), client=client, first_name="Ann", last_name="Orr", email="ann@a.example")
    return build.account.contacts.add(contact)


def add_assignments(build: Builder, ids: Ids, spare: Ids) -> None:
    """Everybody but Gwen, and every task but the spare one, is on every project; budgets are given on A only."""
    people = [user for user in build.account.users if user.first_name != "Gwen"]
    for project in build.account.projects:
        budget = Decimal(10) if project.name == "A" else None
        tasks = [build.assign_task(project, task, budget=budget) for task in build.account.tasks if task.name != "Spare"]
        pairs = [build.assign_user(project, user, budget=budget) for user in people]
        for pair in pairs:
            pair.use_default_rates = project.name != "B"
            pair.hourly_rate = None
        if project.name == "A":
            ids.update(userAssignmentId=pairs[1].id, taskAssignmentId=tasks[0].id)
            spare.update(userAssignmentId=pairs[-1].id, taskAssignmentId=tasks[1].id)

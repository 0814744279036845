"""Fennel & Finch, a design and software agency of twelve that tracks durations."""

from __future__ import annotations

from decimal import Decimal

from harvest_bridge.sandbox.people import identify
from harvest_bridge.sandbox.records import Company, Task, User
from harvest_bridge.sandbox.seed.builder import Builder
from harvest_bridge.sandbox.seed.crowd import add_crowd
from harvest_bridge.sandbox.seed.days import seed_days
from harvest_bridge.sandbox.seed.money import seed_money
from harvest_bridge.sandbox.world import World

AGENCY_ID = 1_408_215
EASTERN = "Eastern Time (US & Canada)"
MANAGER = [
    "manager",
    "project_creator",
    "billable_rates_manager",
    "time_and_expenses_manager",
    "client_and_task_manager",
    "people_manager",
]

# first name, last name, label, time zone, billable rate, cost rate, contractor
PEOPLE = (
    ("Alice", "Okafor", "Management", EASTERN, 180, 90, False),
    ("Bruno", "Keller", "Project management", "Berlin", 150, 72, False),
    ("Carmen", "Ruiz", "Design", EASTERN, 120, 58, False),
    ("Dev", "Patel", "Development", "Chennai", 130, 55, False),
    ("Elif", "Yıldız", "Development", "Istanbul", 130, 56, False),
    ("Finn", "Larsen", "Design", "Copenhagen", 115, 54, False),
    ("Grace", "Mbeki", "Strategy", "Pretoria", 140, 65, False),
    ("Hana", "Sato", "Development", "Tokyo", 130, 60, False),
    ("Ivan", "Petrov", "Development", "Sofia", 110, 70, True),
    ("Julia", "Nováková", "Design", "Prague", 105, 66, True),
    ("Kwame", "Mensah", "Content", "London", 95, 52, True),
    ("Laura", "Bianchi", "Strategy", "Rome", 125, 57, False),
)

TASKS = (
    ("Design", True, 120),
    ("Development", True, 130),
    ("Project Management", True, 150),
    ("Research", True, 110),
    ("Content", True, 95),
    ("Quality Assurance", True, 100),
    ("Internal Meetings", False, None),
    ("Business Development", False, None),
)

CLIENTS = (
    ("Northwind Outdoor", "USD", "1200 Pearl Street\nBoulder, CO 80302"),
    ("Meridian Health", "USD", "88 Harbor Avenue\nBoston, MA 02110"),
    ("Atelier Lumière", "EUR", "14 rue des Tanneurs\n75003 Paris"),
    ("Thistle & Oak", "GBP", "5 Canongate\nEdinburgh EH8 8BX"),
    ("Kite Airways", "USD", None),
    ("Fennel & Finch", "USD", None),
)

# client, name, code, bill by, rate of the project, budget by, budget, active
PROJECTS = (
    (0, "Online Store", "NW-STORE", "Project", 140, "project", 1200, True),
    (0, "Trail Finder App", "NW-TRAIL", "People", None, "project_cost", 90000, True),
    (0, "Autumn Campaign", "NW-AUT", "Tasks", None, "none", None, False),
    (1, "Patient Portal", "MH-PORTAL", "People", None, "task", 300, True),
    (1, "Design System", "MH-DS", "Project", 135, "project", 800, True),
    (1, "Accessibility Audit", "MH-A11Y", "Tasks", None, "project", 160, True),
    (2, "Brand Refresh", "AL-BRAND", "Project", 125, "project_cost", 40000, True),
    (2, "Lookbook", "AL-LOOK", "none", None, "none", None, True),
    (3, "Booking Engine", "TO-BOOK", "People", None, "person", 120, True),
    (3, "Care Plan", "TO-CARE", "Tasks", None, "project", 20, True),
    (4, "Crew Roster", "KA-CREW", "Project", 150, "project", 1500, True),
    (4, "Check-in Kiosk", "KA-KIOSK", "People", None, "none", None, True),
    (4, "Loyalty Relaunch", "KA-LOYAL", "Tasks", None, "task_fees", 15000, True),
    (5, "Studio Operations", "FF-OPS", "none", None, "none", None, True),
    (5, "New Business", "FF-BIZ", "none", None, "none", None, True),
)


def seed_agency(world: World, *, entries: int) -> None:
    company = Company(
        base_uri="https://fennelfinch.harvestapp.com",
        full_domain="fennelfinch.harvestapp.com",
        name="Fennel & Finch",
        timezone=EASTERN,
    )
    build = Builder(world, account_id=AGENCY_ID, company=company, years_ago=2)
    _projects(build, _people(build), _tasks(build))
    add_crowd(build, entries=entries)
    seed_days(build, entries=entries)
    seed_money(build)


def _people(build: Builder) -> list[User]:
    people = []
    for first_name, last_name, _, timezone, billable, cost, is_contractor in PEOPLE:
        email = f"{first_name.lower()}@fennelfinch.example"
        user = build.user(first_name, last_name, email, timezone=timezone, is_contractor=is_contractor)
        build.rates(user, billable, cost)
        identify(build.world, build.account, user)
        people.append(user)
    alice, bruno = people[0], people[1]
    alice.access_roles = ["administrator"]
    bruno.access_roles = list(MANAGER)
    people[-1].is_active = False
    bruno.teammates = [people[2], people[3], people[5]]
    for label in dict.fromkeys(row[2] for row in PEOPLE):
        build.role(label, [user for user, row in zip(people, PEOPLE, strict=True) if row[2] == label])
    return people


def _tasks(build: Builder) -> list[Task]:
    return [
        build.task(
            name,
            billable_by_default=is_billable,
            default_hourly_rate=None if rate is None else Decimal(rate),
            is_default=name in ("Design", "Development", "Project Management"),
        )
        for name, is_billable, rate in TASKS
    ]


def _projects(build: Builder, people: list[User], tasks: list[Task]) -> None:
    clients = [build.client(name, currency=currency, address=address) for name, currency, address in CLIENTS]
    for number, (client, name, code, bill_by, rate, budget_by, budget, is_active) in enumerate(PROJECTS):
        is_money = budget_by == "project_cost"
        is_own = clients[client].name == build.account.company.name
        project = build.project(
            clients[client],
            name,
            code=code,
            bill_by=bill_by,
            is_billable=bill_by != "none",
            hourly_rate=None if rate is None else Decimal(rate),
            budget_by=budget_by,
            budget=Decimal(budget) if budget and budget_by == "project" else None,
            cost_budget=Decimal(budget) if budget and is_money else None,
            budget_is_monthly=code == "TO-CARE",
            show_budget_to_all=budget_by == "project",
            is_active=is_active,
        )
        for task in tasks[6:] + tasks[:1] if is_own else tasks[:6] if number % 2 else tasks[:5]:
            build.assign_task(
                project, task, budget=Decimal(budget) if budget and budget_by in ("task", "task_fees") else None
            )
        for user in people if is_own else _team(people, number):
            build.assign_user(
                project,
                user,
                is_project_manager=user is people[0] or (user is people[1] and number % 3 == 0),
                budget=Decimal(budget) if budget and budget_by == "person" else None,
            )


def _team(people: list[User], number: int) -> list[User]:
    """The two leads, and about half of the others, shifting from project to project."""
    return people[:2] + [
        user for place, user in enumerate(people[2:]) if (place + number) % 2 == 0 or place % 5 == number % 5
    ]

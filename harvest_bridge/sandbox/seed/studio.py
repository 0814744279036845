"""Alice's second account, a studio of two that tracks start and end times; and her Forecast account."""

from __future__ import annotations

from decimal import Decimal

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.people import identify
from harvest_bridge.sandbox.records import Company
from harvest_bridge.sandbox.seed.builder import Builder
from harvest_bridge.sandbox.world import World

STUDIO_ID = 1_530_977
FORECAST_ID = 987_321


def seed_studio(world: World) -> None:
    company = Company(
        base_uri="https://okaforstudio.harvestapp.com",
        full_domain="okaforstudio.harvestapp.com",
        name="Okafor Studio",
        wants_timestamp_timers=True,
        clock="12h",
        week_start_day="Sunday",
        date_format="%m/%d/%Y",
        plan_type="free",
    )
    build = Builder(world, account_id=STUDIO_ID, company=company, years_ago=1)
    alice = build.user("Alice", "Okafor", "alice@fennelfinch.example", access_roles=["administrator"])
    mona = build.user("Mona", "Okafor", "mona@okaforstudio.example")
    build.rates(alice, 90, None)
    tasks = [build.task("Painting", default_hourly_rate=Decimal(80)), build.task("Framing")]
    project = build.project(build.client("Corner Gallery"), "Winter Show", code="WS", bill_by="Tasks")
    for task in tasks:
        build.assign_task(project, task)
    for user in (alice, mona):
        identify(world, build.account, user)
        build.assign_user(project, user, is_project_manager=user is alice)


def seed_forecast(world: World) -> None:
    """A name only: Forecast's API is another host's, and a token may cover it (REFERENCE §1, §2.6)."""
    company = Company(base_uri="https://forecastapp.com", full_domain="forecastapp.com", name="Fennel & Finch")
    account = Account(
        id=FORECAST_ID, name="Fennel & Finch Planning", product="forecast", company=company, ids=world.ids
    )
    world.accounts[account.id] = account
    for identity in list(world.identities.values())[:2]:
        identity.users[FORECAST_ID] = None

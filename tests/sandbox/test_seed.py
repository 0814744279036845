"""The agency is believable, and the same again for the same day."""

from __future__ import annotations

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.seed.agency import AGENCY_ID
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.sandbox.world import World

NOON = 1_795_500_000.0


def agency_entries(entries: int = 9000) -> list[TimeEntry]:
    return World(seed_of(entries), clock=Clock(lambda: NOON)).accounts[AGENCY_ID].time_entries.rows()


def picture(entry: TimeEntry) -> tuple[object, ...]:
    return (entry.id, entry.spent_date, entry.user.id, entry.project.name, entry.task.name, entry.hours, entry.notes)


def test_the_agency_has_twelve_people_six_clients_fifteen_projects(harvest: RunningSandbox) -> None:
    account = harvest.account
    assert (len(account.users), len(account.clients), len(account.projects)) == (12, 6, 15)
    assert sum(user.is_contractor for user in account.users) == 3
    assert [user.first_name for user in account.users if not user.is_active] == ["Laura"]


def test_a_year_of_workdays_is_logged() -> None:
    entries = agency_entries()
    days = {entry.spent_date for entry in entries}
    assert len(days) > 255
    assert all(day.weekday() < 5 for day in days)
    assert 8000 < len(entries) < 10_000


def test_the_same_day_gives_the_same_world() -> None:
    assert list(map(picture, agency_entries())) == list(map(picture, agency_entries()))


def test_nobody_logs_after_leaving() -> None:
    entries = agency_entries()
    last = {entry.user.first_name: max(e.spent_date for e in entries if e.user is entry.user) for entry in entries}
    assert last["Laura"] < min(day for name, day in last.items() if name != "Laura")


def test_ids_of_different_accounts_never_meet(harvest: RunningSandbox) -> None:
    for table in ("users", "projects", "tasks", "clients"):
        agency, studio = (getattr(one, table) for one in (harvest.account, harvest.studio))
        assert not {one.id for one in agency} & {one.id for one in studio}

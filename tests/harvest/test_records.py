"""Reading Harvest's JSON: the real thing, what is missing from it, and what contradicts it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from harvest_bridge.harvest.answers import decoded
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import list_time_entries
from harvest_bridge.harvest.pages import Position
from harvest_bridge.harvest.records import (
    Company,
    ExternalReference,
    ProjectAssignment,
    TimeEntry,
    TokenGrant,
    User,
)
from tests.harvest.recorded import recorded

RUNNING = {
    "id": 662202797123,
    "spent_date": "2026-01-05",
    "hours": 1.1,
    "hours_without_timer": 0.25,
    "timer_started_at": "2026-01-05T13:00:00Z",
    "is_running": True,
}


def test_a_recorded_person_is_read_whole() -> None:
    person = User.from_harvest(decoded(recorded("Client_me")))
    assert (person.id, person.full_name, person.email) == (
        2516167,
        "Aaron Burr",
        "scott+harvested-employee@corgibytes.com",
    )
    assert person.created_at is not None
    assert person.created_at.tzinfo is UTC


def test_a_recorded_page_of_entries_is_read_whole() -> None:
    page = list_time_entries().read(decoded(recorded("Client_time_entries--when_account_has_entries_returns")))
    assert (len(page.items), page.total, page.per_page) == (100, 119, 100)
    assert (page.previous, page.next) == (None, Position("page", "2"))
    first = page.items[0]
    assert (first.id, first.spent_date, first.hours) == (933384584, date(2019, 1, 24), Decimal(6))
    assert first.project is not None
    assert (first.project.name, first.project.code, first.external_reference) == ("Castle Building", "", None)


def test_a_recorded_new_entry_is_read_whole() -> None:
    entry = TimeEntry.from_harvest(decoded(recorded("Models_TimeEntry_create")))
    assert entry.id == 933385752


@pytest.mark.parametrize(
    ("number", "hours"), [(0.25, "0.25"), (1.1, "1.1"), (0.07, "0.07"), (8, "8"), ("2.30", "2.30"), (2.675, "2.675")]
)
def test_hours_are_exact(number: Any, hours: str) -> None:
    assert TimeEntry.from_harvest(RUNNING | {"hours": number}).hours == Decimal(hours)


@pytest.mark.parametrize(
    "text", ["2026-01-05T13:00:00Z", "2026-01-05T14:00:00+01:00", "2026-01-05T13:00:00", "2026-01-05T13:00:00.000Z"]
)
def test_moments_are_aware_and_in_utc(text: str) -> None:
    started_at = TimeEntry.from_harvest(RUNNING | {"timer_started_at": text}).timer_started_at
    assert started_at == datetime(2026, 1, 5, 13, tzinfo=UTC)
    assert started_at.tzinfo is UTC


def test_what_is_missing_null_or_unknown_does_no_harm() -> None:
    bare = User.from_harvest({"id": 1})
    nulls = User.from_harvest(
        {"id": 1, "email": None, "roles": None, "default_hourly_rate": None, "created_at": None, "shoe_size": 44}
    )
    assert (bare.email, bare.roles, bare.default_hourly_rate, bare.created_at) == ("", (), None, None)
    assert (nulls.email, nulls.roles, nulls.default_hourly_rate, nulls.created_at) == ("", (), None, None)


def test_numbers_and_flags_may_come_as_text() -> None:
    entry = TimeEntry.from_harvest(RUNNING | {"id": "5", "hours": "1.50", "is_running": "true"})
    assert (entry.id, entry.hours, entry.is_running) == (5, Decimal("1.5"), True)


def test_only_active_tasks_are_offered() -> None:
    tasks = [
        {"id": 1, "is_active": True, "task": {"id": 11, "name": "Code"}},
        {"id": 2, "is_active": False, "task": {"id": 12, "name": "Old"}},
    ]
    assignment = ProjectAssignment.from_harvest(
        {"id": 9, "project": {"id": 3, "name": "P", "code": None}, "client": {"id": 4}, "task_assignments": tasks}
    )
    assert [one.task.name for one in assignment.active_tasks if one.task] == ["Code"]


def test_a_reference_is_read_whole_and_written_in_part() -> None:
    reference = ExternalReference.from_harvest(
        {"id": "t-1", "group_id": "b-1", "account_id": None, "permalink": "https://x.example/1", "service": "x.example"}
    )
    assert reference.service == "x.example"
    assert reference.to_harvest() == {"id": "t-1", "group_id": "b-1", "permalink": "https://x.example/1"}


def test_a_company_may_keep_its_mode_to_itself() -> None:
    assert Company.from_harvest({"name": "Fennel"}).wants_timestamp_timers is False


@pytest.mark.parametrize(
    "data",
    [None, [], "x", 5, {}, {"id": None}, {"id": "x"}, RUNNING | {"hours": "many"}, RUNNING | {"spent_date": "?"}],
)
def test_what_contradicts_the_types_is_malformed(data: Any) -> None:
    with pytest.raises(HarvestMalformed):
        TimeEntry.from_harvest(data)


def test_an_unreadable_token_grant_repeats_no_token() -> None:
    with pytest.raises(HarvestMalformed) as failed:
        TokenGrant.from_harvest({"access_token": "secret-access", "expires_in": "secret-too"})
    assert "secret" not in str(failed.value)
    assert "secret" not in repr(TokenGrant(access_token="secret-access", refresh_token="secret-refresh"))

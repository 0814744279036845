"""When a timer counts as forgotten, as tables: work days, night shifts, weekends, zones, daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from timer_widget.forgotten.rules import Rules, due, likely_stop, work_time
from timer_widget.guard_models import Reason, Weekend

BERLIN, SYDNEY, NEW_YORK = (ZoneInfo(name) for name in ("Europe/Berlin", "Australia/Sydney", "America/New_York"))
OFFICE = Rules(longest_run=timedelta(hours=10), day_starts=time(8), day_ends=time(18), weekend=Weekend.SATURDAY_SUNDAY)
DAY_ALONE = Rules(day_starts=time(8), day_ends=time(18), weekend=Weekend.SATURDAY_SUNDAY)
NIGHT = Rules(day_starts=time(22), day_ends=time(6), weekend=Weekend.SATURDAY_SUNDAY)
GULF = Rules(weekend=Weekend.FRIDAY_SATURDAY)


def at(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("rules", "began", "found", "reason"),
    [
        pytest.param(OFFICE, "2026-11-24 07:00", "2026-11-24 17:00", Reason.LONGEST_RUN, id="a long day"),
        pytest.param(OFFICE, "2026-11-24 09:00", "2026-11-24 18:00", Reason.WORK_DAY, id="the end of the work day"),
        pytest.param(OFFICE, "2026-11-24 18:00", "2026-11-25 04:00", Reason.LONGEST_RUN, id="an evening's work"),
        pytest.param(DAY_ALONE, "2026-11-24 19:00", "2026-11-25 18:00", Reason.WORK_DAY, id="the next day's end"),
        pytest.param(DAY_ALONE, "2026-11-27 19:00", "2026-11-28 00:00", Reason.WEEKEND, id="into the weekend"),
        pytest.param(DAY_ALONE, "2026-11-28 09:00", "2026-11-30 18:00", Reason.WORK_DAY, id="begun on a day off"),
        pytest.param(NIGHT, "2026-11-24 23:00", "2026-11-25 06:00", Reason.WORK_DAY, id="a night shift"),
        pytest.param(NIGHT, "2026-11-25 01:00", "2026-11-25 06:00", Reason.WORK_DAY, id="a night shift after midnight"),
        pytest.param(NIGHT, "2026-11-27 23:00", "2026-11-28 06:00", Reason.WORK_DAY, id="a night into the weekend"),
        pytest.param(GULF, "2026-11-26 20:00", "2026-11-27 00:00", Reason.WEEKEND, id="a Friday off"),
        # Clocks of Berlin go back at 3:00 on October 25, 2026, a Sunday, and forward at 2:00 on March 29.
        pytest.param(
            Rules(longest_run=timedelta(hours=10)),
            "2026-10-24 22:00",
            "2026-10-25 07:00",
            Reason.LONGEST_RUN,
            id="ten hours across the hour that comes twice",
        ),
        pytest.param(
            Rules(day_starts=time(22), day_ends=time(6)),
            "2026-03-28 23:00",
            "2026-03-29 06:00",
            Reason.WORK_DAY,
            id="a night across the hour that is left out",
        ),
        pytest.param(
            Rules(day_starts=time(20), day_ends=time(2, 30)),
            "2026-03-28 23:00",
            "2026-03-29 03:30",
            Reason.WORK_DAY,
            id="an end in the hour that is left out",
        ),
    ],
)
def test_a_run_is_due_by_the_first_rule_on_its_owners_clock(
    rules: Rules, began: str, found: str, reason: Reason
) -> None:
    said = due(rules, at(began, BERLIN), BERLIN)
    assert said is not None
    assert (said.at, said.reason) == (at(found, BERLIN), reason)


@pytest.mark.parametrize("zone", [BERLIN, SYDNEY, NEW_YORK], ids=str)
def test_the_end_of_the_work_day_is_that_of_the_owners_zone(zone: ZoneInfo) -> None:
    said = due(OFFICE, at("2026-11-24 12:00", zone), zone)
    assert said is not None
    assert said.at == at("2026-11-24 18:00", zone)


@pytest.mark.parametrize(
    "rules", [Rules(), Rules(is_on=False, longest_run=timedelta(hours=1))], ids=["no rule", "not looked for"]
)
def test_without_a_rule_nothing_is_forgotten(rules: Rules) -> None:
    assert due(rules, at("2026-11-24 12:00", BERLIN), BERLIN) is None


NINE = at("2026-11-24 09:00", BERLIN)
NOW = NINE + timedelta(hours=12)


@pytest.mark.parametrize(
    ("signs", "ended"),
    [
        pytest.param([NINE + timedelta(hours=2), NINE + timedelta(hours=5)], NINE + timedelta(hours=5), id="the last"),
        pytest.param([NINE - timedelta(hours=1), None], NINE, id="none since the beginning"),
        pytest.param([NOW + timedelta(minutes=1)], NINE, id="none from the future"),
    ],
)
def test_the_likely_end_is_the_last_sign_of_the_person(signs: list[datetime | None], ended: datetime) -> None:
    assert likely_stop(NINE, NOW, signs) == ended


@pytest.mark.parametrize(
    ("rules", "now", "begins", "ends"),
    [
        pytest.param(OFFICE, "2026-11-24 12:00", "2026-11-24 08:00", "2026-11-24 18:00", id="within the day"),
        pytest.param(OFFICE, "2026-11-27 19:00", "2026-11-30 08:00", "2026-11-30 18:00", id="over the weekend"),
        pytest.param(NIGHT, "2026-11-25 03:00", "2026-11-24 22:00", "2026-11-25 06:00", id="within the night"),
        pytest.param(Rules(), "2026-11-24 12:00", "2026-11-24 00:00", "2026-11-25 00:00", id="no work day"),
    ],
)
def test_people_are_reminded_within_their_work_day(rules: Rules, now: str, begins: str, ends: str) -> None:
    assert work_time(rules, at(now, BERLIN), BERLIN) == (at(begins, BERLIN), at(ends, BERLIN))

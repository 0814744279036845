"""When work began and ended, as tables: midnight, zones, daylight saving, wrong clocks, pages frozen for a night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from timer_widget.account_mode import Mode
from timer_widget.clicks.work_times import (
    StopAction,
    day_of,
    end_of_start,
    end_on_clock,
    finished_fields,
    fits_a_clock,
    hours_between,
    is_late,
    moment_of,
    noted_offset,
    shortened_hours,
    stop_action,
    wall_time,
)

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTES = {name: NINE + timedelta(minutes=name) for name in range(-60, 900, 5)}


@pytest.mark.parametrize(
    ("clicked", "received", "moment", "noted"),
    [
        pytest.param(NINE, NINE + timedelta(seconds=1), NINE, None, id="in time"),
        pytest.param(NINE, NINE + timedelta(hours=9), NINE, None, id="a page frozen for a night"),
        pytest.param(NINE + timedelta(seconds=90), NINE, NINE, None, id="a clock a little ahead"),
        pytest.param(NINE + timedelta(hours=5), NINE, NINE, 18_000.0, id="a clock that is hours ahead"),
    ],
)
def test_nobody_clicks_in_the_future(
    clicked: datetime, received: datetime, moment: datetime, noted: float | None
) -> None:
    assert moment_of(clicked, received) == moment
    assert noted_offset(clicked, received, None) == noted


@pytest.mark.parametrize(("said", "noted"), [(None, None), (119.0, None), (-121.0, -121.0), (7200.0, 7200.0)])
def test_a_clock_that_was_corrected_by_more_than_two_minutes_is_noted(said: float | None, noted: float | None) -> None:
    assert noted_offset(NINE, NINE, said) == noted


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (9, False), (11, True), (9 * 3600, True)])
def test_a_click_is_late_once_harvests_own_clock_would_be_wrong(seconds: int, late: bool) -> None:
    assert is_late(NINE, NINE + timedelta(seconds=seconds)) is late


@pytest.mark.parametrize(
    ("stops", "starts", "ended"),
    [
        ([], [], None),
        ([30], [], 30),
        ([], [45], 45),
        ([30], [45], 30),
        ([45], [30], 30),
        ([60, 30], [], 30),
        ([], [-5], None),
        ([-5], [], 0),
    ],
)
def test_a_start_ends_with_its_first_stop_or_where_the_next_timer_began(
    stops: list[int], starts: list[int], ended: int | None
) -> None:
    found = end_of_start(NINE, stops=[MINUTES[each] for each in stops], starts=[MINUTES[each] for each in starts])
    assert found == (None if ended is None else MINUTES[ended])


@pytest.mark.parametrize(
    ("run", "named", "moment", "now", "action"),
    [
        pytest.param(0, [0], 30, 30, StopAction.STOP_NOW, id="in time"),
        pytest.param(0, [0], 30, 90, StopAction.STOP_AT_CLICK, id="late"),
        pytest.param(60, [0], 30, 90, StopAction.LEAVE, id="the run that it meant is over"),
        pytest.param(60, [0], 90, 90, StopAction.LEAVE, id="a page that still shows the run before"),
        pytest.param(60, [0, 60], 90, 90, StopAction.STOP_NOW, id="its start was moved here"),
        pytest.param(60, [], 30, 90, StopAction.LEAVE, id="a timer that began after the click"),
        pytest.param(0, [], 30, 90, StopAction.STOP_AT_CLICK, id="an old client that names no start"),
        pytest.param(5, [5], 0, 0, StopAction.STOP_NOW, id="Harvest's clock is ahead of ours"),
    ],
)
def test_a_stop_means_one_start_and_no_other_timer(
    run: int, named: list[int], moment: int, now: int, action: StopAction
) -> None:
    found = stop_action(
        run_started_at=MINUTES[run], named=[MINUTES[each] for each in named], moment=MINUTES[moment], now=MINUTES[now]
    )
    assert found == action


@pytest.mark.parametrize(
    ("seconds", "before", "hours"),
    [(0, "0", "0.01"), (17, "0", "0.01"), (3600, "0", "1.00"), (5400, "1.25", "2.75"), (-60, "0.5", "0.50")],
)
def test_hours_of_a_run_with_those_from_before_it(seconds: int, before: str, hours: str) -> None:
    assert hours_between(NINE, NINE + timedelta(seconds=seconds), before=Decimal(before)) == Decimal(hours)


@pytest.mark.parametrize(("minutes", "hours"), [(30, "1.50"), (120, "0.01"), (600, "0.01")])
def test_an_earlier_end_takes_the_time_after_it_away(minutes: int, hours: str) -> None:
    ended_at = NINE + timedelta(hours=2)
    assert shortened_hours(Decimal(2), ended_at=ended_at, moment=ended_at - timedelta(minutes=minutes)) == Decimal(
        hours
    )


ZONES = [
    pytest.param("UTC", "2026-11-24T23:50:00Z", "2026-11-24", "23:50", id="before midnight"),
    pytest.param("Europe/Berlin", "2026-11-24T23:50:00Z", "2026-11-25", "00:50", id="after it, in the owner's zone"),
    pytest.param("America/Los_Angeles", "2026-11-24T03:10:00Z", "2026-11-23", "19:10", id="the day before"),
    pytest.param("Asia/Kathmandu", "2026-11-24T18:20:59Z", "2026-11-25", "00:05", id="quarters of an hour"),
    pytest.param("Europe/Berlin", "2026-03-29T00:59:00Z", "2026-03-29", "01:59", id="before the clock jumps on"),
    pytest.param("Europe/Berlin", "2026-03-29T01:01:00Z", "2026-03-29", "03:01", id="after it jumped on"),
    pytest.param("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25", "02:30", id="first time round"),
    pytest.param("Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25", "02:30", id="second time round"),
]


@pytest.mark.parametrize(("zone", "moment", "day", "clock"), ZONES)
def test_a_click_is_on_the_owners_day_and_clock(zone: str, moment: str, day: str, clock: str) -> None:
    at = datetime.fromisoformat(moment)
    assert (day_of(at, ZoneInfo(zone)).isoformat(), f"{wall_time(at, ZoneInfo(zone)):%H:%M}") == (day, clock)


@pytest.mark.parametrize(
    ("zone", "began", "ended", "hours", "clock"),
    [
        ("UTC", "2026-11-24T23:50:00Z", "2026-11-25T00:20:00Z", "0.50", ("23:50", "00:20")),
        ("Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "1.00", ("01:30", "03:30")),
        ("Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z", "2.00", ("02:30", "03:30")),
    ],
)
def test_a_run_that_is_over_is_true_hours_or_what_the_clock_showed(
    zone: str, began: str, ended: str, hours: str, clock: tuple[str, str]
) -> None:
    span = (datetime.fromisoformat(began), datetime.fromisoformat(ended), ZoneInfo(zone))
    assert finished_fields(Mode.HOURS, *span) == {"hours": Decimal(hours)}
    kept = finished_fields(Mode.CLOCK, *span)
    assert tuple(f"{each:%H:%M}" for each in kept.values()) == clock
    assert set(finished_fields(Mode.UNKNOWN, *span)) == {"hours", "started_time", "ended_time"}


def test_a_clock_tells_no_whole_days() -> None:
    assert fits_a_clock(NINE, NINE + timedelta(hours=23, minutes=59))
    assert not fits_a_clock(NINE, NINE + timedelta(hours=24))


@pytest.mark.parametrize(
    ("started", "ended", "moment"),
    [
        ("09:00", "10:30", "2026-11-24T10:30"),
        ("23:50", "00:20", "2026-11-25T00:20"),
        (None, "08:00", "2026-11-24T08:00"),
    ],
)
def test_an_end_before_the_start_lies_on_the_next_day(started: str | None, ended: str, moment: str) -> None:
    begun = time.fromisoformat(started) if started else None
    found = end_on_clock(date(2026, 11, 24), begun, time.fromisoformat(ended), ZoneInfo("UTC"))
    assert found == datetime.fromisoformat(f"{moment}+00:00")


@pytest.mark.parametrize("near", ["2026-11-01T05:44:00+00:00", "2026-11-01T06:44:00+00:00"])
def test_a_time_that_comes_twice_is_the_one_that_lies_nearer(near: str) -> None:
    """New York puts its clocks back at two in the morning."""
    moment = datetime.fromisoformat(near)
    zone = ZoneInfo("America/New_York")
    assert end_on_clock(date(2026, 11, 1), time(1, 11), time(1, 44), zone, near=moment) == moment

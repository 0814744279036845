"""When it is tried again: whatever chance says, the times stay within what docs/webhooks.md promises."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from harvest_bridge.webhooks.delivery.pace import MOST_IN_FLIGHT, Pace
from harvest_bridge.webhooks.delivery.sending import retry_after
from harvest_bridge.webhooks.schedule import DELAYS, LONGEST, next_attempt

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
CHANCES = st.lists(st.floats(0, 1), min_size=20, max_size=20)


def attempts(chances: list[float], *, asked: timedelta | None = None) -> list[timedelta]:
    """When each attempt happens, if each fails at once."""
    now, found, chance = START, [timedelta()], itertools.cycle(chances)
    while again := next_attempt(
        attempts=len(found), started_at=START, now=now, chance=lambda: next(chance), retry_after=asked
    ):
        now = again
        found.append(now - START)
    return found


@given(CHANCES)
def test_delays_are_the_promised_ones_with_a_fifth_of_jitter(chances: list[float]) -> None:
    times = attempts(chances)
    delays = [later - earlier for earlier, later in itertools.pairwise(times)]
    usual = [*DELAYS, *[DELAYS[-1]] * 20]
    for delay, wanted in zip(delays[:-1], usual, strict=False):
        assert wanted * 0.8 <= delay <= wanted * 1.2
    assert times[-1] == LONGEST
    assert 11 <= len(times) <= 16


@given(CHANCES)
def test_no_attempt_is_in_the_past_or_after_the_last_moment(chances: list[float]) -> None:
    times = attempts(chances)
    assert times == sorted(set(times))
    assert times[-1] <= LONGEST


@given(CHANCES, st.integers(1, 10**7))
def test_retry_after_only_ever_makes_it_later_by_a_day_at_most(chances: list[float], seconds: int) -> None:
    asked = timedelta(seconds=seconds)
    times = attempts(chances, asked=asked)
    for earlier, later in itertools.pairwise(times):
        assert later - earlier >= min(asked, timedelta(days=1))
    assert times[-1] <= LONGEST + timedelta(days=1)


def test_without_jitter_the_times_are_those_of_the_documentation() -> None:
    told = [0, 5, 305, 2105, 9305, 27305, 63305, 99305, 135305, 171305, 207305, 243305, 259200]
    assert [time.total_seconds() for time in attempts([0.5])] == told


@given(
    st.one_of(
        st.text(max_size=30),
        st.integers(0, 10**20).map(str),
        st.builds(
            "Tue, {} Nov {} {}:00:00 {}".format, *[st.one_of(st.integers(0, 99), st.integers())] * 3, st.integers()
        ),
    )
)
@example("Tue, 24 Nov 99999999999999999999 07:00:00 GMT")
@example("Tue, 24 Nov 2026 07:00:00 +99999999999999999999")
def test_a_retry_after_of_any_kind_is_read_or_ignored(text: str) -> None:
    found = retry_after(text, now=START)
    assert found is None or found >= timedelta()


def test_a_retry_after_may_be_a_date() -> None:
    assert retry_after("Tue, 24 Nov 2026 07:00:00 GMT", now=START) == timedelta(hours=1)


@given(st.lists(st.booleans(), max_size=300))
def test_a_receiver_always_has_room_for_one_and_never_for_more_than_the_most(outcomes: list[bool]) -> None:
    pace, now = Pace(), 0.0
    for is_success in outcomes:
        now += 1.0
        room = pace.room(now=now, is_draining=False)
        assert 1 <= room <= MOST_IN_FLIGHT
        pace.begin(1)
        pace.in_flight.clear()
        pace.note(is_success=is_success)


def test_what_drains_keeps_its_pace_whatever_waits() -> None:
    pace, begun, now = Pace(limit=MOST_IN_FLIGHT), 0, 0.0
    for _ in range(1000):  # ten seconds
        now += 0.01
        for n in range(pace.room(now=now, is_draining=True)):
            pace.begin(n)
            begun += 1
        pace.in_flight.clear()
    assert 900 <= begun <= 1030

"""Clicks that come late together, or too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks.claims import new_claim
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person

from .late_clicks import NEAR, ago, has_times, seconds, start, stop

__all__ = ["has_times"]
pytestmark = pytest.mark.django_db


def wait_behind(person_id: int) -> Intent:
    """A click before, that somebody else is at: what comes now queues."""
    now = datetime.now(UTC)
    return Intent.objects.create(
        person_id=person_id, kind="edit", idempotency_key="before it", clicked_at=now, asked={"entry_id": 1},
        position=0, claim=new_claim(), claimed_until=now + timedelta(hours=1), expires_at=now + timedelta(hours=1),
    )  # fmt: skip


def test_a_start_and_a_stop_of_one_outage_are_one_finished_entry_and_one_write(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    person = Person.objects.get()
    before = wait_behind(person.pk)
    answers = [start(carmen, pick, ago(minutes=90), idempotency_key="client-0123456789.1")]
    answers += [stop(carmen, ago(minutes=30), start_key="client-0123456789.1", idempotency_key="client-0123456789.2")]
    assert [answer.status_code for answer in answers] == [202, 202]
    before.delete()
    sandbox.journal.clear()
    replay_due(person.pk)
    assert [each.method for each in sandbox.requests() if each.method != "GET"] == ["POST"]
    (entry,) = sandbox.entries_on("T-1")
    assert not entry.is_running
    assert abs(seconds(sandbox, entry.id) - 3600) <= NEAR
    assert set(Intent.objects.values_list("status", flat=True)) == {"done"}


def test_a_click_older_than_three_days_is_asked_about_and_never_done_silently(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    answer = start(carmen, pick, ago(hours=73))
    assert (answer.status_code, answer.json()["code"]) == (409, "click_expired")
    assert not sandbox.entries_on("T-1")
    intent = Intent.objects.get()
    assert (intent.status, intent.needs_decision) == ("failed", True)


def test_a_gap_in_a_clients_counters_and_a_wrong_clock_are_noted(carmen: APIClient, pick: dict[str, int]) -> None:
    for counter, offset in ((1, 0), (2, 7200), (5, -300)):
        key = f"client-0123456789.{counter}"
        start(carmen, pick, datetime.now(UTC), idempotency_key=key, clock_offset_seconds=offset)
    noted = Intent.objects.order_by("position").values_list("gap", "clock_offset_seconds")
    assert list(noted) == [(0, None), (0, 7200.0), (2, -300.0)]


@pytest.mark.parametrize("order", [(0, 64, 21, 63), (64, 0, 63, 21), (63, 64, 0, 21)], ids=str)
def test_starts_of_one_item_at_the_same_moment_make_one_timer_that_runs(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool, order: tuple[int, ...]
) -> None:
    """Four tabs or devices of one person, each with a key of its own, in whichever order they arrive."""
    there, at = len(sandbox.entries("carmen")), ago(seconds=1)
    for after in order:
        answer = start(carmen, pick, at + timedelta(milliseconds=after))
        assert answer.status_code in (200, 201), answer.content
    assert len(sandbox.entries("carmen")) == there + 1
    assert sandbox.running("carmen") is not None

"""Clicks are kept for as long as the operator says once they are settled; what waits for somebody is never deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from tests.console.operators import signed_in, superuser
from timer_widget.history.retention import forget_old
from timer_widget.models import ForgottenTimer, Intent, Person
from timer_widget.tasks import forget_old_clicks

from .people import session

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 18, tzinfo=UTC)


@pytest.fixture
def widget(board: NewHostApp) -> APIClient:
    return session(board)


def a_click(name: str, *, days: float, settled: float | None = None, status: str = "done", **row: Any) -> None:
    """Of so many days ago, and settled so many days ago."""
    at = NOW - timedelta(days=days)
    settled_at = None if status == "pending" else NOW - timedelta(days=days if settled is None else settled)
    given = {"clicked_at": at, "created_at": at, "settled_at": settled_at, "kind": "start", "asked": {}}
    Intent.objects.create(person=Person.objects.get(), idempotency_key=name, status=status, **given, **row)


def test_what_was_settled_before_goes_and_what_waits_for_somebody_stays(widget: APIClient, settings: Any) -> None:
    settings.TIMER_HISTORY_DAYS = 30
    a_click("old", days=31)
    a_click("old and given up", days=31, status="discarded")
    a_click("old and refused", days=31, status="failed")
    a_click("recent", days=29)
    a_click("decided lately", days=31, settled=1)
    a_click("pending", days=400, status="pending")
    a_click("asks", days=400, status="failed", needs_decision=True)
    assert forget_old(now=NOW) == 3
    kept = {row.idempotency_key for row in Intent.objects.all()}
    assert kept == {"recent", "decided lately", "pending", "asks"}


def test_forgotten_timers_go_once_they_are_over(widget: APIClient, settings: Any) -> None:
    settings.TIMER_HISTORY_DAYS = 5
    person, at = Person.objects.get(), NOW - timedelta(days=6)
    moments = dict.fromkeys(("run_started_at", "began_at", "found_at", "likely_stop_at"), at)
    for number, status in enumerate(("open", "answered", "over", "stopped")):
        until = NOW + timedelta(days=1) if status == "stopped" else None
        given = {**moments, "due_at": at + timedelta(minutes=number), "reversible_until": until, "running": {}}
        ForgottenTimer.objects.create(person=person, entry_id=number, status=status, **given)
    forget_old(now=NOW)
    assert {row.status for row in ForgottenTimer.objects.all()} == {"open", "stopped"}


def test_zero_days_keep_everything_and_the_history_says_so(widget: APIClient, settings: Any) -> None:
    settings.TIMER_HISTORY_DAYS = 0
    a_click("old", days=4000)
    forget_old_clicks.call_local()
    assert Intent.objects.count() == 1
    assert widget.get("/timer/history").json()["kept_since"] is None
    assert 'filename="timer-history.csv"' in widget.get("/timer/history.csv")["Content-Disposition"]


def test_the_history_says_how_far_back_it_goes(widget: APIClient, settings: Any) -> None:
    settings.TIMER_HISTORY_DAYS = 30
    since = datetime.fromisoformat(widget.get("/timer/history").json()["kept_since"])
    assert abs(datetime.now(UTC) - timedelta(days=30) - since) < timedelta(hours=1)
    name = widget.get("/timer/history.csv")["Content-Disposition"]
    assert name.startswith('attachment; filename="timer-history-from-2')
    browser: Client = signed_in(superuser())
    assert "Goes back to" in browser.get("/admin/timer_widget/intent/history/").content.decode()

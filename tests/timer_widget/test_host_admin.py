"""The timer on a host app's page in the admin: settings, rules, preview, figures."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from harvest_bridge.hosts.services import NewHostApp
from tests.console.operators import crumbs
from tests.people import ORIGIN
from timer_widget.models import Failure, Intent, Person, ProjectRule, TimerSettings
from timer_widget.operators import statistics
from timer_widget.sessions.exchange import open_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db: None) -> Client:
    user = get_user_model().objects.create_superuser("operator", "operator@example.com", "a long pass phrase")
    client = Client()
    client.force_login(user)
    return client


def some_use(board: NewHostApp) -> Person:
    person = Person.objects.create(host_app=board.host_app, tenant_id="acme", user_id="carmen")
    now = timezone.now()
    refused = {"code": "harvest_rejected"}
    clicks = [(0, "done", None), (0, "done", None), (3, "done", None), (40, "done", None), (1, "failed", refused)]
    for number, (ago, status, outcome) in enumerate(clicks):
        Intent.objects.create(
            person=person,
            kind="start",
            idempotency_key=f"key-{number}",
            clicked_at=now,
            created_at=now - timedelta(days=ago),
            asked={},
            status=status,
            outcome=outcome,
        )
    Failure.objects.create(host_app=board.host_app, day=now.date(), code="origin_not_allowed", count=4)
    open_session(person=person, origin=ORIGIN, item_ids=None)
    open_session(person=person, origin=ORIGIN, item_ids=None)
    return person


def test_the_figures_are_of_this_host_app_and_these_thirty_days(board: NewHostApp, stranger: NewHostApp) -> None:
    some_use(board)
    now = timezone.now()
    starts = statistics.starts_by_day(board.host_app, now.date())
    assert (len(starts), [bar.count for bar in starts[-4:]]) == (30, [1, 0, 0, 2])
    assert (starts[-1].share, starts[-4].share) == (100, 50)
    reasons = statistics.failures_by_reason(board.host_app, now.date())
    assert [(bar.label, bar.count, bar.share) for bar in reasons] == [
        ("origin_not_allowed", 4, 100),
        ("harvest_rejected", 1, 25),
    ]
    assert (statistics.sessions_now(board.host_app, now), statistics.people_now(board.host_app, now)) == (2, 1)
    assert statistics.sessions_now(stranger.host_app, now) == 0
    assert statistics.failures_by_reason(stranger.host_app, now.date()) == []


def test_the_page_shows_preview_figures_and_the_tag_to_copy(operator: Client, board: NewHostApp) -> None:
    path = f"/admin/hosts/hostapp/{board.host_app.pk}/timer/"
    empty = operator.get(path, follow=True).content.decode()
    assert "No timer was started yet." in empty
    assert "Nothing failed." in empty
    assert crumbs(empty) == ["Hosts", "Host apps", board.host_app.name, f"Timer of {board.host_app.name}"]
    some_use(board)
    page = operator.get(path, follow=True).content.decode()
    assert f"/platform/preview/{board.host_app.pk}" in page
    assert "sha384-" in page
    assert 'aria-label="3 starts in 30 days"' in page
    assert "origin_not_allowed" in page


def test_settings_and_rules_are_kept_from_the_host_apps_own_page(operator: Client, board: NewHostApp) -> None:
    path = f"/admin/hosts/hostapp/{board.host_app.pk}/change/"
    row = board.host_app.origins.get()
    form: dict[str, Any] = {
        "name": "Board",
        "logo_url": "",
        "rights": ["read", "time"],
        **management("origins", 1, 1),
        "origins-0-id": row.pk,
        "origins-0-host_app": board.host_app.pk,
        "origins-0-origin": row.origin,
        **management("timer_settings", 1),
        "timer_settings-0-theme": "dark",
        "timer_settings-0-accent": "#aa3355",
        "timer_settings-0-longest_run_hours": "9.5",
        "timer_settings-0-weekend": "fri_sat",
        **management("project_rules", 1),
        "project_rules-0-position": "0",
        "project_rules-0-match": "group",
        "project_rules-0-value": "Website",
        "project_rules-0-project": "WEB",
        "project_rules-0-task": "Design",
    }
    shown = operator.get(path).content.decode()
    for prefix in re.findall(r'name="(\w+)-TOTAL_FORMS"', shown):
        form = management(prefix, 0) | form
    answer = operator.post(path, form)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    board.host_app.refresh_from_db()
    assert board.host_app.rights == ["read", "time"]
    kept = TimerSettings.objects.get(host_app=board.host_app)
    assert (kept.theme, kept.accent, kept.allows_popup_sign_in) == ("dark", "#aa3355", False)
    assert ProjectRule.objects.get(host_app=board.host_app).project == "WEB"
    panel = Client().get("/platform/timer", {"origin": ORIGIN}).content.decode()
    assert 'data-chosen-theme="dark"' in panel
    assert 'data-chosen-accent="#aa3355"' in panel


def management(prefix: str, total: int, initial: int = 0) -> dict[str, int]:
    return {
        f"{prefix}-TOTAL_FORMS": total,
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }


@pytest.mark.parametrize("path", ["{}", "platform/controller", "platform/timer"])
def test_the_preview_is_for_operators_and_framed_by_our_own_pages_alone(
    operator: Client, board: NewHostApp, path: str
) -> None:
    path = f"/platform/preview/{path.format(board.host_app.pk)}"
    assert Client().get(path).status_code == 302
    shown = operator.get(path)
    assert shown.status_code == 200
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]

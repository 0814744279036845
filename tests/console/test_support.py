"""What support asks: who is this, why does it not work, what happened, and where do I find it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from harvest_bridge.api.models import RequestRecord
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import ApiKey
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.unified.identities.models import Identity
from timer_widget.models import Intent, Person, TimerSession
from timer_widget.operators import statistics
from timer_widget.sessions.exchange import open_session, session_for

from .operators import signed_in, staff, superuser

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def browser(db: None) -> Client:
    return signed_in(superuser())


@pytest.fixture
def carmen(board: NewHostApp) -> Person:
    return Person.objects.create(
        host_app=board.host_app,
        tenant_id="acme",
        user_id="u-17",
        name="Carmen Ruiz",
        email="carmen@finch.example",
    )


def request_at(at: datetime, **columns: Any) -> RequestRecord:
    zeros = ("bytes_in", "bytes_out", "own_microseconds", "waited_microseconds", "harvest_microseconds")
    row = dict.fromkeys((*zeros, "harvest_calls", "duration_bin"), 0) | {
        "at": at,
        "minute": int(at.timestamp() // 60),
        "area": "unified",
        "method": "GET",
        "template": "/unified/user-directory/users",
        "status": 200,
        "request_id": "r-1",
    }
    return RequestRecord.objects.create(**row | columns)


def shown(browser: Client, path: str) -> str:
    return browser.get(f"/admin/{path}").content.decode()


def page_of(browser: Client, row: Any) -> str:
    return shown(browser, f"{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/")


def test_a_persons_page_says_why_the_timer_does_not_work(browser: Client, carmen: Person) -> None:
    page = page_of(browser, carmen)
    assert "You have not connected Harvest yet. (connection_required, not_linked)" in page


def test_a_persons_page_shows_connection_identity_clicks_and_requests(
    browser: Client, carmen: Person, alices: Connection
) -> None:
    person = Identity.objects.create(connection=alices, external_id="u-17", name="Carmen Ruiz", state="suggested")
    Intent.objects.create(
        person=carmen,
        kind="start",
        clicked_at=MOMENT,
        asked={},
        item_id="77",
        status="failed",
        outcome={"code": "harvest_forbidden", "message": "Harvest does not allow it."},
    )
    page = page_of(browser, carmen)
    assert "has not confirmed yet who you are in Harvest" in page
    assert "suggested" in page
    assert f"/connections/connection/{alices.pk}/change/" in page
    assert f"/unified/identity/{person.pk}/change/" in page
    assert "Harvest does not allow it. (harvest_forbidden)" in page
    Identity.objects.update(state="matched", harvest_user_id=alices.harvest_user_id)
    request_at(timezone.now(), connection_id=alices.pk, template="/timer/state")
    page = page_of(browser, carmen)
    assert "Works, through the company" in page
    assert "GET /timer/state 200" in page
    assert f"connection={alices.pk}" in page


def test_no_page_shows_python(browser: Client, alices: Connection, carmen: Person) -> None:
    click = Intent.objects.create(person=carmen, kind="start", clicked_at=MOMENT, asked={}, item_id="77")
    for row in (alices, click, alices.events.all()[0]):
        page = page_of(browser, row)
        assert "(&#x27;" not in page
        assert "[&#x27;" not in page
    assert "Active" in page_of(browser, alices)


def test_the_last_error_is_readable(browser: Client, alices: Connection) -> None:
    at = "2026-11-24T10:11:12.123456+00:00"
    alices.last_error = {"code": "needs_reauth", "message": "Harvest refused the refresh token.", "at": at}
    alices.last_forbidden_error = {"code": "harvest_forbidden", "message": "Not authorized!", "at": at}
    alices.save()
    page = page_of(browser, alices)
    assert "Harvest refused the refresh token. (needs_reauth, 24 Nov 2026 10:11 UTC)" in page
    assert "Not authorized! (harvest_forbidden, 24 Nov 2026 10:11 UTC)" in page
    assert "{&quot;code" not in page


@pytest.mark.parametrize("term", ["carmen", "u-17", "acme", "CARMEN@"])
def test_the_search_finds_people_and_tenants(browser: Client, carmen: Person, term: str) -> None:
    assert f"/timer_widget/person/{carmen.pk}/change/" in shown(browser, f"search/?s={term}&extended=1")


def test_the_search_finds_requests_accounts_and_keys(browser: Client, alices: Connection) -> None:
    row, key = request_at(timezone.now(), request_id="01JABCDEF-x"), ApiKey.objects.get()
    for term, link in [
        ("01JABCDEF-x", f"/api/requestrecord/{row.pk}/change/"),
        (str(alices.pk), f"/connections/connection/{alices.pk}/change/"),
        (str(alices.harvest_account_id), f"/connections/connection/{alices.pk}/change/"),
        (key.prefix, f"/hosts/apikey/{key.pk}/change/"),
    ]:
        assert link in shown(browser, f"search/?s={term}&extended=1"), term


def test_the_search_finds_nothing_that_one_may_not_see(carmen: Person) -> None:
    small = signed_in(staff("small", "hosts.view_hostapp"))
    assert "person" not in shown(small, "search/?s=carmen&extended=1")


@pytest.mark.parametrize("path", ["connections/connection", "timer_widget/person", "timer_widget/intent"])
def test_any_words_can_be_searched_for(browser: Client, path: str) -> None:
    for term in ("abc", "12", "%", "'", "9" * 40):
        assert browser.get(f"/admin/{path}/", {"q": term}).status_code == 200


def test_pages_to_look_at_have_no_buttons_that_save(browser: Client, alices: Connection, carmen: Person) -> None:
    click = Intent.objects.create(person=carmen, kind="start", clicked_at=MOMENT, asked={}, item_id="77")
    for row in (alices, carmen, click, request_at(timezone.now()), alices.events.all()[0]):
        page = page_of(browser, row)
        for button in ("_save", "_continue", "_addanother"):
            assert f'name="{button}"' not in page, row._meta.label


def test_requests_stand_in_the_order_in_which_they_came(browser: Client) -> None:
    minute = timezone.now().replace(second=0, microsecond=0)
    for second in (30, 10, 50):
        request_at(minute + timedelta(seconds=second), template=f"/at/{second}")
    page = shown(browser, "api/requestrecord/?since=day")
    places = [page.index(f"/at/{second}<") for second in (50, 30, 10)]
    assert places == sorted(places)


def test_sessions_now_are_those_whose_page_is_open(board: NewHostApp, carmen: Person) -> None:
    now = timezone.now()
    _, text = open_session(person=carmen, origin="http://127.0.0.1:8002", item_ids=None)
    closed, _ = open_session(person=carmen, origin="http://127.0.0.1:8002", item_ids=None)
    TimerSession.objects.filter(pk=closed.pk).update(last_seen_at=now - timedelta(minutes=5))
    assert statistics.sessions_now(board.host_app, now) == 1
    TimerSession.objects.update(last_seen_at=now - timedelta(minutes=5))
    session_for(text)
    assert statistics.sessions_now(board.host_app, timezone.now()) == 1


def test_a_page_is_called_what_the_side_bar_calls_it(browser: Client, settings: Any) -> None:
    User.objects.create_user("somebody")
    for group in settings.UNFOLD["SIDEBAR"]["navigation"]:
        for item in group["items"]:
            page = browser.get(str(item["link"]))
            model = page.context.get("opts")
            title = model.verbose_name_plural if model else page.context["title"]
            assert item["title"].lower() == str(title).lower()

"""The history of clicks: who did what, from where, and what came of it; to those who may see it, and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.webhooks.erasure import erase_people
from tests.console.operators import crumbs, signed_in, staff, superuser
from tests.people import ORIGIN
from timer_widget.clicks.replaying import replay_due
from timer_widget.history.csv_export import COLUMNS, harmless
from timer_widget.models import Intent, Person

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db
ON_A_PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"
OF_ITEM = {"item_id": "T-1", "group_id": "web"}


def history(widget: APIClient, **query: str) -> list[dict[str, Any]]:
    answer = widget.get("/timer/history", query or OF_ITEM)
    assert answer.status_code == 200, answer.content
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def text_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(answer).removeprefix("\ufeff"))))


@pytest.fixture
def worked(carmen: APIClient, pick: dict[str, int]) -> dict[str, Any]:
    """Carmen started on a phone, changed the notes and stopped; the running timer as it was."""
    carmen.credentials(HTTP_USER_AGENT=ON_A_PHONE, **carmen._credentials)  # type: ignore[attr-defined]
    running = carmen.post("/timer/start", click(item=ITEM, notes="Fix", **pick), format="json").json()["state"][
        "running"
    ]
    carmen.patch("/timer/entry", click(entry_id=running["entry_id"], notes="Fixed"), format="json")
    stop = click(entry_id=running["entry_id"], timer_started_at=running["started_at"], item=ITEM)
    assert carmen.post("/timer/stop", stop, format="json").status_code == 200
    shown: dict[str, Any] = running
    return shown


def test_an_item_tells_who_did_what_from_where_and_what_came_of_it(carmen: APIClient, worked: dict[str, Any]) -> None:
    stopped, edited, started = history(carmen)
    assert [each["kind"] for each in (started, edited, stopped)] == ["start", "edit", "stop"]
    assert started["from"] == {
        "origin": ORIGIN,
        "device": "Firefox on Android",
        "browser": "Firefox",
        "system": "Android",
        "page": ITEM["permalink"],
    }
    assert (started["person"]["id"], started["is_own"], started["carried_out_by"]) == ("carmen", True, "request")
    assert (started["project"], started["notes"]) == (worked["project"]["name"], "Fix")
    assert edited["changes"] == [{"field": "notes", "before": "Fix", "after": "Fixed"}]
    assert (stopped["status"], stopped["project"]) == ("done", worked["project"]["name"])
    assert stopped["hours"] is not None


def test_what_the_worker_did_later_and_what_failed_say_so(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    carmen.post("/timer/start", click(item=ITEM, **pick), format="json")
    assert [(each["status"], each["code"]) for each in history(carmen)] == [("pending", "harvest_unavailable")]
    sandbox.clear_faults()
    Intent.objects.update(next_attempt_at=datetime.now(UTC))
    replay_due(Person.objects.get().pk)
    assert [(each["status"], each["carried_out_by"]) for each in history(carmen)] == [("done", "worker")]


def test_decisions_are_told_and_operators_are_not_named_to_the_person(
    carmen: APIClient, worked: dict[str, Any]
) -> None:
    first = Intent.objects.earliest("position")
    first.decisions.create(by="operator", operator="otto", decision="retry", outcome={"code": "entry_locked"})
    told = history(carmen)[-1]["decisions"][0]
    assert (told["by"], told["decision"], told["code"]) == ("operator", "retry", "entry_locked")
    assert "otto" not in str(history(carmen))
    assert "otto" not in text_of(carmen.get("/timer/history.csv", OF_ITEM))


class TestOthers:
    """Bruno is a member and Alice an administrator of the same Harvest account and customer."""

    @pytest.fixture
    def bruno(self, board: NewHostApp, link: Callable[..., Connection]) -> APIClient:
        link("bruno", board.host_app, user_id="bruno")
        return session(board, sub="bruno")

    @pytest.fixture
    def alice(self, board: NewHostApp, link: Callable[..., Connection]) -> APIClient:
        link("alice", board.host_app, user_id="alice")
        return session(board, sub="alice")

    def test_a_member_sees_nothing_of_others(self, worked: dict[str, Any], bruno: APIClient) -> None:
        assert history(bruno) == []
        assert history(bruno, item_id="") == []
        assert rows_of(bruno.get("/timer/history.csv", OF_ITEM)) == []

    def test_an_administrator_sees_the_items_time_but_no_device(self, worked: dict[str, Any], alice: APIClient) -> None:
        seen = history(alice)
        assert [each["kind"] for each in seen] == ["stop", "edit", "start"]
        assert {(each["person"]["id"], each["is_own"], each["from"]) for each in seen} == {("carmen", False, None)}
        assert [row["device"] for row in rows_of(alice.get("/timer/history.csv", OF_ITEM))] == ["", "", ""]
        assert history(alice, item_id="") == []

    def test_nobody_sees_what_was_done_in_another_account_or_for_another_customer(
        self, worked: dict[str, Any], alice: APIClient, board: NewHostApp
    ) -> None:
        Intent.objects.update(harvest_account_id=1)
        assert history(alice) == []
        Intent.objects.update(harvest_account_id=Connection.objects.latest("created_at").harvest_account_id)
        Person.objects.filter(user_id="carmen").update(tenant_id="other")
        assert history(alice) == []

    def test_what_is_not_done_is_the_persons_own(self, worked: dict[str, Any], alice: APIClient) -> None:
        Intent.objects.update(status="failed")
        assert history(alice) == []


def test_a_session_for_some_items_sees_those_alone(
    carmen: APIClient, worked: dict[str, Any], board: NewHostApp
) -> None:
    narrow = session(board, items=["T-9"])
    assert history(narrow) == []
    assert history(narrow, item_id="") == []


def test_pages_hold_fifty_and_go_on_where_the_last_one_ended_with_as_many_queries(
    carmen: APIClient, worked: dict[str, Any]
) -> None:
    person, now = Person.objects.get(), datetime.now(UTC)
    with CaptureQueriesContext(connection) as few:
        history(carmen, item_id="")
    rows = [
        Intent(person=person, kind="start", clicked_at=now - timedelta(days=1), idempotency_key=f"key {n}", asked={})
        for n in range(60)
    ]
    Intent.objects.bulk_create(rows)
    with CaptureQueriesContext(connection) as many:
        first = carmen.get("/timer/history").json()
    assert len(many) == len(few)
    second = carmen.get("/timer/history", {"cursor": first["next"]}).json()
    assert (len(first["events"]), len(second["events"]), second["next"]) == (50, 13, None)
    assert len({each["id"] for each in first["events"] + second["events"]}) == 63
    refused = carmen.get("/timer/history", {"cursor": "x"})
    assert (refused.status_code, "cursor" in refused.json()["message"]) == (400, True)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        (" =1", "' =1"),
        ("1=1", "1=1"),
        ("", ""),
        (None, ""),
    ],
)
def test_no_cell_is_a_formula(text: str | None, cell: str) -> None:
    assert harmless(text) == cell


def test_the_csv_has_all_columns_and_every_click_as_harmless_text(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    notes = '=HYPERLINK("http://evil.example","x"), "quoted"\nand more'
    carmen.post("/timer/start", click(item={**ITEM, "id": "@T"}, notes=notes, **pick), format="json")
    answer = carmen.get("/timer/history.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = rows_of(answer)
    assert tuple(row) == COLUMNS
    assert (row["notes"], row["item_id"]) == (f"'{notes}", "'@T")


def test_the_csv_is_read_page_by_page_while_it_is_sent(carmen: APIClient) -> None:
    person, now = Person.objects.get(), datetime.now(UTC)
    rows = [
        Intent(person=person, kind="stop", clicked_at=now - timedelta(minutes=n), idempotency_key=f"key {n}", asked={})
        for n in range(1100)
    ]
    Intent.objects.bulk_create(rows)
    pieces = carmen.get("/timer/history.csv").streaming_content
    reads = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as queries:
            next(pieces)
        reads.append(len(queries))
    assert reads == [reads[0]] * 3
    assert reads[0] > 0
    assert next(pieces, None) is None


def test_whoever_is_erased_has_no_history_and_what_waits_is_still_carried_out(
    carmen: APIClient, worked: dict[str, Any], board: NewHostApp
) -> None:
    person = Person.objects.get()
    Intent.objects.create(
        person=person, kind="stop", clicked_at=datetime.now(UTC), asked={}, idempotency_key="waits", status="pending"
    )
    with transaction.atomic():
        erase_people(host_app_id=board.host_app.pk, tenant_id="other", user_ids=["carmen"])
    assert Intent.objects.count() == 4
    with transaction.atomic():
        erase_people(host_app_id=board.host_app.pk, tenant_id=person.tenant_id, user_ids=["carmen"])
    assert [each.idempotency_key for each in Intent.objects.all()] == ["waits"]
    person.refresh_from_db()
    assert (person.name, person.email) == ("", "")


class TestOperators:
    """The same in the admin, of everybody."""

    @pytest.fixture
    def browser(self) -> Client:
        return signed_in(superuser())

    def page(self, browser: Client, **query: Any) -> str:
        answer = browser.get("/admin/timer_widget/intent/history/", query)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_it_is_filtered_by_person_item_kind_and_day(self, worked: dict[str, Any], browser: Client) -> None:
        today = datetime.now(UTC).date()
        for query, found in (
            ({"user": "carmen"}, 3),
            ({"user": "bruno"}, 0),
            ({"item": "T-1", "group": "web"}, 3),
            ({"item": "T-2"}, 0),
            ({"kind": "stop"}, 1),
            ({"status": "failed"}, 0),
            ({"since": (today - timedelta(days=1)).isoformat(), "until": (today + timedelta(days=1)).isoformat()}, 3),
            ({"until": (today - timedelta(days=2)).isoformat()}, 0),
        ):
            assert self.page(browser, **query).count("data-status=") == found, query
        page = self.page(browser, user="carmen")
        assert "Firefox on Android" in page
        assert "<del>Fix</del>" in page

    def test_the_page_says_where_it_stands(self, browser: Client) -> None:
        assert crumbs(self.page(browser)) == ["Timer", "Clicks", "History"]

    def test_a_filter_that_cannot_be_read_shows_nothing_and_says_why(
        self, worked: dict[str, Any], browser: Client
    ) -> None:
        page = self.page(browser, since="yesterday")
        assert ("data-status=" in page, "Enter a valid date" in page) == (False, True)

    def test_the_csv_names_the_operator_who_decided(self, worked: dict[str, Any], browser: Client) -> None:
        first = Intent.objects.earliest("position")
        first.decisions.create(by="operator", operator="otto", decision="drop")
        rows = rows_of(browser.get("/admin/timer_widget/intent/history.csv", {"user": "carmen", "kind": "start"}))
        assert [("drop by otto" in row["decisions"], row["device"]) for row in rows] == [(True, "Firefox on Android")]

    def test_the_pages_of_a_person_and_of_a_click_lead_there(self, worked: dict[str, Any], browser: Client) -> None:
        person = browser.get(f"/admin/timer_widget/person/{Person.objects.get().pk}/change/").content.decode()
        assert "/admin/timer_widget/intent/history/?host_app=" in person
        address = reverse("admin:timer_widget_intent_item_history", args=[Intent.objects.earliest("position").pk])
        led = browser.get(address, follow=True)
        assert led.content.decode().count("data-status=") == 3

    def test_it_takes_the_right_to_look_at_clicks(self, worked: dict[str, Any]) -> None:
        small = signed_in(staff("small", "hosts.view_hostapp"))
        for address in ("/admin/timer_widget/intent/history/", "/admin/timer_widget/intent/history.csv"):
            assert small.get(address).status_code == 403

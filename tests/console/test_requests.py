"""Operators look at the request log: filters, charts, nothing that changes it, and fast enough with a full table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from harvest_bridge.api.models import RequestRecord
from harvest_bridge.api.request_log import table
from harvest_bridge.api.request_log.queries import overall_p95, percentile, spans_of
from harvest_bridge.api.request_log.rows import Row, bin_of
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp

pytestmark = pytest.mark.django_db
LIST = "/admin/api/requestrecord/"
NOW = datetime(2026, 11, 24, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def operator() -> Client:
    user = get_user_model().objects.create_superuser("operator", "operator@example.com", "a long pass phrase")
    client = Client()
    client.force_login(user)
    return client


def row(at: datetime, *, seconds: float = 0.1, **columns: Any) -> Row:
    usual = Row(
        at=at,
        minute=int(at.timestamp() // 60),
        area="drop-in",
        method="GET",
        template="/v2/users",
        status=200,
        code="",
        caller="api_key",
        host_app_id=None,
        api_key_id=None,
        connection_id=None,
        tenant_id="acme",
        bytes_in=0,
        bytes_out=10,
        own_microseconds=round(seconds * 1e6),
        waited_microseconds=0,
        harvest_microseconds=0,
        harvest_calls=1,
        duration_bin=bin_of(seconds),
        budget_limit=100,
        budget_remaining=80,
        budget_used_percent=20,
        request_id=uuid4().hex,
        trace_id="",
    )
    return usual._replace(**columns)


def test_each_minute_of_an_hour_is_a_span_with_its_sums() -> None:
    moment = NOW - timedelta(minutes=10)
    slow = [row(moment, seconds=2.0, status=502, budget_used_percent=90)] * 10
    table.write([row(moment)] * 90 + slow + [row(NOW), row(NOW - timedelta(hours=2))])
    spans = spans_of(RequestRecord.objects.all(), minutes=60, now=NOW)
    assert len(spans) == 60
    assert [(span.requests, span.errors) for span in spans if span.requests] == [(100, 10), (1, 0)]
    then = spans[-11]
    assert then.begins_at == moment.replace(second=0)
    assert then.budget_percent == 90
    assert then.p95_seconds == pytest.approx(2.0, rel=0.1)
    assert overall_p95(spans) == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("minutes", [60, 360, 1440, 10080])
def test_longer_times_have_wider_spans(minutes: int) -> None:
    table.write([row(NOW - timedelta(minutes=minutes // 2))])
    spans = spans_of(RequestRecord.objects.all(), minutes=minutes, now=NOW)
    assert len(spans) == 60
    assert sum(span.requests for span in spans) == 1


def test_a_percentile_of_nothing_is_none() -> None:
    assert percentile({}) is None


def test_charts_cost_one_query_however_long_the_time(django_assert_num_queries: Callable[..., Any]) -> None:
    table.write([row(NOW - timedelta(minutes=number)) for number in range(500)])
    with django_assert_num_queries(1):
        spans_of(RequestRecord.objects.all(), minutes=1440, now=NOW)


def test_the_list_opens_without_rows(operator: Client) -> None:
    page = operator.get(LIST).content.decode()
    assert page.count("Nothing in this time.") == 4


def test_filters_narrow_list_and_charts_alike(operator: Client, alices: Connection, board: NewHostApp) -> None:
    now, host = timezone.now(), board.host_app.pk
    table.write(
        [
            row(now, host_app_id=host, connection_id=alices.pk, template="/v2/clients"),
            row(now, host_app_id=host, template="/v2/tasks", status=404),
            row(now, host_app_id=uuid4(), template="/timer/state", area="timer", caller="timer_session"),
            row(now - timedelta(hours=3), template="/v2/roles"),
        ]
    )
    wanted = {
        "": {"/v2/clients", "/v2/tasks", "/timer/state"},
        f"host_app={host}": {"/v2/clients", "/v2/tasks"},
        f"connection={alices.pk}": {"/v2/clients"},
        "status=errors": {"/v2/tasks"},
        "status=2": {"/v2/clients", "/timer/state"},
        "area=timer": {"/timer/state"},
        "path=/v2/tasks": {"/v2/tasks"},
        "since=day": {"/v2/clients", "/v2/tasks", "/timer/state", "/v2/roles"},
        "host_app=nonsense": set(),
        "since=nonsense&status=9": {"/v2/clients", "/v2/tasks", "/timer/state"},
    }
    for query, templates in wanted.items():
        context = operator.get(f"{LIST}?{query}").context_data  # type: ignore[attr-defined]
        assert {found.template for found in context["cl"].result_list} == templates, query
        assert context["charts"][0].figure == str(len(templates)), query


def test_a_request_is_found_by_its_id_and_shown_whole(operator: Client) -> None:
    table.write([row(timezone.now(), request_id="Root=1-abc"), row(timezone.now())])
    context = operator.get(LIST, {"q": "Root=1-abc"}).context_data  # type: ignore[attr-defined]
    [found] = context["cl"].result_list
    page = operator.get(f"{LIST}{found.pk}/change/")
    assert page.status_code == 200
    assert "Root=1-abc" in page.content.decode()
    assert "minutes since 1970" not in page.content.decode()


def test_nobody_changes_the_log(operator: Client) -> None:
    table.write([row(timezone.now())])
    pk = RequestRecord.objects.get().pk
    assert operator.post(f"{LIST}add/", {}).status_code == 403
    assert operator.post(f"{LIST}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert operator.post(f"{LIST}{pk}/change/", {"status": 1}).status_code == 403


def test_the_page_asks_nothing_of_other_hosts_and_styles_nothing_inline(operator: Client) -> None:
    table.write([row(timezone.now())])
    page = operator.get(LIST).content.decode()
    charts = page[page.index('aria-label="Over time"') : page.index("</section>")]
    assert charts.count("<canvas") == 3  # without errors there is nothing to draw of them
    assert "style=" not in charts
    assert "<script" not in charts
    assert "http" not in charts


def test_leafing_counts_no_further_than_anybody_leafs(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harvest_bridge.console.requests.admin._MOST_COUNTED", 60)
    table.write([row(timezone.now())] * 100)
    assert operator.get(LIST).context_data["cl"].result_count == 60  # type: ignore[attr-defined]

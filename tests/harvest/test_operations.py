"""What each operation asks of Harvest, as a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import (
    Operation,
    create_project,
    create_time_entry,
    delete_time_entry,
    exchange_code,
    get_company,
    get_me,
    get_time_entry,
    get_user,
    list_accounts,
    list_my_project_assignments,
    list_project_assignments,
    list_time_entries,
    list_users,
    refresh_access_token,
    restart_time_entry,
    stop_time_entry,
    update_time_entry,
)
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.harvest.pages import Position
from harvest_bridge.harvest.records import ExternalReference
from harvest_bridge.harvest.requests import outgoing

CONFIG = HarvestConfig(user_agent="Tests (tests@example.com)", client_id="client-1", client_secret="hush")
DAY = date(2026, 1, 5)
MOMENT = datetime(2026, 1, 5, 13, 0, 59, 999999, tzinfo=timezone(timedelta(hours=1)))
TICKET = ExternalReference(id="t-1", group_id="b-1", permalink="https://host.example/t/1", service="host.example")
ENTRY_ID = 2**33


def request_line(operation: Operation[Any]) -> str:
    request = outgoing(operation, Credentials("token", "42"), CONFIG)
    return f"{request.verb} {request.path}" + (f"?{request.query}" if request.query else "")


@pytest.mark.parametrize(
    ("operation", "line"),
    [
        (get_me(), "GET /v2/users/me"),
        (get_user(7), "GET /v2/users/7"),
        (get_user("7"), "GET /v2/users/7"),
        (list_users(), "GET /v2/users"),
        (list_users(per_page=50, is_active=False), "GET /v2/users?is_active=false&per_page=50"),
        (list_users(updated_since=MOMENT), "GET /v2/users?updated_since=2026-01-05T12%3A00%3A59Z"),
        (list_users(Position("cursor", "a=/+&b")), "GET /v2/users?cursor=a%3D%2F%2B%26b"),
        (list_users(Position("page", "2"), per_page=5), "GET /v2/users?per_page=5&page=2"),
        (list_raw("/v2/roles", "roles", per_page=3), "GET /v2/roles?per_page=3"),
        (get_raw("/v2/roles/9"), "GET /v2/roles/9"),
        (get_company(), "GET /v2/company"),
        (list_my_project_assignments(), "GET /v2/users/me/project_assignments"),
        (list_project_assignments(7), "GET /v2/users/7/project_assignments"),
        (get_time_entry(ENTRY_ID), f"GET /v2/time_entries/{ENTRY_ID}"),
        (list_time_entries(user_id=7, is_running=True), "GET /v2/time_entries?user_id=7&is_running=true"),
        (list_time_entries(from_date=DAY, to_date=DAY), "GET /v2/time_entries?from=2026-01-05&to=2026-01-05"),
        (list_time_entries(external_reference_id="t 1&2"), "GET /v2/time_entries?external_reference_id=t%201%262"),
        (create_time_entry(project_id=1, task_id=2, spent_date=DAY), "POST /v2/time_entries"),
        (update_time_entry(ENTRY_ID, notes="x"), f"PATCH /v2/time_entries/{ENTRY_ID}"),
        (stop_time_entry(ENTRY_ID), f"PATCH /v2/time_entries/{ENTRY_ID}/stop"),
        (restart_time_entry(ENTRY_ID), f"PATCH /v2/time_entries/{ENTRY_ID}/restart"),
        (delete_time_entry(ENTRY_ID), f"DELETE /v2/time_entries/{ENTRY_ID}"),
        (create_project(client_id=3, name="x"), "POST /v2/projects"),
        (list_accounts(), "GET /api/v2/accounts"),
        (exchange_code("c"), "POST /api/v2/oauth2/token"),
        (refresh_access_token("r"), "POST /api/v2/oauth2/token"),
    ],
)
def test_an_operation_asks_for_this(operation: Operation[Any], line: str) -> None:
    assert request_line(operation) == line


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (
            create_time_entry(project_id=1, task_id=2, spent_date=DAY, notes="Fix", external_reference=TICKET),
            b'{"project_id":1,"task_id":2,"spent_date":"2026-01-05","notes":"Fix","external_reference":'
            b'{"id":"t-1","group_id":"b-1","permalink":"https://host.example/t/1"}}',
        ),
        (
            create_time_entry(project_id=1, task_id=2, spent_date=DAY),
            b'{"project_id":1,"task_id":2,"spent_date":"2026-01-05"}',
        ),
        (update_time_entry(5, notes=None), b'{"notes":null}'),
        (update_time_entry(5, task_id=3, spent_date=DAY), b'{"task_id":3,"spent_date":"2026-01-05"}'),
        (
            create_time_entry(project_id=1, task_id=2, spent_date=DAY, hours=Decimal("1.25")),
            b'{"project_id":1,"task_id":2,"spent_date":"2026-01-05","hours":1.25}',
        ),
        (
            create_time_entry(project_id=1, task_id=2, spent_date=DAY, started_time=time(9, 5), ended_time=time(17)),
            b'{"project_id":1,"task_id":2,"spent_date":"2026-01-05","started_time":"09:05","ended_time":"17:00"}',
        ),
        (update_time_entry(5, hours=Decimal("0.5"), started_time=time(8, 30)), b'{"hours":0.5,"started_time":"08:30"}'),
        (
            create_project(client_id=3, name="Relaunch"),
            b'{"client_id":3,"name":"Relaunch","is_billable":true,"bill_by":"none","budget_by":"none"}',
        ),
        (stop_time_entry(5), b""),
        (
            refresh_access_token("r&1"),
            b"grant_type=refresh_token&refresh_token=r%261&client_id=client-1&client_secret=hush",
        ),
    ],
)
def test_a_write_sends_only_what_is_meant(operation: Operation[Any], body: bytes) -> None:
    assert outgoing(operation, None, CONFIG).body == body


@pytest.mark.parametrize("user_id", ["../company", "7/x", "7?x=1", "", "seven", "0", "-7", 0, -1, True, "7" * 20, "٣"])
def test_an_id_that_no_record_can_have_is_not_found_without_asking(user_id: Any) -> None:
    with pytest.raises(HarvestNotFound):
        get_user(user_id)


def test_only_reads_are_repeatable() -> None:
    assert list_users().is_repeatable
    assert not any(
        operation.is_repeatable for operation in (stop_time_entry(5), delete_time_entry(5), exchange_code("c"))
    )


def test_secrets_do_not_show() -> None:
    credentials = Credentials("secret-token", "42")
    shown = repr([exchange_code("secret-code"), refresh_access_token("secret-refresh"), credentials, CONFIG])
    shown += repr(outgoing(exchange_code("secret-code"), credentials, CONFIG))
    assert "secret" not in shown.replace("client_secret", "")
    assert "hush" not in shown


@pytest.mark.parametrize("token", ["", "two words", "line\r\nbreak: x", "pässword"])
def test_a_token_that_cannot_stand_in_a_header_is_refused_and_not_repeated(token: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as refused:
        Credentials(token)
    assert not token or token not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "api.harvestapp.com",
        "https://a.example/v2",
        "https://a.example/",
        "ftp://a.example",
        "https://u:p@a.example",
        "",
    ],
)
def test_an_upstream_is_an_origin_and_nothing_more(url: str) -> None:
    with pytest.raises(ValueError):
        HarvestConfig(user_agent="x", api_url=url)


def test_moments_are_sent_in_utc() -> None:
    assert "2026-01-05T12%3A00%3A59Z" in request_line(list_time_entries(updated_since=MOMENT.astimezone(UTC)))

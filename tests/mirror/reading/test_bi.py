"""Views and roles for BI, against a real PostgreSQL: a reader sees its host app's rows, and nothing else of ours."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection as database

from harvest_bridge.hosts.services import NewHostApp, create_host_app
from harvest_bridge.mirror.models import Mirror, Record
from harvest_bridge.mirror.reading.bi_roles import RoleRefused, create_reader, remove_reader
from harvest_bridge.mirror.reading.bi_views import columns_of
from harvest_bridge.mirror.resources import BY_NAME
from tests.mirror.reading.conftest import connected
from tests.mirror.reading.filling import TIMES, bury, entry, fill, mirrored

ON_POSTGRESQL = database.vendor == "postgresql"
on_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="PostgreSQL has views and roles")


def url(**user: str) -> dict[str, Any]:
    given = database.settings_dict
    return {"dbname": given["NAME"], "host": given["HOST"], "port": given["PORT"] or None, **user}


@pytest.fixture
def two_hosts(transactional_db: None) -> tuple[Mirror, Mirror]:
    """Committed, as a role signs in on a connection of its own."""
    mirrors = []
    for number, name in enumerate(("Board", "Stranger")):
        host = create_host_app(name=name, origins=[f"https://{name.lower()}.example"])
        mirrors.append(mirrored(connected(host, tenant_id=f"{name} customer", account_id=number + 1)))
        fill(mirrors[-1], "time_entries", *(entry(n, hours=1.25) for n in range(number * 10, number * 10 + 3)))
    return mirrors[0], mirrors[1]


@pytest.fixture
def reader(two_hosts: tuple[Mirror, Mirror]) -> Iterator[psycopg.Connection[Any]]:
    """Signed in as a role that the command made for the first host app."""
    role, printed = f"bi_{uuid.uuid4().hex[:12]}", StringIO()
    host_app_id = two_hosts[0].connection.host_app_id
    call_command("createbireader", role, "--host-app", str(host_app_id), stdout=printed)
    made = json.loads(printed.getvalue())
    with psycopg.connect(**url(user=role, password=made["password"]), autocommit=True) as connection:
        yield connection
    call_command("createbireader", role, "--remove", stdout=StringIO())


@on_postgresql
def test_a_reader_sees_the_live_rows_of_its_own_host_app(
    reader: psycopg.Connection[Any], two_hosts: tuple[Mirror, Mirror]
) -> None:
    bury(two_hosts[0], "time_entries", 2)
    found = reader.execute(
        "SELECT id, tenant_id, integrated_account_id, spent_date, hours, client_name, stream_state"
        " FROM harvest_bi.time_entries ORDER BY id"
    ).fetchall()
    assert [row[0] for row in found] == [0, 1]
    account = two_hosts[0].connection_id
    assert found[0][1:3] == ("Board customer", account)
    assert (str(found[0][3]), found[0][4], found[0][5], found[0][6]) == (
        "2026-11-02",
        Decimal("1.25"),
        "Acme",
        "complete",
    )
    assert reader.execute("SELECT count(*) FROM time_entries").fetchone() == (2,)  # without naming the schema


@on_postgresql
def test_other_host_apps_rows_and_every_table_are_out_of_reach(
    reader: psycopg.Connection[Any], two_hosts: tuple[Mirror, Mirror]
) -> None:
    other = two_hosts[1].connection.host_app_id
    for view in BY_NAME:
        assert reader.execute(f"SELECT count(*) FROM {view} WHERE host_app_id = '{other}'".encode()).fetchone() == (0,)
    with database.cursor() as cursor:
        tables = database.introspection.table_names(cursor)
    assert {"mirror_record", "connections_connection", "mirror_bireader", "hosts_apikey"} <= set(tables)
    reader.execute("SET default_transaction_read_only = off")  # it may: it has no right to write anything
    for table in tables:
        for statement in (f'SELECT 1 FROM public."{table}"', f'DELETE FROM public."{table}"'):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement.encode())
    for statement in (
        "DELETE FROM harvest_bi.time_entries",
        f"INSERT INTO public.mirror_bireader (role, host_app_id, created_at) VALUES (current_user, '{other}', now())",
        "CREATE TABLE harvest_bi.mine (id int)",
        "CREATE ROLE another SUPERUSER",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ):
        with pytest.raises(psycopg.Error):
            reader.execute(statement.encode())


@on_postgresql
def test_a_condition_of_the_readers_own_is_never_asked_about_others_rows(
    reader: psycopg.Connection[Any], two_hosts: tuple[Mirror, Mirror]
) -> None:
    """A cheap function that raises would tell what it was given, if it were asked before the row was admitted."""
    fill(two_hosts[1], "time_entries", entry(99, notes="secret"))
    reader.execute("SET default_transaction_read_only = off")
    reader.execute(
        "CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
        "$$ BEGIN IF $1 LIKE '%secret%' THEN RAISE EXCEPTION '%', $1; END IF; RETURN true; END $$"
    )
    assert reader.execute("SELECT count(*) FROM time_entries WHERE pg_temp.tell(notes)").fetchone() == (3,)


ODD = (
    '{"id":50,"spent_date":"2026-13-77","hours":"many","is_billed":"no","user":7,"notes":"a\\u0000b \\\\u0000",'
    '"created_at":"soon","updated_at":"2026-11-24T08:59:00Z","client":{"id":1e30,"name":"\\ud83d\\ude00 \\ud83d x"}}'
)


@on_postgresql
def test_an_odd_record_fails_no_query_over_the_others(
    reader: psycopg.Connection[Any], two_hosts: tuple[Mirror, Mirror]
) -> None:
    fill(two_hosts[0], "time_entries", entry(50))
    Record.objects.filter(harvest_id=50).update(raw=ODD)
    listed = ", ".join(columns_of("time_entries"))
    [row] = reader.execute(f"SELECT {listed} FROM time_entries WHERE id = 50".encode()).fetchall()
    found = dict(zip(columns_of("time_entries"), row, strict=True))
    assert (found["spent_date"], found["hours"], found["is_billed"], found["user_id"]) == (None, None, None, None)
    assert (found["notes"], found["client_id"], found["client_name"]) == ("ab \\u0000", None, "😀 ? x")


@on_postgresql
@pytest.mark.parametrize("resource", list(BY_NAME))
def test_every_resource_has_a_view_with_the_documented_columns(db: None, resource: str) -> None:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT * FROM harvest_bi.{resource} LIMIT 0")
        assert [column.name for column in cursor.description] == columns_of(resource)


@on_postgresql
def test_a_child_names_what_it_belongs_to(db: None, mirror: Mirror) -> None:
    fill(mirror, "invoice_payments", {"id": 1, "amount": 10.5, **TIMES}, parent_id=77)
    with database.cursor() as cursor:
        cursor.execute("SELECT invoice_id, amount FROM harvest_bi.invoice_payments")
        assert cursor.fetchall() == [(77, Decimal("10.5"))]


@on_postgresql
def test_a_host_app_that_is_gone_leaves_its_reader_nothing(
    reader: psycopg.Connection[Any], two_hosts: tuple[Mirror, Mirror]
) -> None:
    two_hosts[0].connection.host_app.bi_readers.all().delete()
    assert reader.execute("SELECT count(*) FROM time_entries").fetchone() == (0,)
    two_hosts[0].connection.host_app.bi_readers.create(role=reader.info.user)


@on_postgresql
@pytest.mark.parametrize("role", ["postgres", "pg_reader", "Mixed", 'x"; DROP', "", "a" * 64])
def test_a_role_of_somebody_elses_or_a_wrong_name_is_refused(board: NewHostApp, role: str) -> None:
    with pytest.raises(RoleRefused):
        create_reader(host_app=board.host_app, role=role)
    with pytest.raises(RoleRefused):
        remove_reader(role=role)


def test_the_command_says_what_it_needs(db: None) -> None:
    with pytest.raises(CommandError, match="--host-app"):
        call_command("createbireader", "bi_x")


@pytest.mark.skipif(ON_POSTGRESQL, reason="what SQLite answers")
def test_on_sqlite_it_says_that_there_are_no_roles(board: NewHostApp) -> None:
    with pytest.raises(CommandError, match="PostgreSQL"):
        call_command("createbireader", "bi_x", "--host-app", str(board.host_app.pk))

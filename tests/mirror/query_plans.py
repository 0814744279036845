"""What PostgreSQL does for each question that is asked of a mirror of a million time entries: `make query-plans`.

Each question is asked through the API; every SELECT of it that reads records or numbers is explained. Written to
docs/benchmarks-mirror.md. QUERY_PLAN_ROWS takes fewer rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import reset_queries
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.models import Mirror, Stream
from harvest_bridge.mirror.reading.changes_page import read_changes
from harvest_bridge.mirror.reading.feed_parameters import feed_question
from tests.bench.mirror_report import write_section
from tests.insights.conftest import linked as linked
from tests.insights.mirrored import Mirrored

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("TEST_DATABASE_URL" not in os.environ, reason="it explains what PostgreSQL does"),
]
ROWS = int(os.environ.get("QUERY_PLAN_ROWS", "1000000"))
HEADING = "## Which indexes answer what"
TODAY = date.today()
MONTH = {"from": str(TODAY - timedelta(days=30)), "to": str(TODAY)}
LIST, CHANGES = "/mirror/time_entries", "/mirror/changes"
QUESTIONS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("the newest page of a list", LIST, {}),
    ("a month", LIST, MONTH),
    ("a month of one person", LIST, {**MONTH, "user_id": 7}),
    ("a month of one project", LIST, {**MONTH, "project_id": 7}),
    ("one person", LIST, {"user_id": 7}),
    ("one client, unbilled", LIST, {"client_id": 3, "is_billed": "false"}),
    ("what changed since yesterday", LIST, {"updated_since": f"{TODAY - timedelta(days=1)}T00:00:00Z"}),
    ("newest updates first", LIST, {"sort": "-updated_at"}),
    ("running timers", LIST, {"is_running": "true"}),
    ("one item of the host's", LIST, {"external_reference_id": "card-7"}),
    ("deleted ones", LIST, {"deleted": "only"}),
    ("one record", f"{LIST}/5001", {}),
    ("the feed from its middle", CHANGES, {"after": str(ROWS // 2)}),
    ("the feed of one resource that has few rows", CHANGES, {"after": "0", "resources": "projects"}),
    ("utilization of a month", "/insights/utilization", MONTH),
    ("entries of one person behind a figure", "/insights/entries", {**MONTH, "user_id": 7}),
    ("margins of a month by project", "/insights/profitability", {**MONTH, "by": "project"}),
    ("margins of a month by person", "/insights/profitability", {**MONTH, "by": "person"}),
    ("budgets", "/insights/budgets", {}),
)
_RECORDS = """
    INSERT INTO mirror_record (mirror_id, stream_id, harvest_id, position, digest, changed, first_seen_at, changed_at,
        read_at, cause, updated_at, user_id, client_id, project_id, task_id, day, is_billed, is_running, state,
        external_reference_id, raw, deleted_at)
    SELECT %s, %s, n, n + 1000, '\\x00', '', now(), now(), now(), '', now() - make_interval(mins => (n %% 500000)::int),
        n %% 500, n %% 60, n %% 400, n %% 30, %s - (n %% 1000)::int, n %% 2 = 0, n %% 100000 = 0, 'approved',
        CASE WHEN n %% 50 = 0 THEN 'card-' || n %% 5000 ELSE '' END,
        '{"id":' || n || ',"hours":1.0,"notes":"' || repeat('x', 100) || '"}',
        CASE WHEN n %% 5000 = 0 THEN now() END
    FROM generate_series(1, %s) AS n"""
_NUMBERS = """
    INSERT INTO mirror_timeentry (mirror_id, harvest_id, day, week, month, user_id, client_id, project_id, task_id,
        is_billable, hours_micros, rounded_hours_micros, billable_rate_micros, cost_rate_micros, is_budgeted,
        is_running, is_locked, is_billed, approval_status, currency)
    SELECT %s, n, d, (d + 3) / 7, (extract(year FROM a) * 12 + extract(month FROM a) - 1)::int, n %% 500, n %% 60,
        n %% 400, n %% 30, n %% 3 > 0, 1500000, 1500000, 100000000, 50000000, true, false, false, n %% 2 = 0,
        'approved', 'EUR'
    FROM (SELECT n, %s - (n %% 1000)::int AS d, date '1970-01-01' + (%s - (n %% 1000)::int) AS a
        FROM generate_series(1, %s) AS n) AS given"""
_TABLES = re.compile(r"mirror_(record|timeentry|expense|invoice|personmonth|projectmonth)\b")
_INDEX = re.compile(r"Index (?:Only )?Scan (?:Backward )?using (\w+)|Bitmap Index Scan on (\w+)")
_WHOLE = re.compile(r"Seq Scan on (mirror_\w+)")


@pytest.fixture
def filled(linked: Connection) -> Mirror:
    mirrored = Mirrored(linked)
    for number in range(1, 30):
        mirrored.put("projects", {"id": number, "name": "P", "is_active": True, "client": {"id": 3, "name": "C"}})
    mirror = mirrored.mirror
    stream = Stream.objects.get(mirror=mirror, resource="time_entries")
    today = TODAY.toordinal() - date(1970, 1, 1).toordinal()
    with database.cursor() as cursor:
        cursor.execute(_RECORDS, (mirror.pk, stream.pk, today, ROWS))
        cursor.execute(_NUMBERS, (mirror.pk, today, today, ROWS))
        cursor.execute("ANALYZE mirror_record")
        cursor.execute("ANALYZE mirror_timeentry")
    Mirror.objects.filter(pk=mirror.pk).update(last_position=ROWS + 1000)
    return mirror


def ask(api: APIClient, board: NewHostApp, path: str, query: dict[str, Any]) -> None:
    """The feed is answered beside Django's views."""
    if path == CHANGES:
        read_changes(feed_question(board.api_key, list(query.items()), position="after", takes_wait=True))
        return
    answer = api.get(path, query)
    assert answer.status_code == 200, answer.content[:500]


def test_plans(filled: Mirror, api: APIClient, board: NewHostApp) -> None:
    rows, whole = [], []
    for title, path, query in QUESTIONS:
        reset_queries()
        with CaptureQueriesContext(database) as asked:
            ask(api, board, path, {"integrated_account_id": str(filled.connection_id), **query})
        found = [plan for each in asked.captured_queries for plan in _plans(each["sql"])]
        indexes = sorted({one or two for plan in found for one, two in _INDEX.findall(plan)})
        scans = sorted({name for plan in found for name in _WHOLE.findall(plan)})
        slowest = max((_milliseconds(plan) for plan in found), default=0.0)
        whole += [(title, plan) for plan in found if _WHOLE.findall(plan) and _milliseconds(plan) > 50]
        rows.append(f"| {title} | {', '.join(indexes) or '-'} | {', '.join(scans) or '-'} | {slowest:.1f} |")
    for title, plan in whole:
        print(f"\n{title}\n{plan}")
    text = (
        "`make query-plans` writes this section anew: `EXPLAIN ANALYZE` on PostgreSQL of every SELECT over records and "
        f"numbers that a question causes, in a mirror of {ROWS:,} time entries.\n\n"
        "| question | indexes | tables read whole | slowest SELECT, ms |\n| --- | --- | --- | --- |\n"
    )
    write_section(HEADING, text + "\n".join(rows))


def _plans(sql: str) -> Iterator[str]:
    if sql.lstrip().upper().startswith(("SELECT", "WITH")) and _TABLES.search(sql):
        with database.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {sql}")
            yield "\n".join(line for (line,) in cursor.fetchall())


def _milliseconds(plan: str) -> float:
    [found] = re.findall(r"Execution Time: ([\d.]+) ms", plan)
    return float(found)

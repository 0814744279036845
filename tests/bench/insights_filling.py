"""A mirror of a million time entries, written in bulk: what is measured is reading.

Each of 500 people works on a dozen of 400 projects, about two entries a working day. Run as a program with a bridge's
environment, it prints the id of the connection.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

ENTRIES, PEOPLE, PROJECTS, CLIENTS, TASKS, DAYS = 1_000_000, 500, 400, 80, 10, 1095
_BATCH = 50_000


def filled(host_id: str, entries: int) -> str:
    from django.utils import timezone

    from harvest_bridge.connections.models import Connection
    from tests.insights.mirrored import Mirrored
    from tests.insights.records import client, person, project, task

    given = {"tenant_id": "bench", "kind": "account", "status": "active", "harvest_account_id": 1, "linked_by": "bench"}
    names = {"harvest_account_name": "Bench", "harvest_user_id": 1, "access_roles": ["administrator"]}
    connection = Connection.objects.create(host_app_id=host_id, **given, **names)
    mirrored = Mirrored(connection)
    hired = {"created_at": "2023-01-01T00:00:00Z", "is_contractor": True, "roles": ["Build"]}
    mirrored.put("users", *(person(n, **hired) for n in range(1, PEOPLE + 1)))
    mirrored.put("clients", *(client(n) for n in range(1, CLIENTS + 1)))
    budget = {"budget_by": "project", "budget": 10_000}
    mirrored.put("projects", *(project(n, 1 + n % CLIENTS, **budget) for n in range(1, PROJECTS + 1)))
    mirrored.put("tasks", *(task(n) for n in range(1, TASKS + 1)))
    write(rows_of(mirrored.mirror.pk, entries, timezone.now().date()))
    add_up_months(mirrored.mirror.pk)
    return str(connection.pk)


def rows_of(mirror_id: int, count: int, today: date) -> Iterator[tuple[Any, ...]]:
    """Shape: the mirror, the entry's id, and the columns of `typed_rows`."""
    from harvest_bridge.mirror.columns import month_of, week_of

    dice, last = random.Random(18), today.toordinal() - date(1970, 1, 1).toordinal()
    first = last - DAYS + 1
    days = ((day, date(1970, 1, 1) + timedelta(days=day)) for day in range(first, last + 1))
    calendar = [(number, week_of(number), month_of(day)) for number, day in days]
    own = [[dice.randint(1, PROJECTS) for _ in range(12)] for _ in range(PEOPLE + 1)]
    roll = dice.random
    for number in range(1, count + 1):
        user, hours = 1 + int(roll() * PEOPLE), (25 + int(roll() * 675)) * 10_000
        project, is_billable = own[user][int(roll() * 12)], roll() < 0.7
        where = (user, 1 + project % CLIENTS, project, 1 + int(roll() * TASKS), is_billable, hours, hours)
        rates = ((80 + user % 50) * 1_000_000 if is_billable else None, (40 + user % 30) * 1_000_000)
        flags = (True, False, False, roll() < 0.5, "approved", None, "EUR")
        yield (mirror_id, number, *calendar[(number - 1) * DAYS // count], *where, *rates, *flags)


def write(rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY on PostgreSQL, many rows a statement on SQLite."""
    from django.db import connection as database
    from django.db import transaction

    from harvest_bridge.mirror import tables
    from harvest_bridge.mirror.typed_rows import TABLES

    table, given = TABLES["time_entries"], iter(rows)
    with transaction.atomic(), database.cursor() as cursor:
        if database.vendor == "postgresql":
            columns = ", ".join(f'"{name}"' for name in ("mirror_id", "harvest_id", *table.columns))
            with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
                for row in given:
                    copy.write_row(row)
        else:
            cursor.execute("PRAGMA cache_size = -200000")
        while batch := list(islice(given, _BATCH)):
            tables.insert_typed(table, batch[0][0], [row[1:] for row in batch])
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if database.vendor == "postgresql" else "ANALYZE")


def add_up_months(mirror_id: int) -> None:
    """As the worker does once a mirror was read."""
    from django.utils import timezone

    from harvest_bridge.mirror import month_totals
    from harvest_bridge.mirror.models import MonthState, TimeEntry

    months = TimeEntry.objects.order_by().values_list("month", flat=True).distinct()
    now = timezone.now()
    MonthState.objects.bulk_create(MonthState(mirror_id=mirror_id, month=month, due_at=now) for month in months)
    month_totals.total_due(now=now)


if __name__ == "__main__":
    import django

    django.setup()
    print(filled(sys.argv[1], int(sys.argv[2])))

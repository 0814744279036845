"""One database of `insights_payouts`: filled, then asked for statements. Prints what it took as JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.db import transaction  # noqa: E402

from harvest_bridge.connections.models import Connection  # noqa: E402
from harvest_bridge.hosts.services import create_host_app  # noqa: E402
from harvest_bridge.insights.payouts.days import number_of  # noqa: E402
from harvest_bridge.insights.payouts.drafts import draft_of  # noqa: E402
from harvest_bridge.insights.payouts.models import Period  # noqa: E402
from harvest_bridge.mirror import tables  # noqa: E402
from harvest_bridge.mirror.typed_rows import TABLES  # noqa: E402
from tests.bench.insights_payouts import DAYS, PEOPLE  # noqa: E402
from tests.insights.mirrored import Mirrored  # noqa: E402

FIRST = date(2024, 1, 1)
MONTH = (date(2025, 11, 1), date(2025, 11, 30))


def filled(entries: int) -> Connection:
    call_command("migrate", verbosity=0)
    host = create_host_app(name="Bench", origins=["https://bench.example"]).host_app
    given = {"tenant_id": "acme", "kind": "account", "status": "active", "harvest_account_id": 7, "linked_by": "Alice"}
    linked = Connection.objects.create(host_app=host, harvest_account_name="Acme", harvest_user_id=1, **given)
    mirrored = Mirrored(linked)
    mirrored.put(
        "users",
        *(
            {"id": one, "first_name": f"P{one}", "is_contractor": True, "is_active": True}
            for one in range(1, PEOPLE + 1)
        ),
    )
    with transaction.atomic():
        for batch in _rows(mirrored.mirror.pk, entries):
            tables.upsert_typed(TABLES["time_entries"], batch)
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")
    return linked


def _rows(mirror_id: int, entries: int) -> Iterator[list[tuple[Any, ...]]]:
    begin = number_of(FIRST)
    for start in range(0, entries, 20_000):
        batch = []
        for number in range(start, min(start + 20_000, entries)):
            day, hours = begin + number * DAYS // entries, (number % 32 + 1) * 250_000
            who = (number % PEOPLE + 1, number % 40 + 1, number % 400 + 1, number % 10 + 1)
            rates = (100_000_000, 60_000_000 + number % 7 * 1_000_000)
            flags = (True, False, True, False)
            row = (day, (day + 3) // 7, day // 30, *who, True, hours, hours, *rates, *flags, "approved", None, "EUR")
            batch.append((mirror_id, number + 1, *row))
        yield batch


def middle(ask: Callable[[], Any]) -> float:
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main(entries: int) -> None:
    linked = filled(entries)
    given = {"connection": linked, "kind": "monthly", "created_by": "bench"}
    month = Period(**given, first_day=MONTH[0], last_day=MONTH[1])
    one = Period(**given, first_day=MONTH[0], last_day=MONTH[1], people=[42])
    lines = sum(len(person.lines) for person in draft_of(month).people.values())
    print(json.dumps({"one": middle(lambda: draft_of(one)), "month": middle(lambda: draft_of(month)), "lines": lines}))


if __name__ == "__main__":
    main(int(sys.argv[1]))

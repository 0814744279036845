"""Singer's tap-harvest, as published, and the mirror read the same account; every record is compared.

`make compare-connectors`. The tap asks Harvest (the sandbox) itself, the mirror's records come through our API. What
the tap adds to a record is taken back: `client_id` is `client.id`, a day becomes a moment.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.bench.mirror_report import write_section
from tests.proxy.drop_in.published_clients import run_python

from .syncing import Syncing

pytestmark = pytest.mark.django_db
# The tap's streams and ours. The others of the tap (line items, roles of users, …) are parts of these records.
STREAMS = {
    **{
        name: name
        for name in (
            *("clients", "contacts", "tasks", "projects", "users", "roles", "time_entries", "expenses"),
            *("expense_categories", "invoices", "invoice_item_categories", "invoice_messages", "invoice_payments"),
            *("estimates", "estimate_item_categories", "estimate_messages"),
        )
    },
    "project_users": "user_assignments",
    "project_tasks": "task_assignments",
    "user_projects": "project_assignments",
}
HEADING = "## Beside a published tap, record by record"
# Which the tap makes itself from a record.
MADE = {"user_projects": {"user", "user_id"}}
Json = dict[str, Any]


@pytest.fixture
def copied(alices: Connection) -> Syncing:
    found = Syncing(alices)
    found.work()
    found.later(seconds=1).work()
    return found


def test_the_tap_and_the_mirror_have_the_same_records(
    copied: Syncing, alices: Connection, sandbox: RunningSandbox, api: APIClient
) -> None:
    account = str(sandbox.account.id)
    told = run_python(
        "tap_harvest_sync.py", {"url": sandbox.url, "key": sandbox.personal_token("alice"), "account": account}
    )
    taps: dict[str, list[Json]] = defaultdict(list)
    for line in told:
        if line["type"] == "RECORD" and line["stream"] in STREAMS:
            taps[line["stream"]].append(line["record"])
    differing, rows = [], []
    for stream, resource in STREAMS.items():
        ours = {one["id"]: one for one in mirrored(api, alices, resource)}
        theirs = {one["id"]: one for one in taps[stream]}
        assert theirs.keys() <= ours.keys(), stream
        fields: Counter[str] = Counter()
        for key, one in theirs.items():
            for name, value in one.items():
                found = looked_up(ours[key], name)
                if found is ABSENT or name in MADE.get(stream, ()):
                    fields["made by the tap"] += 1
                elif same(value, found):
                    fields["equal"] += 1
                else:
                    differing.append((stream, key, name, value, found))
        beyond = len(ours.keys() - theirs.keys())
        rows.append(f"| {stream} | {resource} | {len(theirs):,} | {fields['equal']:,} | {beyond:,} |")
    assert differing == []
    write(rows)


ABSENT = object()


def looked_up(record: Json, name: str) -> Any:
    """`client_id` is `client.id`, where there is no such field; ABSENT for what the record has not."""
    if name in record:
        return record[name]
    for at in (at for at, letter in enumerate(name) if letter == "_"):
        outer = record.get(name[:at], ABSENT)
        if isinstance(outer, dict) and name[at + 1 :] in outer:
            return outer[name[at + 1 :]]
        if outer is None:
            return None
    return ABSENT


def same(theirs: Any, ours: Any) -> bool:
    """The tap's value may have less in it, as its schema leaves out what it does not know."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return all(name not in ours or same(value, ours[name]) for name, value in theirs.items())
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(same(*pair) for pair in zip(theirs, ours, strict=True))
    if isinstance(theirs, str) and isinstance(ours, int | float):
        return Decimal(theirs) == Decimal(str(ours))  # as its schema has some numbers
    return plain(theirs) == plain(ours)


def plain(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return Decimal(str(value)).normalize()
    if isinstance(value, str) and len(value) >= 10 and value[4:5] == "-":
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return value


def mirrored(api: APIClient, connection: Connection, resource: str) -> Iterator[Json]:
    query = {"integrated_account_id": str(connection.pk), "limit": 2000}
    while True:
        answer = api.get(f"/mirror/{resource}", query)
        assert answer.status_code == 200, answer.content
        page = json.loads(answer.content)
        yield from page["result"]
        if not page["next_cursor"]:
            return
        query["next_cursor"] = page["next_cursor"]


def write(rows: list[str]) -> None:
    text = (
        "`make compare-connectors` writes this section anew: tap-harvest 3.1.1 reads the sandbox's account itself, and "
        "every field of every record that it writes is compared with the mirror's record, read through "
        "`GET /mirror/…`. No field differs. *Beyond* are records that the mirror has and the tap does not show.\n\n"
        "| the tap's stream | the mirror's resource | records | fields that are equal | beyond |\n"
        "| --- | --- | --- | --- | --- |\n"
    )
    write_section(HEADING, text + "\n".join(rows))
    assert (ROOT / "docs" / "benchmarks-mirror.md").exists()

"""Published connectors and the mirror read the same account; every record is compared: `make compare-connectors`.

Singer's tap-harvest and Airbyte's source-harvest ask Harvest (the sandbox) themselves, the mirror's records come
through our API. What a connector adds to a record is taken back: `client_id` is `client.id`, a day becomes a moment.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.bench.mirror_report import write_section
from tests.proxy.drop_in.published_clients import AIRBYTE, REQUIREMENTS, run_python

from .syncing import Syncing

pytestmark = pytest.mark.django_db
# Streams that are called as our resources are. The others of a connector are parts of these records, or reports.
_SAME = (
    *("clients", "contacts", "tasks", "projects", "users", "roles", "time_entries", "expenses"),
    *("expense_categories", "invoices", "invoice_item_categories", "invoice_messages", "invoice_payments"),
    *("estimates", "estimate_item_categories", "estimate_messages"),
)
HEADING = "## Beside published connectors, record by record"
Json = dict[str, Any]


@dataclass(frozen=True)
class Connector:
    """Shape: `streams` names the resource of each stream, `made` the fields that it makes itself from a record."""

    title: str
    script: str
    requirements: Path
    streams: Mapping[str, str]
    made: Mapping[str, frozenset[str]]

    def read(self, sandbox: RunningSandbox) -> dict[str, list[Json]]:
        given = {"url": sandbox.url, "key": sandbox.personal_token("alice"), "account": str(sandbox.account.id)}
        told = run_python(self.script, {**given, "streams": list(self.streams)}, self.requirements)
        found: dict[str, list[Json]] = defaultdict(list)
        for line in told:
            if line.get("type", "RECORD") == "RECORD" and line["stream"] in self.streams:
                found[line["stream"]].append(line["record"])
        return found


CONNECTORS = (
    Connector(
        "tap-harvest 3.1.1",
        "tap_harvest_sync.py",
        REQUIREMENTS,
        {
            **dict(zip(_SAME, _SAME, strict=True)),
            "project_users": "user_assignments",
            "project_tasks": "task_assignments",
            "user_projects": "project_assignments",
        },
        {"user_projects": frozenset({"user", "user_id"})},
    ),
    Connector(
        "source-harvest 1.0.19",
        "airbyte_source_harvest.py",
        AIRBYTE,
        {
            **dict(zip(_SAME, _SAME, strict=True)),
            **{name: name for name in ("company", "user_assignments", "task_assignments", "project_assignments")},
            "billable_rates": "billable_rates",
            "cost_rates": "cost_rates",
            "project_budget": "reports_project_budget",
        },
        {},
    ),
)


@pytest.fixture
def copied(alices: Connection) -> Syncing:
    found = Syncing(alices)
    found.work()
    found.later(seconds=1).work()
    return found


def test_the_connectors_and_the_mirror_have_the_same_records(
    copied: Syncing, alices: Connection, sandbox: RunningSandbox, api: APIClient
) -> None:
    rows, differing = [], []
    for connector in CONNECTORS:
        theirs = connector.read(sandbox)
        for stream, resource in connector.streams.items():
            ours = {key_of(one): one for one in mirrored(api, alices, resource)}
            found = {key_of(one): one for one in theirs[stream]}
            assert found.keys() <= ours.keys(), (connector.title, stream)
            fields = Counter(
                compared(connector, stream, name, value, ours[key], differing)
                for key, one in found.items()
                for name, value in one.items()
            )
            beyond = len(ours.keys() - found.keys())
            rows.append(
                f"| {connector.title} | {stream} | {resource} | {len(found):,} | {fields['equal']:,} | {beyond:,} |"
            )
    assert differing == []
    write(rows)


def key_of(record: Json) -> Any:
    """Of a company there is one; the budget report goes by project."""
    return record.get("id", record.get("project_id"))


def compared(
    connector: Connector, stream: str, name: str, value: Any, ours: Json, differing: list[tuple[Any, ...]]
) -> str:
    """What became of one field; what differs is noted."""
    found = looked_up(ours, name)
    if found is ABSENT or name in connector.made.get(stream, ()):
        return "made by the connector"
    if same(value, found):
        return "equal"
    differing.append((connector.title, stream, key_of(ours), name, value, found))
    return "differs"


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
        "`make compare-connectors` writes this section anew: Singer's tap-harvest and Airbyte's source-harvest read "
        "the sandbox's account themselves, and every field of every record that they write is compared with the "
        "mirror's record, read through `GET /mirror/…`. No field differs. *Beyond* are records that the "
        "mirror has and the connector does not show.\n\n"
        "| connector | its stream | the mirror's resource | records | fields that are equal | beyond |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
    )
    write_section(HEADING, text + "\n".join(rows))
    assert (ROOT / "docs" / "benchmarks-mirror.md").exists()

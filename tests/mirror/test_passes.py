"""A mirror holds what Harvest holds, and notes what changed."""

from __future__ import annotations

import json

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Record, Stream
from harvest_bridge.mirror.reading.export_rows import Row, Table
from harvest_bridge.mirror.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox

from .syncing import PLAIN, Syncing, everything

pytestmark = pytest.mark.django_db


def test_a_first_sweep_holds_every_record_as_harvest_sent_it(sandbox: RunningSandbox, alices: Connection) -> None:
    syncing = Syncing(alices)
    syncing.work()
    syncing.later(seconds=10).work()  # the children of what was read
    for resource in PLAIN:
        if resource != "reports_project_budget":
            assert syncing.held(resource) == everything(sandbox, resource), resource
    without_column: set[tuple[str, str]] = set()
    for record in Record.objects.filter(mirror=syncing.mirror).select_related("stream"):
        table = Table(record.stream.resource, with_deleted=False)
        row = Row(record.harvest_id, record.parent_id, None, "", record.raw)
        if others := table.cells(row)[-1]:
            without_column |= {(record.stream.resource, name) for name in json.loads(others)}
    assert {name for _, name in without_column} <= {"user_assignment", "task_assignment", "expense_category"}
    states = dict(Stream.objects.filter(mirror=syncing.mirror).values_list("resource", "state"))
    assert states == {row.name: "complete" for row in RESOURCES}

"""A change takes one number and says what it moved; what did not change writes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from msgspec import Raw

from harvest_bridge.mirror.columns import seen
from harvest_bridge.mirror.models import Record, TimeEntry
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.writing import StreamTarget, write

from .model_harvest import ModelHarvest
from .syncing import Syncing

pytestmark = pytest.mark.django_db


def any_entry(harvest: ModelHarvest) -> dict[str, object]:
    return next(iter(harvest.records["time_entries"].values()))


def test_where_nothing_changed_a_hot_pass_asks_once_a_stream_and_writes_no_record(
    harvest: ModelHarvest, syncing: Syncing
) -> None:
    before, calls = syncing.position, harvest.calls
    with CaptureQueriesContext(database) as queries:
        syncing.later(minutes=3).work()
    assert harvest.calls - calls == 5  # users, clients, projects, time entries, invoices
    assert syncing.position == before
    written = [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [sql for sql in written if "mirror_record" in sql or "mirror_timeentry" in sql]


def test_a_change_names_its_fields_and_moves_to_the_end(harvest: ModelHarvest, syncing: Syncing) -> None:
    entry = any_entry(harvest)
    harvest.clock += timedelta(seconds=5)
    harvest._put("time_entries", entry | {"notes": "new"})
    before = syncing.position
    syncing.later(minutes=3).work()
    row = syncing.record("time_entries", int(str(entry["id"])))
    assert (row.position, row.changed) == (before + 1, "notes,updated_at")


def test_growing_hours_take_no_number_and_show_in_the_copy(harvest: ModelHarvest, syncing: Syncing) -> None:
    entry = any_entry(harvest)
    key = int(str(entry["id"]))
    harvest._put("time_entries", entry | {"is_running": True, "hours": 0.5})
    syncing.later(minutes=3).work()
    before = syncing.position
    harvest.records["time_entries"][key]["hours"] = 0.75
    syncing.later(minutes=3).work()
    assert syncing.position == before
    assert syncing.held("time_entries")[key]["hours"] == 0.75
    assert TimeEntry.objects.get(harvest_id=key).hours_micros == 750_000


def test_a_running_timer_that_was_deleted_goes_with_the_next_hot_pass(harvest: ModelHarvest, syncing: Syncing) -> None:
    entry = any_entry(harvest)
    key = int(str(entry["id"]))
    harvest._put("time_entries", entry | {"is_running": True})
    syncing.later(minutes=3).work()
    harvest._drop("time_entries", key)
    syncing.later(minutes=3).work()
    assert syncing.record("time_entries", key).cause == "deleted"


def test_what_was_asked_for_earlier_never_replaces_newer_bytes(harvest: ModelHarvest, syncing: Syncing) -> None:
    entry = any_entry(harvest)
    key = int(str(entry["id"]))
    target = StreamTarget(syncing.mirror, syncing.stream("time_entries"), BY_NAME["time_entries"])
    newer = seen(target.resource, Raw(b'{"id": %d, "notes": "newer"}' % key))
    older = seen(target.resource, Raw(b'{"id": %d, "notes": "older"}' % key))
    write(target, [newer], read_at=timezone.now() + timedelta(seconds=2))
    write(target, [older], read_at=timezone.now() + timedelta(seconds=1))
    assert syncing.held("time_entries")[key]["notes"] == "newer"


def test_a_rate_changed_after_the_fact_shows_after_the_sweep(harvest: ModelHarvest, syncing: Syncing) -> None:
    for row in harvest.records["time_entries"].values():
        row["billable_rate"] = 123.45
    syncing.later(hours=25).work()
    rates = set(TimeEntry.objects.filter(mirror=syncing.mirror).values_list("billable_rate_micros", flat=True))
    assert rates == {123_450_000}
    assert {row.changed for row in Record.objects.filter(stream=syncing.stream("time_entries"))} == {"billable_rate"}


def test_positions_are_without_gaps_and_each_record_has_one(harvest: ModelHarvest, syncing: Syncing) -> None:
    positions = sorted(Record.objects.filter(mirror=syncing.mirror).values_list("position", flat=True))
    assert positions == list(range(1, syncing.position + 1))

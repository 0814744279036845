"""Rates that are hidden from the linker, as they lost a right in Harvest, stay in the mirror as they were."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from harvest_bridge.mirror import services
from harvest_bridge.mirror.columns import seen
from harvest_bridge.mirror.hidden_rates import with_kept_rates
from harvest_bridge.mirror.models import Record, TimeEntry
from harvest_bridge.mirror.resources import BY_NAME

from .model_harvest import ME, ModelHarvest
from .syncing import Syncing

pytestmark = pytest.mark.django_db


def own_entry(harvest: ModelHarvest) -> int:
    return next(key for key, row in harvest.records["time_entries"].items() if row["user"]["id"] == ME)


def rates(syncing: Syncing) -> list[Any]:
    return sorted(TimeEntry.objects.values_list("harvest_id", "billable_rate_micros", "cost_rate_micros"))


def read_in_every_way(syncing: Syncing) -> None:
    for time in ({"minutes": 3}, {"minutes": 11}, {"hours": 25}):
        syncing.later(**time).work()


def test_a_right_that_is_lost_and_given_back_moves_no_record_and_no_money(
    harvest: ModelHarvest, syncing: Syncing
) -> None:
    position, money = syncing.position, rates(syncing)
    assert all(rate for _, rate, _ in money)
    harvest.is_admin = False
    read_in_every_way(syncing)
    stream = syncing.stream("time_entries")
    assert (stream.state, stream.reason) == ("partial", "rights")
    assert (syncing.position, rates(syncing)) == (position, money)

    harvest.is_admin = True
    read_in_every_way(syncing)
    services.sync(syncing.connection, kind="sweep")
    syncing.work()
    assert syncing.stream("time_entries").state == "complete"
    assert (syncing.position, rates(syncing)) == (position, money)


def test_what_the_linker_edits_meanwhile_is_seen_and_the_rates_stay(harvest: ModelHarvest, syncing: Syncing) -> None:
    key = own_entry(harvest)
    harvest.is_admin = False
    harvest.clock += timedelta(seconds=5)
    harvest._put("time_entries", harvest.records["time_entries"][key] | {"notes": "new", "hours": 7.5})
    syncing.later(minutes=3).work()
    record = syncing.record("time_entries", key)
    held = json.loads(record.raw)
    assert (held["notes"], held["hours"], held["billable_rate"], held["cost_rate"]) == ("new", 7.5, 100.0, 40.0)
    assert record.changed == "hours,notes,updated_at"
    position = syncing.position
    read_in_every_way(syncing)
    assert syncing.position == position
    harvest.is_admin = True
    syncing.later(hours=25).work()
    assert syncing.held("time_entries")[key] == harvest.records["time_entries"][key]


def test_a_rate_that_is_taken_away_is_gone_where_the_linker_may_see_it(harvest: ModelHarvest, syncing: Syncing) -> None:
    key = own_entry(harvest)
    harvest.clock += timedelta(seconds=5)
    harvest._put("time_entries", harvest.records["time_entries"][key] | {"billable_rate": None, "billable": False})
    syncing.later(minutes=3).work()
    assert syncing.held("time_entries")[key]["billable_rate"] is None
    assert TimeEntry.objects.get(harvest_id=key).billable_rate_micros is None


def test_where_no_rate_is_gone_nobody_asks_for_rights(harvest: ModelHarvest, syncing: Syncing) -> None:
    key = own_entry(harvest)
    harvest.clock += timedelta(seconds=5)
    harvest._put("time_entries", harvest.records["time_entries"][key] | {"notes": "new", "billable_rate": 120.0})
    calls = harvest.calls
    syncing.later(minutes=3).work()
    assert harvest.calls - calls == 5, "one for each stream"


OLD = {
    "id": 1,
    "hourly_rate": 80.5,
    "budget": 10,
    "task": {"id": 4, "hourly_rate": 50.0},
    "task_assignments": [{"id": 7, "hourly_rate": 60.0}, {"id": 8, "hourly_rate": 70.0}, "odd"],
}


@pytest.mark.parametrize(
    ("roles", "new", "kept"),
    [
        (["member"], {**OLD, "hourly_rate": None}, OLD),
        (["member"], {name: value for name, value in OLD.items() if name != "hourly_rate"}, OLD),
        (["administrator"], {**OLD, "hourly_rate": None}, {**OLD, "hourly_rate": None}),
        (["billable_rates_manager", "manager"], {**OLD, "hourly_rate": None}, {**OLD, "hourly_rate": None}),
        (["member"], {**OLD, "budget": None}, {**OLD, "budget": None}),
        (["member"], {**OLD, "hourly_rate": 0.0}, {**OLD, "hourly_rate": 0.0}),
        (["member"], {**OLD, "task": {"id": 4, "hourly_rate": None}}, OLD),
        (["member"], {**OLD, "task": {"id": 5, "hourly_rate": None}}, {**OLD, "task": {"id": 5, "hourly_rate": None}}),
        (
            ["member"],
            {**OLD, "task_assignments": [{"id": 8, "hourly_rate": None}, {"id": 9, "hourly_rate": None}, "odd"]},
            {**OLD, "task_assignments": [{"id": 8, "hourly_rate": 70.0}, {"id": 9, "hourly_rate": None}, "odd"]},
        ),
    ],
)
def test_rates_are_kept_by_name_at_any_depth_of_the_same_thing(
    syncing: Syncing, roles: list[str], new: dict[str, Any], kept: dict[str, Any]
) -> None:
    project = BY_NAME["projects"]
    row = Record.objects.filter(stream=syncing.stream("projects")).first()
    assert row is not None
    row.raw = json.dumps({**OLD, "id": row.harvest_id})
    row.save()
    one = seen(project, msgspec.Raw(json.dumps({**new, "id": row.harvest_id}).encode()))
    found = with_kept_rates(syncing.stream("projects"), project, [one], lambda: roles)
    expected = {**kept, "id": row.harvest_id}
    assert [json.loads(each.raw) for each in found] == ([] if kept == OLD else [expected])

"""What is deleted in Harvest becomes a tombstone, and nothing else ever does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from msgspec import Raw

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.mirror import services
from harvest_bridge.mirror.columns import seen
from harvest_bridge.mirror.models import Kind, Record, TimeEntry
from harvest_bridge.mirror.resources import BY_NAME
from harvest_bridge.mirror.writing import StreamTarget, write
from harvest_bridge.sandbox.testing import RunningSandbox

from .model_harvest import ME, ModelHarvest, Odds
from .syncing import WANTED, Syncing

pytestmark = pytest.mark.django_db


def todays(harvest: ModelHarvest) -> int:
    key = harvest.add("time_entries")
    harvest.records["time_entries"][key]["spent_date"] = date.today().isoformat()
    return key


def tombstones(syncing: Syncing) -> dict[int, str]:
    rows = Record.objects.filter(mirror=syncing.mirror, deleted_at__isnull=False)
    return dict(rows.values_list("harvest_id", "cause"))


def test_an_entry_deleted_in_the_window_is_a_tombstone_with_the_next_number(
    harvest: ModelHarvest, syncing: Syncing
) -> None:
    gone = todays(harvest)
    syncing.later(minutes=3).work()
    before = syncing.position
    harvest._drop("time_entries", gone)
    syncing.later(minutes=11).work()
    assert tombstones(syncing) == {gone: "deleted"}
    assert syncing.record("time_entries", gone).position == syncing.position == before + 1
    assert not TimeEntry.objects.filter(mirror=syncing.mirror, harvest_id=gone).exists()


def test_what_comes_back_is_alive_again(harvest: ModelHarvest, syncing: Syncing) -> None:
    key = todays(harvest)
    syncing.later(minutes=3).work()
    row = harvest.records["time_entries"].pop(key)
    syncing.later(minutes=11).work()
    harvest.records["time_entries"][key] = row
    syncing.later(minutes=11).work()
    assert tombstones(syncing) == {}
    assert syncing.held("time_entries")[key] == row
    assert TimeEntry.objects.filter(mirror=syncing.mirror, harvest_id=key).exists()


def test_short_pages_delete_nothing(harvest: ModelHarvest, syncing: Syncing) -> None:
    harvest.odds = Odds(short_page=1.0)
    syncing.later(hours=25).work()
    assert tombstones(syncing) == {}
    assert syncing.stream("time_entries").reason == "counts"


def test_a_linker_who_lost_the_right_deletes_nothing(harvest: ModelHarvest, syncing: Syncing) -> None:
    harvest.is_admin = False
    syncing.later(hours=25).work()
    syncing.later(hours=25).work()
    assert tombstones(syncing) == {}
    assert syncing.stream("time_entries").state == "partial"
    assert syncing.stream("time_entries").reason == "rights"


def test_of_a_member_only_their_own_entries_are_known_to_be_gone(linked: Connection, harvest: ModelHarvest) -> None:
    harvest.is_admin = False
    for row in list(harvest.records["time_entries"].values())[:10]:
        row["user"]["id"] = ME
    syncing = Syncing(linked, send=harvest.send, resources=WANTED)
    syncing.work()
    own = list(syncing.held("time_entries"))
    moved, gone = own[:2]
    harvest.records["time_entries"][moved] |= {"user": {"id": 2}}
    harvest._drop("time_entries", gone)
    Record.objects.filter(stream=syncing.stream("time_entries"), harvest_id=moved).update(user_id=2)
    syncing.later(hours=25).work()
    assert tombstones(syncing) == {gone: "deleted"}


def test_a_project_that_is_hidden_from_a_member_is_not_gone_with_their_entry(
    linked: Connection, harvest: ModelHarvest
) -> None:
    gone = todays(harvest)
    harvest.records["time_entries"][gone]["user"]["id"] = ME
    syncing = Syncing(linked, send=harvest.send, resources=WANTED)
    syncing.work()
    harvest.is_admin = False
    harvest._drop("time_entries", gone)
    syncing.later(minutes=11).work()
    syncing.later(minutes=11).work()
    assert tombstones(syncing) == {gone: "deleted"}


def test_all_rows_that_a_report_lacks_are_looked_up_by_two_more_lists(
    alices: Connection, sandbox: RunningSandbox
) -> None:
    syncing = Syncing(alices, resources=["reports_project_budget"])
    syncing.work()
    stream, resource = syncing.stream("reports_project_budget"), BY_NAME["reports_project_budget"]
    gone = [seen(resource, Raw(b'{"project_id": %d}' % number)) for number in range(1, 31)]
    write(StreamTarget(syncing.mirror, stream, resource), gone, read_at=timezone.now())
    before = len(sandbox.requests("GET", "/v2/reports/project_budget"))
    syncing.later(hours=25).work()
    assert sorted(tombstones(syncing)) == list(range(1, 31))
    assert len(sandbox.requests("GET", "/v2/reports/project_budget")) - before == 3


def test_many_at_once_wait_for_a_second_sweep(harvest: ModelHarvest, syncing: Syncing, settings: Any) -> None:
    settings.MIRROR_DELETES_AT_ONCE = 5
    gone = list(harvest.records["time_entries"])[:20]
    for key in gone:
        harvest._drop("time_entries", key)
    services.sync(syncing.connection, resources=["time_entries"], kind=Kind.SWEEP)
    syncing.work()
    assert tombstones(syncing) == {}
    assert syncing.stream("time_entries").held_deletes == 20
    assert syncing.stream("time_entries").reason == "held_deletes"
    syncing.later(minutes=11).work()
    assert sorted(tombstones(syncing)) == sorted(gone)
    assert syncing.stream("time_entries").state == "complete"


def test_a_deleted_project_takes_its_entries_with_it(harvest: ModelHarvest, syncing: Syncing) -> None:
    project = harvest.records["time_entries"][next(iter(harvest.records["time_entries"]))]["project"]["id"]
    entries = [key for key, row in harvest.records["time_entries"].items() if row["project"]["id"] == project]
    for key in entries:
        harvest._drop("time_entries", key)
    harvest._drop("projects", project)
    calls = harvest.calls
    syncing.later(hours=25).work()
    assert tombstones(syncing) == {project: "deleted", **dict.fromkeys(entries, "project_deleted")}
    assert harvest.calls - calls < 60 + len(entries)


def test_a_404_with_a_page_is_no_deletion(harvest: ModelHarvest, syncing: Syncing, linked: Connection) -> None:
    gone = todays(harvest)
    syncing.later(minutes=3).work()
    harvest._drop("time_entries", gone)

    def edge(connection: Connection, operation: Operation[Any]) -> Any:
        if operation.path.endswith(f"/{gone}"):
            raise HarvestNotFound("Harvest answered 404.", remote_status=404, raw_response="<html>")
        return harvest.send(connection, operation)

    syncing.send = edge
    syncing.later(minutes=11).work()
    assert tombstones(syncing) == {}
    assert syncing.stream("time_entries").state == "failing"


def test_payments_of_a_deleted_invoice_go_with_it(harvest: ModelHarvest, syncing: Syncing) -> None:
    for _ in range(8):
        harvest.pay()
    syncing.later(minutes=3).work()
    assert syncing.held("invoice_payments")
    for invoice in list(harvest.records["invoices"]):
        harvest._drop("invoices", invoice)
    syncing.later(hours=25).work()
    assert syncing.held("invoice_payments") == {}
    assert set(tombstones(syncing).values()) == {"deleted", "parent_deleted"}


def test_a_payment_taken_back_is_a_tombstone(harvest: ModelHarvest, syncing: Syncing) -> None:
    harvest.pay()
    syncing.later(minutes=3).work()
    [payment] = syncing.held("invoice_payments")
    [invoice] = [key for key, paid in harvest.payments.items() if payment in paid]
    del harvest.payments[invoice][payment]
    harvest._put("invoices", harvest.records["invoices"][invoice] | {"due_amount": 10})
    syncing.later(minutes=3).work()
    assert tombstones(syncing) == {payment: "deleted"}


def test_the_teammates_of_somebody_who_is_no_manager_any_more_end(alices: Connection, sandbox: RunningSandbox) -> None:
    syncing = Syncing(alices, resources=["users", "teammates"])
    syncing.work()
    syncing.later(minutes=1).work()  # children follow their parents
    assert syncing.held("teammates")
    with sandbox.world.lock:
        for user in sandbox.account.users:
            if "manager" in user.access_roles:
                user.access_roles = ["member"]
    syncing.later(hours=25).work()
    syncing.later(minutes=1).work()
    assert (syncing.held("teammates"), syncing.stream("teammates").state) == ({}, "complete")

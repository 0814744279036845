"""/mirror/streams, /mirror/sync, /mirror/runs, /mirror/settings, /mirror/copy, as a host's back end calls them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection as database
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.api.limits import bodies, callers
from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import disconnect
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror import lifecycle, retention
from harvest_bridge.mirror.models import HostPolicy, Mirror, Record, Run, TimeEntry
from tests.people import rest

from .syncing import WANTED, Syncing

pytestmark = pytest.mark.django_db


def at(path: str, connection: Connection) -> str:
    return f"/mirror/{path}?integrated_account_id={connection.pk}"


def test_an_account_that_is_not_mirrored_says_how_to_begin(api: APIClient, linked: Connection) -> None:
    answer = api.get(at("streams", linked))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_mirrored")


def test_settings_begin_a_mirror_and_give_values_back(api: APIClient, linked: Connection) -> None:
    HostPolicy.objects.create(host_app=linked.host_app, window_seconds=300)
    begun = api.patch(at("settings", linked), {"is_on": True, "hot_seconds": 60, "resources": WANTED}, format="json")
    assert begun.status_code == 200, begun.json()
    shown = begun.json()
    assert (shown["hot_seconds"], shown["window_seconds"], shown["sweep_seconds"]) == (60, 300, 86400)
    assert shown["resources"] == [name for name in shown["resources"] if name in WANTED]
    back = api.patch(at("settings", linked), {"hot_seconds": None}, format="json").json()
    assert back["hot_seconds"] == 120


def test_streams_tell_state_and_age(api: APIClient, linked: Connection, syncing: Syncing) -> None:
    listed = {row["resource"]: row for row in api.get(at("streams", linked)).json()["result"]}
    assert {row["state"] for row in listed.values()} == {"complete"}
    assert listed["time_entries"]["as_of"] is not None


def test_a_sync_without_wait_is_queued_and_carried_out_by_the_worker(
    api: APIClient, linked: Connection, syncing: Syncing
) -> None:
    answer = api.post(at("sync", linked), {"resources": ["time_entries"]}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "queued")
    syncing.work()
    runs = {row["id"]: row for row in api.get(at("runs", linked)).json()["result"]}
    assert runs[answer.json()["id"]]["status"] == "done"


def test_a_resource_that_is_left_out_cannot_be_synced(api: APIClient, linked: Connection, syncing: Syncing) -> None:
    answer = api.post(at("sync", linked), {"resources": ["estimates"]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_mirrored")


def test_nobody_reaches_the_mirror_of_another_host(stranger: NewHostApp, linked: Connection, syncing: Syncing) -> None:
    other = rest(stranger.api_key)
    assert [getattr(other, verb)(at(path, linked)).status_code for verb, path in OTHERS] == [404] * len(OTHERS)
    assert Record.objects.filter(mirror=syncing.mirror).exists()


OTHERS = [("get", "streams"), ("post", "sync"), ("get", "runs"), ("get", "settings"), ("delete", "copy")]


def test_a_copy_is_erased_at_once_on_request(api: APIClient, linked: Connection, syncing: Syncing) -> None:
    disconnect(connection=linked, actor="host")
    assert api.delete(at("copy", linked)).json() == {"id": str(linked.pk)}
    assert not Mirror.objects.exists()
    assert not Record.objects.exists()
    assert not Run.objects.exists()


def test_what_is_written_while_a_copy_is_erased_goes_with_it(linked: Connection, syncing: Syncing) -> None:
    """No foreign key would hold the mirror until then."""
    late, written = Record.objects.filter(mirror=syncing.mirror).latest("position"), []

    def write_late(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("DELETE") and "mirror_runpage" in sql and not Record.objects.exists():
            written.append(late.save(force_insert=True))
        return execute(sql, params, many, context)

    with database.execute_wrapper(write_late):
        retention.erase(syncing.mirror)
    assert written
    assert not Record.objects.exists()
    assert not TimeEntry.objects.exists()


def test_the_copy_of_an_ended_connection_goes_when_its_time_is_over(linked: Connection, syncing: Syncing) -> None:
    HostPolicy.objects.create(host_app=linked.host_app, erase_after_days=3)
    disconnect(connection=linked, actor="host")
    lifecycle.end_disconnected(now=timezone.now())
    assert retention.erase_due(now=syncing.later(days=2).now()) == 0
    assert retention.erase_due(now=syncing.later(days=2).now()) == 1
    assert not Record.objects.exists()


def test_an_account_that_is_linked_again_keeps_its_copy(linked: Connection, syncing: Syncing) -> None:
    disconnect(connection=linked, actor="host")
    lifecycle.end_disconnected(now=timezone.now())
    Connection.objects.update(disconnected_at=None)
    lifecycle.end_disconnected(now=timezone.now())
    mirror = Mirror.objects.get()
    assert (mirror.is_on, mirror.erase_at) == (True, None)


def test_a_linked_account_begins_by_itself_where_the_host_app_says_so(linked: Connection) -> None:
    assert lifecycle.begin_new() == 0
    HostPolicy.objects.create(host_app=linked.host_app, begins_by_itself=True)
    assert lifecycle.begin_new() == 1
    assert lifecycle.begin_new() == 0


def test_tombstones_go_after_ninety_days_and_leave_word(syncing: Syncing) -> None:
    row = Record.objects.filter(mirror=syncing.mirror).earliest("position")
    Record.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
    retention.forget_old(now=syncing.later(days=89).now())
    assert Record.objects.filter(pk=row.pk).exists()
    retention.forget_old(now=syncing.later(days=2).now())
    assert not Record.objects.filter(pk=row.pk).exists()
    assert Mirror.objects.get().forgotten_through == row.position


def test_bodies_reach_it_and_callers_are_known_by_their_token() -> None:
    """What `limits` does not know comes without a body, and is counted by its address."""
    assert bodies.most_bytes_at("/mirror/sync") == bodies.most_bytes_at("/webhook")
    assert "mirror" in callers._BY_TOKEN


def test_a_sync_of_children_reads_their_parents(api: APIClient, linked: Connection, syncing: Syncing) -> None:
    answer = api.post(at("sync", linked), {"resources": ["invoice_payments"]}, format="json").json()
    assert answer["resources_left"] == ["invoices"]
    syncing.work()
    runs = {row["id"]: row for row in api.get(at("runs", linked)).json()["result"]}
    assert runs[answer["id"]]["status"] == "done"


@pytest.mark.parametrize(
    ("verb", "path", "body", "field", "named"),
    [
        ("post", "sync", {"foo": 1}, "foo", "resources, kind, wait"),
        ("post", "sync", {"kind": "foo"}, "kind", "hot, window, sweep"),
        ("post", "sync", {"resources": ["foo"]}, "resources", "company, users"),
        ("patch", "settings", {"is_on": True, "hot": 60}, "hot", "hot_seconds"),
    ],
)
def test_what_is_not_known_in_a_body_is_refused_and_what_is_known_is_named(
    api: APIClient, linked: Connection, verb: str, path: str, body: dict[str, Any], field: str, named: str
) -> None:
    answer = getattr(api, verb)(at(path, linked), body, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["message"]
    assert named in answer.json()["message"]
    assert not Mirror.objects.exists()

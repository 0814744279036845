"""What goes through us to Harvest is read again at once."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.api import eventual_writes
from harvest_bridge.connections import write_listeners
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.models import Mirror, Touch
from harvest_bridge.mirror.touches import note_write, touch_of
from harvest_bridge.sandbox.testing import RunningSandbox

from .model_harvest import ModelHarvest, unavailable
from .syncing import Syncing


@pytest.mark.parametrize(
    ("verb", "path", "expected"),
    [
        ("POST", "/v2/time_entries", ("time_entries", None, None, False)),
        ("PATCH", "/v2/time_entries/12/stop", ("time_entries", 12, None, False)),
        ("DELETE", "/api/v2/time_entries/12.json", ("time_entries", 12, None, True)),
        ("DELETE", "/v2/time_entries/12/external_reference", ("time_entries", 12, None, False)),
        ("POST", "/v2/invoices/7/payments", ("invoice_payments", None, 7, False)),
        ("DELETE", "/v2/invoices/7/payments/9", ("invoice_payments", 9, 7, True)),
        ("PATCH", "/v2/projects/3/task_assignments/4", ("task_assignments", 4, 3, False)),
        ("PATCH", "/v2/company", ("company", None, None, False)),
        ("POST", "/v2/unknown", None),
    ],
)
def test_a_path_tells_what_it_changes(
    verb: str, path: str, expected: tuple[str, int | None, int | None, bool] | None
) -> None:
    found = touch_of(verb, path)
    assert expected == (found and (found.resource, found.harvest_id, found.parent_id, found.is_delete))


@pytest.mark.django_db
def test_what_the_proxy_writes_is_in_the_mirror_with_the_workers_next_look(
    sandbox: RunningSandbox, alices: Connection, api: APIClient
) -> None:
    syncing = Syncing(alices, resources=["users", "clients", "time_entries"])
    syncing.work()
    where = f"?integrated_account_id={alices.pk}"
    made = api.post(f"/proxy/clients{where}", {"name": "New"}, format="json").json()["id"]
    assert Touch.objects.filter(mirror=syncing.mirror).exists()
    assert Mirror.objects.get(pk=syncing.mirror.pk).due_at <= syncing.now()
    syncing.work()
    assert syncing.held("clients")[made]["name"] == "New"
    assert api.delete(f"/proxy/clients/{made}{where}").status_code == 200
    syncing.work()
    assert syncing.record("clients", made).cause == "deleted"
    assert not Touch.objects.filter(mirror=syncing.mirror).exists()


@pytest.mark.django_db
def test_a_write_through_a_persons_own_link_shows_in_the_mirror_of_the_account(
    sandbox: RunningSandbox, alices: Connection, api: APIClient, link: Callable[..., Connection], stranger: NewHostApp
) -> None:
    syncing = Syncing(alices, resources=["clients"])
    syncing.work()
    elsewhere = Syncing(link("alice", stranger.host_app), resources=["clients"], is_paused=True)
    own = link("alice", alices.host_app, user_id="u-alice")
    made = api.post(f"/proxy/clients?integrated_account_id={own.pk}", {"name": "New"}, format="json").json()["id"]
    syncing.work()
    assert syncing.held("clients")[made]["name"] == "New"
    assert not Touch.objects.filter(mirror=elsewhere.mirror).exists()


@pytest.mark.django_db
def test_reading_touches_nothing(sandbox: RunningSandbox, alices: Connection, api: APIClient) -> None:
    syncing = Syncing(alices, resources=["clients"])
    api.get(f"/proxy/clients?integrated_account_id={alices.pk}")
    assert not Touch.objects.filter(mirror=syncing.mirror).exists()


@pytest.mark.django_db
def test_a_write_that_met_a_busy_database_is_noted_later(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def listener(connection: Connection, verb: str, path: str) -> None:
        calls.append(path)
        if len(calls) == 1:
            raise OperationalError("database is locked") from sqlite_busy()

    monkeypatch.setattr(write_listeners, "_listeners", [listener])
    monkeypatch.setattr(eventual_writes, "_TRY_EVERY_SECONDS", 0)
    write_listeners.notify(Connection(), "post", "/v2/clients")
    [thread] = [each for each in threading.enumerate() if each.name == "write-listener"] or [threading.main_thread()]
    if thread is not threading.main_thread():
        thread.join(10)
    assert calls == ["/v2/clients", "/v2/clients"]


def sqlite_busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


@pytest.mark.django_db
def test_a_record_that_harvest_fails_to_show_holds_up_the_others_for_minutes_only(
    harvest: ModelHarvest, linked: Connection
) -> None:
    def failing(connection: Connection, operation: Operation[Any]) -> Any:
        if operation.path == f"/v2/clients/{stuck}":
            raise unavailable()
        return harvest.send(connection, operation)

    syncing = Syncing(linked, send=failing, resources=["clients"])
    stuck = min(harvest.records["clients"])
    syncing.work()
    note_write(linked, "DELETE", f"/v2/clients/{stuck}")
    added = harvest.add("clients")
    syncing.work()
    assert added not in syncing.held("clients")
    Touch.objects.update(at=timezone.now() - timedelta(minutes=6))
    syncing.later(minutes=3).work()
    assert added in syncing.held("clients")
    assert not Touch.objects.exists()

"""A record that Harvest answers 404 for, when somebody asks through us, is looked up soon instead of with the sweep."""

from __future__ import annotations

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import not_found
from harvest_bridge.mirror.models import Mirror, Touch
from harvest_bridge.sandbox.testing import RunningSandbox

from .model_harvest import ModelHarvest
from .syncing import Syncing

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone(harvest: ModelHarvest, syncing: Syncing) -> int:
    """A project's deletion that no hot pass shows."""
    harvest.add("clients")
    key = max(harvest.records["clients"])
    syncing.later(minutes=3).work()
    harvest._drop("clients", key)
    return key


@pytest.mark.parametrize("path", ["/v2/clients/{}", "/api/v2/clients/{}", "/v2/clients/{}.json"])
def test_it_is_concluded_as_deleted(linked: Connection, syncing: Syncing, gone: int, path: str) -> None:
    not_found.note(linked, path.format(gone))
    syncing.work()
    assert syncing.record("clients", gone).cause == "deleted"
    assert not Touch.objects.exists()


def test_it_stays_where_the_linker_lost_the_right_to_see_it(
    linked: Connection, syncing: Syncing, harvest: ModelHarvest, gone: int
) -> None:
    harvest.is_admin = False
    not_found.note(linked, f"/v2/clients/{gone}")
    syncing.work()
    assert syncing.record("clients", gone).deleted_at is None


def test_it_stays_where_it_is_there_after_all(linked: Connection, syncing: Syncing, harvest: ModelHarvest) -> None:
    key = next(iter(harvest.records["clients"]))
    not_found.note(linked, f"/v2/clients/{key}")
    syncing.work()
    assert syncing.record("clients", key).deleted_at is None
    assert not Touch.objects.exists()


def test_many_at_once_are_left_to_a_sweep(
    linked: Connection, syncing: Syncing, gone: int, harvest: ModelHarvest, settings: pytest.FixtureRequest
) -> None:
    settings.MIRROR_DELETES_AT_ONCE = 1  # type: ignore[attr-defined]
    for key in (gone, *list(harvest.records["clients"])[:2]):
        not_found.note(linked, f"/v2/clients/{key}")
    calls = harvest.calls
    syncing.work()
    assert harvest.calls == calls
    assert syncing.record("clients", gone).deleted_at is None
    assert not Touch.objects.exists()


def test_nobody_looks_for_what_was_never_here(linked: Connection, syncing: Syncing) -> None:
    not_found.note(linked, "/v2/clients/999999999")
    not_found.note(linked, "/v2/reports/time/clients")
    assert not Touch.objects.exists()


def test_payments_that_are_not_found_tell_of_their_invoice(
    linked: Connection, syncing: Syncing, harvest: ModelHarvest
) -> None:
    key = next(iter(harvest.records["invoices"]))
    harvest._drop("invoices", key)
    not_found.note(linked, f"/v2/invoices/{key}/payments")
    syncing.work()
    assert syncing.record("invoices", key).cause == "deleted"


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_404_through_us_is_followed(
    alices: Connection, sandbox: RunningSandbox, api: object, method: str, settings: pytest.FixtureRequest
) -> None:
    syncing = Syncing(alices, resources=["clients", "invoices"])
    syncing.work()
    key = max(syncing.held("invoices"))
    sandbox.delete(f"/v2/invoices/{key}")
    answer = getattr(api, method)(f"/proxy/invoices/{key}?integrated_account_id={alices.pk}")
    assert answer.status_code == 404
    assert Mirror.objects.get().due_at <= syncing.now()
    syncing.work()
    assert syncing.record("invoices", key).deleted_at is not None

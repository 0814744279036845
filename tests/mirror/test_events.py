"""Hosts are told that a mirror changed, bundled; and of single records where they ask for them by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Mirror
from harvest_bridge.webhooks.models import Delivery, Endpoint, Event
from harvest_bridge.webhooks.numbering import number_events

from .model_harvest import ModelHarvest
from .syncing import Syncing

pytestmark = pytest.mark.django_db


def endpoint(linked: Connection, *types: str) -> Endpoint:
    return Endpoint.objects.create(host_app=linked.host_app, event_types=list(types), sealed_secret="x")


def change(harvest: ModelHarvest) -> int:
    row: dict[str, Any] = next(iter(harvest.records["time_entries"].values()))
    harvest.clock += timedelta(seconds=5)
    harvest._put("time_entries", row | {"notes": "new"})
    return int(row["id"])


def test_a_pass_that_changed_something_is_one_event(harvest: ModelHarvest, syncing: Syncing) -> None:
    first = Event.objects.get(type="mirror.changed")
    assert (first.data["after"], first.data["position"]) == (0, syncing.position)
    change(harvest)
    syncing.later(minutes=3).work()
    latest = Event.objects.filter(type="mirror.changed").latest("id")
    assert latest.data["resources"] == {"time_entries": {"changed": 1, "deleted": 0}}
    syncing.later(minutes=3).work()
    assert Event.objects.filter(type="mirror.changed").count() == 2


def test_records_are_told_only_to_who_names_them(harvest: ModelHarvest, syncing: Syncing, linked: Connection) -> None:
    asked, everything = endpoint(linked, "time_entry.updated"), endpoint(linked)
    key = change(harvest)
    syncing.later(minutes=3).work()
    number_events()
    told = Delivery.objects.filter(event__type="time_entry.updated")
    assert [each.endpoint_id for each in told] == [asked.pk]
    event = Event.objects.get(type="time_entry.updated")
    assert (event.data["id"], event.data["record"]["notes"]) == (key, "new")
    assert event.changed == ["notes", "updated_at"]
    assert Delivery.objects.filter(endpoint=everything, event__type="mirror.changed").exists()


def test_what_belongs_to_another_record_names_it(harvest: ModelHarvest, syncing: Syncing, linked: Connection) -> None:
    endpoint(linked, "invoice_payment.created", "invoice_payment.deleted")
    invoice = next(key for key, row in harvest.records["invoices"].items() if row["due_amount"] == 10)
    harvest.clock += timedelta(seconds=5)
    harvest.payments[invoice][77] = {"id": 77, "amount": 5, "updated_at": harvest._stamp()}
    harvest._put("invoices", harvest.records["invoices"][invoice] | {"due_amount": 5})
    syncing.later(minutes=3).work()
    harvest._drop("invoices", invoice)
    syncing.later(hours=25).work()
    told = Event.objects.filter(object_type="invoice_payment").order_by("id")
    assert [(event.type, event.data["id"], event.data["invoice_id"]) for event in told] == [
        ("invoice_payment.created", 77, invoice),
        ("invoice_payment.deleted", 77, invoice),
    ]


def test_nobody_is_told_of_records_that_nobody_asked_for(harvest: ModelHarvest, syncing: Syncing) -> None:
    change(harvest)
    syncing.later(minutes=3).work()
    assert set(Event.objects.filter(object_type="time_entry").values_list("type")) == set()
    assert Mirror.objects.get().told_through == syncing.position

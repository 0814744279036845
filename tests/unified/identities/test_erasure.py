"""Whoever is erased is erased from the events that are kept for webhooks as well."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from jsonschema import Draft202012Validator

from harvest_bridge.connections import events as connection_events
from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import disconnect
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.identities.models import Identity
from harvest_bridge.unified.identities.retention import forget_old
from harvest_bridge.webhooks.catalogue import event_types
from harvest_bridge.webhooks.erasure import without
from harvest_bridge.webhooks.models import Attempt, Delivery, Event
from harvest_bridge.webhooks.numbering import number_events
from harvest_bridge.webhooks.outbox import NewEvent, emit
from harvest_bridge.webhooks.services import create_endpoint
from tests.console.operators import signed_in, superuser
from timer_widget import events as timer_events

from .conftest import Ask, one, person

pytestmark = pytest.mark.django_db
NOTES = "Called Dr. Brown about the results"


@pytest.fixture
def told(ask: Ask, alices: Connection, sandbox: RunningSandbox) -> dict[str, str]:
    """Carmen and Bruno were matched, each ran a timer, and Carmen linked an account of her own; text by person."""
    create_endpoint(host_app=alices.host_app, target_url="https://app.example.com/hooks")
    people = {name: sandbox.user(name).email for name in ("carmen", "bruno")}
    ask("put", body=[person(name, email, f"{name.title()} Name") for name, email in people.items()])
    with transaction.atomic():
        for number, name in enumerate(people):
            entry = {**timer_events.STARTED.example["entry"], "notes": f"{NOTES} {name}"}
            told_of(alices, timer_events.STARTED, number, user_id=name, entry=entry)
            told_of(alices, connection_events.CREATED, f"c-{name}", user_id=name, linked_by=f"{name} <{people[name]}>")
    number_events()
    for delivery in Delivery.objects.all():
        Attempt.objects.create(
            delivery=delivery,
            number=1,
            at=timezone.now(),
            duration_milliseconds=1,
            answer=json.dumps(delivery.event.data),
        )
    return people


def told_of(connection: Connection, what: Any, object_id: object, **data: Any) -> None:
    emit(
        NewEvent(
            type=what,
            host_app_id=connection.host_app_id,
            tenant_id=connection.tenant_id,
            connection_id=connection.pk,
            object_id=object_id,
            data=what.example | data,
        )
    )


def kept() -> str:
    """All that events and answers hold."""
    answers = Attempt.objects.values_list("answer", flat=True)
    return json.dumps([*Event.objects.values_list("data", flat=True), *answers])


def ids() -> list[tuple[object, ...]]:
    return list(Event.objects.order_by("id").values_list("uid", "sequence", "type", "object_id"))


def by_the_api(ask: Ask, identity: str) -> None:
    assert ask("delete", f"/{identity}").status_code == 200


def on_the_page(ask: Ask, identity: str) -> None:
    operator = signed_in(superuser())
    assert operator.post(f"/admin/unified/identity/{identity}/delete/", {"post": "yes"}).status_code == 302


@pytest.mark.parametrize("erase", [by_the_api, on_the_page])
def test_events_keep_their_ids_and_numbers_and_nothing_that_names_the_person(
    ask: Ask,
    told: dict[str, str],
    erase: Callable[..., None],
) -> None:
    before = ids()
    for words in (told["carmen"], "Carmen Name", f"{NOTES} carmen"):
        assert words in kept()
    erase(ask, one(ask, "carmen")["id"])
    for words in (told["carmen"], "Carmen Name", f"{NOTES} carmen"):
        assert words not in kept()
    for words in (told["bruno"], "Bruno Name", f"{NOTES} bruno"):
        assert words in kept()
    assert ids() == before
    started = Event.objects.get(type="timer.started", data__user_id="carmen")
    assert started.data["entry"]["notes"] == ""
    assert started.data["entry"]["hours"] == timer_events.STARTED.example["entry"]["hours"]


def test_the_same_person_of_another_customer_is_left_alone(ask: Ask, alices: Connection, told: dict[str, str]) -> None:
    with transaction.atomic():
        event = {**timer_events.STARTED.example, "user_id": "carmen"}
        emit(
            NewEvent(
                type=timer_events.STARTED, host_app_id=alices.host_app_id, tenant_id="other", object_id=9, data=event
            )
        )
    ask("delete", f"/{one(ask, 'carmen')['id']}")
    assert Event.objects.get(tenant_id="other").data == event


def test_people_of_an_ended_connection_go_from_events_that_were_not_delivered_either(
    alices: Connection, told: dict[str, str]
) -> None:
    disconnect(connection=alices, actor="host")
    forget_old(now=timezone.now() + timedelta(days=31))
    assert not Identity.objects.exists()
    assert not any(email in kept() for email in told.values())


def test_what_an_erased_event_says_still_fits_its_schema() -> None:
    for what in event_types().values():
        if what.personal and "$ref" not in what.schema:
            Draft202012Validator(what.schema).validate(without(what.example, what.personal))
            assert what.person in what.schema["properties"]

"""A host app's endpoint, and a type of event that only these tests know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.webhooks import catalogue
from harvest_bridge.webhooks.catalogue import EventType
from harvest_bridge.webhooks.models import Event
from harvest_bridge.webhooks.outbox import NewEvent, emit
from tests.people import rest

from .delivering import Delivering
from .receiver import Receiver, running_receiver

THING = EventType(
    name="thing.happened",
    says="Of the tests.",
    object_type="thing",
    schema={"type": "object"},
    example={},
)


@pytest.fixture(autouse=True)
def thing_type() -> Iterator[None]:
    catalogue.register(THING)
    yield
    catalogue._types.pop(THING.name)


def happen(host_app: HostApp, object_id: object = 1, *, tenant_id: str = "acme", **data: Any) -> Event:
    """Commit one event."""
    with transaction.atomic():
        [event] = emit(
            NewEvent(type=THING, host_app_id=host_app.pk, tenant_id=tenant_id, object_id=object_id, data=data)
        )
    return event


@pytest.fixture
def happens(board: NewHostApp) -> Callable[..., Event]:
    return lambda *args, **data: happen(board.host_app, *args, **data)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with running_receiver() as running:
        yield running


@pytest.fixture
def delivering() -> Delivering:
    return Delivering()


@pytest.fixture
def hooks(board: NewHostApp) -> APIClient:
    """The board's back end."""
    return rest(board.api_key)


@pytest.fixture
def made(hooks: APIClient, receiver: Receiver) -> Callable[..., dict[str, Any]]:
    """Create an endpoint at the receiver; answers what was answered."""

    def create(path: str = "/hook", **fields: Any) -> dict[str, Any]:
        answer = hooks.post("/webhook", {"target_url": receiver.url + path, **fields}, format="json")
        assert answer.status_code == 200, answer.content
        shown: dict[str, Any] = answer.json()
        return shown

    return create

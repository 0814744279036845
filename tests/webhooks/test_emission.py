"""What happens here is told: each change writes its event, with what the API says of the object, and no secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections import services, states
from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.states import Because
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.overrides import events as mapping_events
from harvest_bridge.webhooks.models import Event
from tests.timer_widget.conftest import carmen, pick
from tests.timer_widget.people import ITEM, click
from tests.unified.identities.conftest import Ask, ask, one, person

__all__ = ["ask", "carmen", "pick"]

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    """Types in the order of writing, since this was last asked; each row is for a host, and says whose it is."""
    rows = list(Event.objects.order_by("id"))
    assert {(row.tenant_id, row.connection_id is not None) for row in rows} <= {("acme", True)}
    Event.objects.all().delete()
    return [row.type.removeprefix("integrated_account:") for row in rows]


def test_a_connection_tells_of_its_whole_life(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection], alices: Connection
) -> None:
    assert told() == ["created", "active"]
    api.patch(f"/integrated-account/{alices.pk}", {"context": {"plan": "gold"}}, format="json")
    assert Event.objects.get().data["context"] == {"plan": "gold"}
    assert Event.objects.get().changed == ["context"]
    assert told() == ["updated"]
    states.needs_reauth(Connection.objects.get(), "Harvest was confused.", because=Because.UNAUTHORIZED)
    assert Event.objects.get().data["status"] == "needs_reauth"
    states.needs_reauth(Connection.objects.get(), "Once more.", because=Because.UNAUTHORIZED)
    assert told() == ["authentication_error"]
    states.alive(Connection.objects.get())
    assert told() == ["reactivated"]
    link("alice", board.host_app)
    assert told() == ["updated", "active"]
    services.disconnect(connection=alices, actor="host")
    assert Event.objects.get().data == {"id": str(alices.pk)}
    assert told() == ["deleted"]
    link("alice", board.host_app)
    assert told() == ["created", "active"]


def test_an_event_shows_no_secret(alices: Connection) -> None:
    text = json.dumps([row.data for row in Event.objects.all()])
    assert "sealed" not in text
    assert ".at." not in text


def post(widget: APIClient, path: str, **asked: Any) -> dict[str, Any]:
    answer: dict[str, Any] = widget.post(path, click(**asked), format="json").json()
    return answer


def test_a_timer_tells_of_every_click(carmen: APIClient, pick: dict[str, int]) -> None:
    told()
    first = post(carmen, "/timer/start", item=ITEM, **pick)["state"]["running"]["entry_id"]
    event = Event.objects.get()
    assert (event.object_type, event.object_id) == ("time_entry", str(first))
    assert event.data["user_id"] == "carmen"
    assert event.data["entry"]["item"]["id"] == "T-1"
    assert told() == ["timer.started"]
    second = post(carmen, "/timer/start", item=ITEM | {"id": "T-2"}, **pick)["state"]["running"]["entry_id"]
    assert Event.objects.get().data["stopped"]["entry_id"] == first
    assert told() == ["timer.switched"]
    body = click(entry_id=second, notes="Footer")
    carmen.patch("/timer/entry", body, format="json")
    assert Event.objects.get().changed == ["notes"]
    assert told() == ["timer.edited"]
    post(carmen, "/timer/stop", entry_id=second, item=ITEM)
    assert told() == ["timer.stopped"]
    post(carmen, "/timer/stop", entry_id=second, item=ITEM)
    assert told() == []  # it had stopped already
    carmen.delete("/timer/entry", click(entry_id=second), format="json")
    assert told() == ["timer.deleted"]


def test_a_click_that_failed_is_told_with_its_reason(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    told()
    sandbox.fault("status", method="POST", path="/v2/time_entries", status=403, times=1)
    post(carmen, "/timer/start", item=ITEM, **pick)
    assert Event.objects.get().data["code"] == "harvest_forbidden"
    assert told() == ["timer.failed"]


def test_the_same_click_again_is_not_told_again(carmen: APIClient, pick: dict[str, int]) -> None:
    told()
    body = click(item=ITEM, **pick)
    for _ in range(3):
        carmen.post("/timer/start", body, format="json")
    assert told() == ["timer.started"]


def test_an_identity_tells_of_its_match_and_of_what_became_of_it(ask: Ask, sandbox: RunningSandbox) -> None:
    told()
    alice = sandbox.get("/v2/users/me", "alice").json()
    ask("put", body=[person("u-1", alice["email"], "Alice")])
    assert Event.objects.get().data["harvest_user_id"] == alice["id"]
    assert told() == ["identity.matched"]
    ask("post", f"/{one(ask, 'u-1')['id']}/override", body={"harvest_user_id": None})
    assert told() == []
    ask("post", f"/{one(ask, 'u-1')['id']}/override", body={"harvest_user_id": alice["id"]})
    assert told() == ["identity.matched"]


def test_a_mapping_that_fails_is_told_once_an_hour(alices: Connection) -> None:
    told()
    for _ in range(3):
        mapping_events.publish_failure(alices, resource="users", field="title", code="mapping_failed", records=2)
    mapping_events.publish_failure(alices, resource="users", field="title", code="mapping_timeout", records=1)
    assert [row.data["code"] for row in Event.objects.order_by("id")] == ["mapping_failed", "mapping_timeout"]
    assert told() == ["mapping.failed"] * 2

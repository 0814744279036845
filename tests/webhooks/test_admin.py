"""Webhooks in the admin: created with a secret shown once, stopped, tested and replayed after a question."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.webhooks.models import Delivery, Endpoint, EndpointStatus, Event
from tests.console.operators import signed_in, staff

from .delivering import Delivering
from .receiver import Receiver, status

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = "/admin/webhooks/endpoint/"


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("operator", "operator@example.com", "a long phrase"))
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_webhook_made_in_the_admin_signs_with_the_secret_that_was_shown_once(
    operator: Client, board: NewHostApp, receiver: Receiver, delivering: Delivering, happens: Callable[..., Event]
) -> None:
    made = {"host_app": board.host_app.pk, "target_url": receiver.url, "format": "standard", "payload": "full"}
    page = operator.post(f"{PAGES}create/", {**made, "tenant_ids": "acme\nother\n"}).content.decode()
    [secret] = set(re.findall(r"whsec_[\w+/=]+", page))
    endpoint = Endpoint.objects.get()
    assert endpoint.tenant_ids == ["acme", "other"]
    assert "whsec_" not in text(operator, PAGES) + text(operator, f"{PAGES}{endpoint.pk}/change/")
    assert "acme, other" in text(operator, f"{PAGES}{endpoint.pk}/change/")
    happens()
    delivering.settle()
    assert Webhook(secret).verify(receiver.got[0].body.decode(), receiver.got[0].headers)


def test_an_address_that_may_not_be_reached_is_refused_beside_its_field(operator: Client, board: NewHostApp) -> None:
    made = {"host_app": board.host_app.pk, "target_url": "https://10.0.0.1/", "format": "standard", "payload": "full"}
    assert 'role="alert"' in operator.post(f"{PAGES}create/", made).content.decode()
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("what", ["pause", "resume", "send-test", "replay", "rotate-secret"])
def test_an_action_asks_first_and_then_acts_and_is_logged(
    operator: Client, made: Callable[..., dict[str, Any]], what: str
) -> None:
    address = f"{PAGES}{made()['id']}/{what}/"
    assert "Cancel" in text(operator, address)
    assert not LogEntry.objects.exists()
    operator.post(address, {"what": "since_last_success"})
    assert LogEntry.objects.count() == 1


def test_pausing_says_that_an_operator_did_it_and_resuming_sends_what_waited(
    operator: Client,
    made: Callable[..., dict[str, Any]],
    receiver: Receiver,
    delivering: Delivering,
    happens: Callable[..., Event],
) -> None:
    page = f"{PAGES}{made()['id']}"
    operator.post(f"{page}/pause/")
    happens()
    delivering.settle()
    paused = Endpoint.objects.get()
    assert (paused.status, paused.status_reason, receiver.got) == (
        EndpointStatus.PAUSED,
        "paused by an operator",
        [],
    )
    operator.post(f"{page}/resume/")
    delivering.now = timezone.now()
    delivering.settle()
    assert len(receiver.got) == 1


@pytest.mark.parametrize("what", ["since_last_success", "range", "event"])
def test_a_replay_sends_the_same_id_again(
    operator: Client,
    made: Callable[..., dict[str, Any]],
    receiver: Receiver,
    delivering: Delivering,
    happens: Callable[..., Event],
    what: str,
) -> None:
    receiver.answers = [status(500), status(200)]
    page, event = f"{PAGES}{made()['id']}/replay/", happens()
    delivering.settle()
    operator.post(page, {"what": what, "since": "2020-01-01T00:00", "event_id": event.uid})
    delivering.now = timezone.now()
    delivering.settle()
    assert receiver.ids == [str(event.uid)] * 2


def test_a_delivery_s_own_page_replays_it_after_a_question(
    operator: Client,
    made: Callable[..., dict[str, Any]],
    receiver: Receiver,
    delivering: Delivering,
    happens: Callable[..., Event],
) -> None:
    made()
    event = happens()
    delivering.settle()
    page = f"/admin/webhooks/delivery/{Delivery.objects.get().pk}/"
    assert f"{page}replay/" in text(operator, f"{page}change/")
    assert "Cancel" in text(operator, f"{page}replay/")
    assert operator.post(f"{page}replay/").headers["Location"] == f"{page}change/"
    assert LogEntry.objects.count() == 1
    delivering.now = timezone.now()
    delivering.settle()
    assert receiver.ids == [str(event.uid)] * 2


def test_who_may_only_look_at_deliveries_replays_none(
    made: Callable[..., dict[str, Any]], delivering: Delivering, happens: Callable[..., Event]
) -> None:
    made()
    happens()
    delivering.settle()
    page = f"/admin/webhooks/delivery/{Delivery.objects.get().pk}/"
    reader = signed_in(staff("reader", "webhooks.view_delivery"))
    assert "/replay" not in text(reader, f"{page}change/")
    assert reader.post(f"{page}replay/").status_code == 403


def test_a_replay_of_nothing_named_is_refused_beside_its_field(
    operator: Client, made: Callable[..., dict[str, Any]]
) -> None:
    page = f"{PAGES}{made()['id']}/replay/"
    for what in ("range", "event"):
        assert 'role="alert"' in operator.post(page, {"what": what}).content.decode()


def test_deliveries_and_failures_of_an_endpoint_are_drawn_and_every_attempt_is_listed(
    operator: Client,
    made: Callable[..., dict[str, Any]],
    receiver: Receiver,
    delivering: Delivering,
    happens: Callable[..., Event],
) -> None:
    receiver.answers = [status(503, b"we are closed"), status(200, b"thanks")]
    page = f"{PAGES}{made()['id']}/change/"
    assert "None in this time." in text(operator, page)
    event = happens()
    delivering.settle()
    delivering.after(seconds=7)
    drawn = text(operator, page)
    assert "Deliveries: 1 in the last 14 days" in drawn
    assert "Failures: 1 in the last 14 days" in drawn
    delivery = Delivery.objects.get()
    shown = text(operator, f"/admin/webhooks/delivery/{delivery.pk}/change/")
    assert "we are closed" in shown
    assert "thanks" in shown
    assert str(event.uid) in text(operator, "/admin/webhooks/event/") + text(operator, "/admin/webhooks/attempt/")


@pytest.mark.parametrize("page", ["endpoint", "event", "delivery", "attempt"])
def test_an_operator_without_a_right_sees_none_of_it(page: str) -> None:
    client = Client()
    client.force_login(get_user_model().objects.create_user("reader", is_staff=True))
    assert client.get(f"/admin/webhooks/{page}/").status_code == 403

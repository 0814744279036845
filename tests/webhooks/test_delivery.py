"""Deliveries as receivers see them, by the real sender over real sockets; what time it is, the tests say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient
from standardwebhooks import Webhook, WebhookVerificationError

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.webhooks.models import Attempt, Delivery, Event

from .conftest import happen
from .delivering import Delivering
from .receiver import Receiver, hang, reset, status

pytestmark = pytest.mark.django_db(transaction=True)
Made = Callable[..., dict[str, Any]]
Happens = Callable[..., Event]


def test_an_event_is_delivered_signed_and_whole(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    secret = made()["secret"]
    event = happens(7, words="naïve “quotes”")
    assert delivering.settle() == 1
    [got] = receiver.got
    Webhook(secret).verify(got.body, got.headers)
    assert got.headers["webhook-id"] == got.event["id"] == str(event.uid)
    assert (got.event["type"], got.event["sequence"]) == ("thing.happened", 1)
    assert got.event["object"] == {"type": "thing", "id": "7"}
    assert got.event["data"] == {"words": "naïve “quotes”"}
    assert Delivery.objects.get().status == "delivered"
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.answer, attempt.number) == (200, "thanks", 1)


def test_what_was_changed_on_the_way_is_refused(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    secret = made()["secret"]
    happens()
    delivering.settle()
    [got] = receiver.got
    stale = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 301)}
    for body, headers in ((got.body + b" ", got.headers), (got.body, stale)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


def test_a_verifier_written_for_truto_goes_on_working(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    secrets = {
        encoding: made(f"/{encoding}", format="truto", signature_encoding=encoding) for encoding in ("base64", "hex")
    }
    event = happens(3, hours=1.0, words="Ö\u2028")
    delivering.settle()
    for got in receiver.got:
        shown = secrets[got.path[1:]]
        digest = hmac.new(shown["secret"].encode(), got.body, hashlib.sha256).digest()
        mac = digest.hex() if got.path == "/hex" else base64.b64encode(digest).decode()
        assert got.headers["x-truto-signature"] == f"format=sha256,v={mac}"
        assert got.headers["user-agent"] == "truto"
        assert b'"hours":1,' in got.body  # as JSON.stringify writes it again
        assert got.event["event"] == got.event["event_type"] == "thing.happened"
        assert (got.event["id"], got.event["webhook_id"]) == (str(event.uid), shown["id"])
        Webhook(shown["secret"]).verify(got.body, got.headers)


def test_thin_endpoints_get_ids_alone(made: Made, happens: Happens, receiver: Receiver, delivering: Delivering) -> None:
    made(payload="thin")
    made("/truto", payload="thin", format="truto")
    happens(9, secret="x")
    delivering.settle()
    by_path = {got.path: got.event for got in receiver.got}
    assert by_path["/hook"]["data"] is None
    assert by_path["/truto"]["payload"] == {"id": "9"}
    assert b"secret" not in b"".join(got.body for got in receiver.got)


def test_both_secrets_verify_while_a_rotation_lasts(
    hooks: APIClient, made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    shown = made()
    path = f"/webhook/{shown['id']}/rotate-secret"
    newer = hooks.post(path, {"overlap_seconds": 3600}, format="json").json()["secret"]
    happens()
    delivering.settle()
    [got] = receiver.got
    for secret in (shown["secret"], newer):
        Webhook(secret).verify(got.body, got.headers)
    hooks.post(path, {"overlap_seconds": 0}, format="json")
    happens()
    delivering.settle()
    with pytest.raises(WebhookVerificationError):
        Webhook(newer).verify(receiver.got[1].body, receiver.got[1].headers)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (status(500, b"oh"), (500, "")),
        (status(404), (404, "")),
        (status(302, Location="http://169.254.169.254/latest"), (302, "")),
        (reset, (None, "connection_lost")),
        (hang, (None, "timeout")),
    ],
)
def test_whatever_is_not_a_2xx_is_tried_again_under_the_same_id(
    made: Made, happens: Happens, receiver: Receiver, answer: Any, told: Any
) -> None:
    delivering = Delivering(timeout_seconds=0.5)
    made()
    event = happens()
    receiver.answers = [answer, status(204)]
    assert delivering.settle() == 1
    assert delivering.settle() == 0  # not yet
    assert delivering.after(seconds=6.1) == 1
    assert receiver.ids == [str(event.uid)] * 2
    attempts = Attempt.objects.order_by("number")
    assert [(one.status, one.error) for one in attempts] == [told, (204, "")]


def test_410_disables_at_once_keeps_the_queue_and_tells_the_others(
    hooks: APIClient, made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    gone = made("/gone")
    receiver.answers = [status(410), status(200)]
    first, second = happens(1), happens(2)
    delivering.settle(turns=3)
    shown = hooks.get(f"/webhook/{gone['id']}").json()
    assert (shown["status"], shown["is_active"], shown["status_reason"][:4]) == ("disabled", False, "gone")
    assert shown["pending_count"] >= 1
    receiver.got.clear()
    hooks.patch(f"/webhook/{gone['id']}", {"is_active": True}, format="json")
    delivering.catch_up()
    assert set(receiver.ids) >= {str(first.uid)}
    delivered = Delivery.objects.filter(endpoint=gone["id"], status="delivered")
    assert {str(first.uid), str(second.uid)} == {str(uid) for uid in delivered.values_list("event__uid", flat=True)}


def test_the_others_are_told_that_one_was_disabled(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    other = made("/other", event_types=["webhook.disabled"])
    gone = made("/gone", event_types=["thing.happened"])
    receiver.answers = [status(410), status(200)]
    happens()
    delivering.settle()
    told = receiver.got[-1]
    assert (told.path, told.event["type"], told.event["data"]["webhook_id"]) == (
        "/other",
        "webhook.disabled",
        gone["id"],
    )
    assert other["id"] != gone["id"]


def test_five_days_without_a_success_disable(
    hooks: APIClient, made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    shown = made()
    receiver.answers = [status(500)]
    for hours in (0, 60, 50):
        happens()
        delivering.after(hours=hours)
    assert hooks.get(f"/webhook/{shown['id']}").json()["status"] == "active"
    delivering.after(hours=11)
    found = hooks.get(f"/webhook/{shown['id']}").json()
    assert (found["status"], "five days" in found["status_reason"], found["pending_count"]) == ("disabled", True, 3)
    receiver.answers, receiver.got = [status(200)], []
    hooks.patch(f"/webhook/{shown['id']}", {"is_active": True}, format="json")
    delivering.catch_up()
    assert [got.event["sequence"] for got in receiver.got] == [1, 2, 3]


def test_paused_endpoints_keep_their_queue_and_drain_it_oldest_first(
    hooks: APIClient, made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    path = f"/webhook/{made()['id']}"
    assert hooks.patch(path, {"is_active": False}, format="json").json()["status"] == "paused"
    events = [happens(n) for n in range(20)]
    assert delivering.settle() == 0
    hooks.patch(path, {"is_active": True}, format="json")
    delivering.catch_up()
    assert receiver.ids == [str(event.uid) for event in events]


def test_retry_after_is_honoured_up_to_a_day_and_holds_for_the_receiver(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    made()
    receiver.answers = [status(503, Retry_After="3600"), status(200)]
    happens()
    delivering.settle()
    happens()
    assert delivering.after(minutes=59) == 0
    assert delivering.after(minutes=2) == 2


def test_an_hour_long_retry_after_of_a_year_is_a_day(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    made()
    receiver.answers = [status(429, Retry_After="31536000"), status(200)]
    happens()
    delivering.settle()
    assert delivering.after(hours=23.9) == 0
    assert delivering.after(hours=0.2) == 1


def test_ordered_endpoints_get_an_object_s_events_one_after_the_other(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    made(ordered=True)
    receiver.answers = [status(500), status(200)]
    first, second = happens("a"), happens("a")
    other = happens("b")
    delivering.settle()
    assert str(second.uid) not in receiver.ids
    assert receiver.ids == [str(first.uid), str(other.uid)]
    delivering.after(seconds=7)
    assert receiver.ids[2:] == [str(first.uid), str(second.uid)]


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, settings: Any
) -> None:
    made()
    settings.WEBHOOK_ALLOW_LOOPBACK = False  # as if the name had led elsewhere when the endpoint was made
    happens()
    delivering.settle()
    assert receiver.got == []
    assert Attempt.objects.get().error == "address_refused"


def test_after_seventy_two_hours_of_a_dead_receiver_nothing_is_lost(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, hooks: APIClient
) -> None:
    shown = made()
    receiver.answers = [status(500)]
    events = [happens(n) for n in range(3)]
    for hours in [0, 0.01, 0.2, 1, 3, 7, *[12.5] * 6]:
        delivering.after(hours=hours)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"parked"}
    assert hooks.get(f"/webhook/{shown['id']}").json()["pending_count"] == 3
    receiver.answers, receiver.got = [status(200)], []
    last = happens(4)
    delivering.after(minutes=1)
    assert sorted(receiver.ids) == sorted(str(event.uid) for event in [*events, last])


def test_an_event_that_is_refused_while_others_are_taken_is_given_up_and_can_be_replayed(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, hooks: APIClient
) -> None:
    shown = made()

    async def poison(got: Any, writer: Any) -> None:
        await status(500 if got.event["object"]["id"] == "bad" else 200)(got, writer)

    receiver.answers = [poison]
    bad = happens("bad")
    for hours in [0, 0.01, 0.2, 1, 3, 7, *[12.5] * 6]:
        happens("good")
        delivering.after(hours=hours)
    path = f"/webhook/{shown['id']}"
    assert hooks.get(path).json()["failed_count"] == 1
    [row] = hooks.get(f"{path}/deliveries", {"status": "failed"}).json()["result"]
    attempts = hooks.get(f"{path}/deliveries/{row['event_id']}").json()["attempts"]
    assert len(attempts) == row["attempt_count"] >= 10
    receiver.answers = [status(200)]
    answer = hooks.post(f"{path}/replay", {"event_id": str(bad.uid)}, format="json")
    assert answer.json() == {"queued": 1}
    delivering.settle()
    assert receiver.ids[-1] == str(bad.uid)


def test_a_dead_receiver_is_not_asked_more_often_than_it_can_bear(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, board: NewHostApp
) -> None:
    """Of many events that wait for it, a few are tried; the rest hold up nobody."""
    made("/dead", event_types=["thing.happened"])
    receiver.answers = [status(500)]
    for n in range(100):
        happen(board.host_app, n)
    begun = delivering.settle(turns=20)
    assert begun <= 40


def test_a_body_is_what_json_stringify_makes_of_it(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    made()
    happens(1, context={"b": 1.5, "10": 2, "9": 1e21, "é": -0.0})
    delivering.settle()
    assert receiver.got[0].body.endswith('"data":{"context":{"9":1e+21,"10":2,"b":1.5,"é":0}}}'.encode())
    assert json.loads(receiver.got[0].body)["data"]["context"]["b"] == 1.5

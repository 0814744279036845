"""A receiver that means harm costs a bounded time and a bounded number of bytes, and holds up nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.webhooks.delivery import sending
from harvest_bridge.webhooks.models import Attempt, Delivery, Event

from .delivering import Delivering
from .hostile import FLOODS, compressed_megabytes, dripping
from .receiver import Receiver, hang, reset, running_receiver, status

pytestmark = pytest.mark.django_db(transaction=True)
Made = Callable[..., dict[str, Any]]
Happens = Callable[..., Event]
# What a connection's buffers take at both ends before anybody looks at it.
_BUFFERED = 32 * 2**20


@pytest.mark.parametrize("kind", FLOODS)
def test_of_a_gigabyte_no_more_is_taken_than_buffers_hold(
    made: Made, happens: Happens, receiver: Receiver, kind: str
) -> None:
    flood = FLOODS[kind]()
    made()
    receiver.answers = [flood]
    happens()
    Delivering(timeout_seconds=0.5).settle()
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error) == flood.told
    assert len(attempt.answer) == (1024 if attempt.status else 0)
    assert 0 < flood.sent < _BUFFERED


def test_a_compressed_answer_is_kept_as_it_came_and_not_unpacked(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering
) -> None:
    made()
    receiver.answers = [status(200, compressed_megabytes(), Content_Encoding="gzip")]
    happens()
    delivering.settle()
    attempt = Attempt.objects.get()
    assert attempt.status == 200
    assert len(attempt.answer) <= 1024
    assert attempt.answer[1:].lstrip("�").startswith("\x08")  # as gzip begins


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000), (None, "timeout"), id="headers"),
        pytest.param(hang, (None, "timeout"), id="nothing"),
        pytest.param(reset, (None, "connection_lost"), id="reset"),
        pytest.param(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", then=reset), (200, ""), id="half"),
    ],
)
def test_a_receiver_that_is_slow_or_breaks_off_ends_in_time_and_is_told_as_it_was(
    made: Made, happens: Happens, receiver: Receiver, answer: Any, told: Any
) -> None:
    made()
    receiver.answers = [answer]
    happens()
    Delivering(timeout_seconds=0.5).settle()
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.error) == told


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_a_failure_and_nobody_is_asked_there(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, code: int
) -> None:
    made()
    with running_receiver() as private:
        receiver.answers = [status(code, Location=f"{private.url}/latest/meta-data", Refresh=f"0; url={private.url}")]
        happens()
        delivering.settle()
        assert private.got == []
    assert len(receiver.got) == 1
    assert (Attempt.objects.get().status, Delivery.objects.get().status) == (code, "pending")


def test_an_answer_that_nobody_thought_of_is_a_failure_and_tried_again(
    made: Made, happens: Happens, receiver: Receiver, delivering: Delivering, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong about one, it is never taken for under way for ever."""
    made()
    happens()
    real, looks = sending.retry_after, iter([RuntimeError("a fault of ours")])

    def breaking(text: str | None) -> Any:
        if error := next(looks, None):
            raise error
        return real(text)

    monkeypatch.setattr(sending, "retry_after", breaking)
    assert delivering.settle() == 1
    assert Attempt.objects.get().error == "internal_error"
    assert delivering.after(seconds=7) == 1
    assert Delivery.objects.get().status == "delivered"


def test_beside_receivers_that_hang_reset_and_flood_everything_arrives_at_a_good_one(
    made: Made, happens: Happens, receiver: Receiver, hooks: APIClient
) -> None:
    bad = {f"/{kind}": FLOODS[kind]() for kind in ("body", "headers")} | {"/hang": hang, "/reset": reset}

    async def each_its_own(got: Any, writer: Any) -> None:
        await bad[got.path](got, writer)

    receiver.answers = [each_its_own]
    with running_receiver() as healthy:
        made_good = hooks.post("/webhook", {"target_url": healthy.url}, format="json").json()
        for path in bad:
            made(path)
        events = [happens(number) for number in range(10)]
        Delivering(timeout_seconds=1).settle(turns=60)
        assert sorted(healthy.ids) == sorted(str(event.uid) for event in events)
    assert hooks.get(f"/webhook/{made_good['id']}").json()["pending_count"] == 0

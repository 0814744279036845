"""One dispatcher delivers at a time: who lost the lock begins nothing any more, and an outage leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from psycopg.errors import AdminShutdown

from harvest_bridge.webhooks.delivery import dispatcher
from harvest_bridge.webhooks.delivery.dispatcher import Dispatcher
from harvest_bridge.webhooks.delivery.sending import Sender
from harvest_bridge.webhooks.models import Attempt, Delivery, Endpoint, Event

from .delivering import Delivering
from .receiver import Receiver, status

pytestmark = pytest.mark.django_db(transaction=True)


def run(may_deliver: Callable[[], bool]) -> None:
    """Until it ends by itself."""

    async def deliver() -> None:
        sender = Sender()
        await asyncio.wait_for(Dispatcher(sender, may_deliver=may_deliver).run(), 120)
        await sender.aclose()

    asyncio.run(deliver())


def test_who_holds_no_lock_any_more_ends_and_sends_nothing(
    made: Callable[..., dict[str, Any]], happens: Callable[..., Event], receiver: Receiver
) -> None:
    made()
    happens()
    run(lambda: False)
    assert receiver.got == []


def test_the_lock_is_asked_for_again_while_deliveries_go_on(
    made: Callable[..., dict[str, Any]], happens: Callable[..., Event], receiver: Receiver
) -> None:
    made()
    event = happens()
    answers = [True, True, False]
    run(lambda: answers.pop(0))
    assert receiver.ids == [str(event.uid)]
    assert answers == []


def test_what_an_outage_kept_from_being_sent_is_sent_after_it(
    made: Callable[..., dict[str, Any]],
    happens: Callable[..., Event],
    receiver: Receiver,
    delivering: Delivering,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The database goes away between the looks at two webhooks, when deliveries of the first are chosen already."""
    made("/first")
    made("/second")
    event, looks = happens(), iter([None, AdminShutdown("the server ends every connection")])
    real = dispatcher.due_jobs

    def breaking(*args: Any, **given: Any) -> Any:
        if error := next(looks, None):
            raise error
        return real(*args, **given)

    monkeypatch.setattr(dispatcher, "due_jobs", breaking)
    delivering.settle()
    assert sorted((got.path, got.event["id"]) for got in receiver.got) == [
        ("/first", str(event.uid)),
        ("/second", str(event.uid)),
    ]


def test_a_webhook_that_is_removed_while_it_answers_disturbs_no_other(
    made: Callable[..., dict[str, Any]], happens: Callable[..., Event], receiver: Receiver, delivering: Delivering
) -> None:
    """Retention removes deleted webhooks, and old events, whatever is under way."""
    removed = made("/removed")
    made("/other")
    happens()

    async def remove(got: Any, writer: Any) -> None:
        if got.path == "/removed":
            await asyncio.to_thread(remove_for_good)
        await status(200)(got, writer)

    def remove_for_good() -> None:
        Attempt.objects.filter(delivery__endpoint=removed["id"]).delete()
        Delivery.objects.filter(endpoint=removed["id"]).delete()
        Endpoint.objects.filter(pk=removed["id"]).delete()
        connection.close()

    receiver.answers = [remove]
    delivering.settle()
    assert [got.path for got in receiver.got if got.path == "/other"] == ["/other"]
    assert Delivery.objects.get().status == "delivered"
    assert Attempt.objects.count() == 1

"""One dispatcher delivers at a time: who lost the lock begins nothing any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from harvest_bridge.webhooks.delivery.dispatcher import Dispatcher
from harvest_bridge.webhooks.delivery.sending import Sender
from harvest_bridge.webhooks.models import Event

from .receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)


def run(may_deliver: Callable[[], bool]) -> None:
    """Until it ends by itself."""

    async def deliver() -> None:
        sender = Sender()
        await asyncio.wait_for(Dispatcher(sender, may_deliver=may_deliver).run(), 60)
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

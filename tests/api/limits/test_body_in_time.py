"""A body may come slowly, but not for ever."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from harvest_bridge.api.errors import CallerTooSlow
from harvest_bridge.api.limits import bodies
from harvest_bridge.api.limits.bodies import Body


def trickle(pieces: int, size: int, every: float) -> Body:
    sent = 0

    async def receive() -> Message:
        nonlocal sent
        await asyncio.sleep(every)
        sent += 1
        return {"type": "http.request", "body": b"a" * size, "more_body": sent < pieces}

    return Body(receive, most=10 * bodies.MB)


async def whole(body: Body) -> None:
    while not body.is_whole:
        await body.receive()


@pytest.fixture(autouse=True)
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_GRACE_SECONDS", 0.2)


async def test_a_byte_now_and_then_is_not_enough() -> None:
    body = trickle(1000, 1, every=0.02)
    with pytest.raises(CallerTooSlow):
        await whole(body)
    assert 0 < body.received < 1000


async def test_nothing_at_all_is_not_waited_for() -> None:
    body = trickle(1, 1, every=60)
    with pytest.raises(CallerTooSlow):
        await body.receive()


async def test_a_slow_line_that_goes_on_sending_is_waited_for() -> None:
    body = trickle(40, 4096, every=0.02)
    await whole(body)
    assert body.received == 40 * 4096

"""Connections over time: a real server of uvicorn's in this process, and the clock passed in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from harvest_bridge.api.limits.connections import HEAD_SECONDS, UNREAD_SECONDS, Connections, _protocols, _watch

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Shortly at `/`, with 64 MB elsewhere."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(1000 if scope["path"] != "/" else 0):
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture(params=["h11", "httptools"])
def serve(request: pytest.FixtureRequest) -> Callable[[Connections], Any]:
    kind = next(found for found in _protocols() if request.param in found.__module__)

    @asynccontextmanager
    async def serving(connections: Connections) -> AsyncIterator[Callable[[], Any]]:
        watched = type(kind.__name__, (kind,), {})
        _watch(watched, connections)
        server = uvicorn.Server(uvicorn.Config(answer, port=0, http=watched, lifespan="off", log_level="critical"))
        server.config.setup_event_loop = lambda: None  # type: ignore[method-assign]
        task = asyncio.create_task(server._serve(None))
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield lambda: asyncio.open_connection("127.0.0.1", port)
        finally:
            server.should_exit = server.force_exit = True
            await task

    return serving


def now() -> float:
    return asyncio.get_running_loop().time()


async def answered(reader: asyncio.StreamReader) -> bytes:
    """One whole answer, which comes in chunks."""
    return await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 60)


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What came until the end; a reset is an end too."""
    try:
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b""


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.01)


async def stands_still(size: Callable[[], int]) -> None:
    """Until it is the same ten times in a row."""
    same, last = 0, -1
    async with asyncio.timeout(60):
        while same < 10:
            await asyncio.sleep(0.01)
            same, last = (same + 1 if size() == last else 0), size()


async def test_who_does_not_read_an_answer_is_let_go_after_a_minute(serve: Any) -> None:
    connections = Connections(10)
    async with serve(connections) as connect:
        _reader, writer = await connect()
        writer.write(GET.replace(b"/ ", b"/endless "))
        [one] = await found(connections, 1)
        await until(lambda: one.protocol.transport.get_write_buffer_size() > 0)
        await stands_still(one.protocol.transport.get_write_buffer_size)  # no more fits into the buffers on the way
        began = now()
        connections.look(began)
        connections.look(began + UNREAD_SECONDS - 1)
        assert connections.count == 1
        connections.look(began + UNREAD_SECONDS + 1)
        await until(lambda: connections.count == 0)
        writer.close()


async def test_a_head_is_waited_for_ten_seconds_and_an_idle_connection_is_left_to_the_server(serve: Any) -> None:
    connections = Connections(10)
    async with serve(connections) as connect:
        (slow, slow_writer), (idle, idle_writer) = await connect(), await connect()
        idle_writer.write(GET)
        assert (await answered(idle)).startswith(b"HTTP/1.1 200")
        slow_writer.write(GET[:10])
        await until(lambda: any(one.head_bytes for one in connections._open.values()))
        connections.look(now())
        connections.look(now() + HEAD_SECONDS + 1)
        assert (await ended(slow)).startswith(b"HTTP/1.1 408")
        assert connections.count == 1
        idle_writer.write(GET)
        assert (await answered(idle)).startswith(b"HTTP/1.1 200")
        slow_writer.close()
        idle_writer.close()


@pytest.mark.parametrize("said", [b"", GET[:10], b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: 1\r\n"])
async def test_a_head_that_does_not_come_is_not_waited_for(serve: Any, said: bytes) -> None:
    connections = Connections(10)
    async with serve(connections) as connect:
        reader, writer = await connect()
        writer.write(said)
        [one] = await found(connections, 1)
        await until(lambda: one.head_bytes == len(said))
        connections.look(one.since + HEAD_SECONDS - 1)
        assert connections.count == 1
        connections.look(one.since + HEAD_SECONDS + 1)
        assert (await ended(reader)).startswith(b"HTTP/1.1 408")
        writer.close()


async def test_neither_is_the_next_one_on_a_connection_that_was_used(serve: Any) -> None:
    connections = Connections(10)
    async with serve(connections) as connect:
        reader, writer = await connect()
        writer.write(GET)
        assert (await answered(reader)).startswith(b"HTTP/1.1 200")
        writer.write(GET[:7])
        [one] = await found(connections, 1)
        await until(lambda: one.head_bytes == 7)
        connections.look(one.since + HEAD_SECONDS + 1)
        assert (await ended(reader)).startswith(b"HTTP/1.1 408")
        writer.close()


async def test_who_was_idle_longest_makes_room_for_a_newcomer(serve: Any) -> None:
    connections = Connections(2, most_of_one=10)
    async with serve(connections) as connect:
        idle = [await connect() for _ in range(2)]
        for number, one in enumerate(await found(connections, 2)):
            one.since -= 10 + number
        reader, writer = await connect()
        writer.write(GET)
        assert (await answered(reader)).startswith(b"HTTP/1.1 200")
        await until(lambda: connections.count == 2)
        for _, other in [*idle, (reader, writer)]:
            other.close()


@pytest.mark.parametrize(("proxies", "is_let_in"), [((), False), (("10.0.0.0/8",), False), (("127.0.0.0/8",), True)])
async def test_a_proxys_connections_are_not_one_callers(serve: Any, proxies: tuple[str, ...], is_let_in: bool) -> None:
    connections = Connections(10, most_of_one=1, proxies=proxies)
    async with serve(connections) as connect:
        _, first = await connect()
        await found(connections, 1)
        reader, second = await connect()
        second.write(GET)
        assert (b" 200 " in await reader.readline()) == is_let_in
        first.close()
        second.close()


async def found(connections: Connections, count: int) -> list[Any]:
    await until(lambda: connections.count == count)
    return list(connections._open.values())

"""Connection limits: in total, per address, and the time until a request head is complete.

An ASGI application sees a request when its head is there, so what comes before is looked after where bytes come in: in
the protocol class of uvicorn, through the methods of `asyncio.Protocol`. It works with h11 and httptools alike.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from harvest_bridge.api.errors import CallerTooSlow

from .errors import HeadTooLong, TooManyConnections
from .refusals import raw_answer

HEAD_SECONDS = 10.0
UNREAD_SECONDS = 60.0
MOST_HEAD_BYTES = 64 * 1024
_EVICTED_AFTER_SECONDS = 2.0
_LINGERING_SECONDS = 1.0
_MOST_LINGERING_BYTES = 1024 * 1024
_LOOK_EVERY_SECONDS = 1.0
_FIRST_REQUEST_SECONDS = 5.0
_EVERYBODY = ("0.0.0.0/0", "::/0")
_PROTOCOLS = ("h11_impl.H11Protocol", "httptools_impl.HttpToolsProtocol")


@dataclass(slots=True, eq=False)
class Open:
    """One connection. `since` is when it began to owe us a request's head, `unread` how much of an answer waits."""

    protocol: Any
    address: str
    since: float
    cycle: Any = None
    head_bytes: int = 0
    unread: int = 0
    unread_since: float = 0.0

    @property
    def is_waiting(self) -> bool:
        cycle = self.protocol.cycle
        return cycle is None or cycle.response_complete

    @property
    def is_idle(self) -> bool:
        """Between two requests: uvicorn's own keep-alive time-out ends it."""
        return self.cycle is not None and not self.head_bytes


@dataclass
class Connections:
    """All that are open in this process.

    Shape: `most_of_one` is per address, half of `most` unless said; `proxies` are addresses or networks, and exempt.
    The last tenth of `most` is for health alone (`is_crowded`).
    """

    most: int
    most_of_one: int = 0
    proxies: Sequence[str] = ()
    _open: dict[Any, Open] = field(default_factory=dict)
    _of_address: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.most_of_one = self.most_of_one or max(1, self.most // 2)
        listed = [word for proxy in self.proxies for word in (_EVERYBODY if proxy == "*" else (proxy,))]
        self._proxies = [network for word in listed if (network := _network(word)) is not None]

    @property
    def count(self) -> int:
        return len(self._open)

    @property
    def is_crowded(self) -> bool:
        return len(self._open) > self.most - self.most // 10

    def opened(self, protocol: Any) -> None:
        address = str((protocol.client or [""])[0])
        self._open[protocol] = Open(protocol, address, _now())
        self._of_address[address] += 1
        if self._of_address[address] > self.most_of_one and not self._is_proxy(address):
            _end(protocol, TooManyConnections("Too many connections from your address.", retry_after=5))
        elif len(self._open) > self.most and not self._evict():
            _end(protocol, TooManyConnections("Too many connections; try again soon.", retry_after=5))

    def closed(self, protocol: Any) -> None:
        if (one := self._open.pop(protocol, None)) is not None:
            self._of_address[one.address] -= 1
            if not self._of_address[one.address]:
                del self._of_address[one.address]

    def came(self, protocol: Any, size: int) -> None:
        """Bytes that belong to no request yet."""
        one = self._open.get(protocol)
        if one is None:
            return
        if one.cycle is not protocol.cycle:
            one.cycle, one.head_bytes, one.since = protocol.cycle, 0, _now()
        one.head_bytes += size
        if one.head_bytes > MOST_HEAD_BYTES:
            _end_while_sending(
                protocol, HeadTooLong(f"The request's head is longer than {MOST_HEAD_BYTES // 1024} KB.")
            )

    def came_too_late(self, protocol: Any, size: int) -> None:
        """Bytes after the refusal: let by while its answer is on its way, up to a limit."""
        if (one := self._open.get(protocol)) is None:
            return
        one.head_bytes += size
        if one.head_bytes > _MOST_LINGERING_BYTES:
            protocol.transport.abort()

    def look(self, now: float) -> None:
        """End those whose head does not come, or who do not read."""
        for one in list(self._open.values()):
            if one.protocol not in one.protocol.connections:  # it speaks WebSocket by now
                self.closed(one.protocol)
                continue
            if one.cycle is not one.protocol.cycle or not one.is_waiting:
                one.cycle, one.head_bytes, one.since = one.protocol.cycle, 0, now
            elif now - one.since > HEAD_SECONDS and not one.is_idle:
                _end(one.protocol, CallerTooSlow("The request's head did not come in time."))
            self._look_at_reader(one, now)

    def _look_at_reader(self, one: Open, now: float) -> None:
        unread = one.protocol.transport.get_write_buffer_size()
        if not unread or unread != one.unread:
            one.unread, one.unread_since = unread, now
        elif now - one.unread_since > (
            _EVICTED_AFTER_SECONDS if one.protocol.transport.is_closing() else UNREAD_SECONDS
        ):
            one.protocol.transport.abort()

    def _evict(self) -> bool:
        """Make room by ending the one that has been idle longest. Whether there was one."""
        idle = [one for one in self._open.values() if one.is_waiting and not one.protocol.transport.is_closing()]
        oldest = min(idle, key=lambda one: one.since, default=None)
        if oldest is None or _now() - oldest.since < _EVICTED_AFTER_SECONDS:
            return False
        oldest.protocol.transport.abort()
        return True

    def _is_proxy(self, address: str) -> bool:
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self._proxies)

    @asynccontextmanager
    async def watched(self) -> Any:
        """Look at all of them every second."""

        async def watch() -> None:
            while True:
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
                self.look(_now())

        task = asyncio.create_task(watch())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def _network(word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """None for what uvicorn takes beside addresses, such as the path of a socket."""
    try:
        return ipaddress.ip_network(word, strict=False)
    except ValueError:
        return None


def watch_protocols(connections: Connections) -> None:
    """From now on `connections` hears of every connection of this process's server."""
    for protocol in _protocols():
        _watch(protocol, connections)


def _watch(protocol: Any, connections: Connections) -> None:
    made, lost, received = protocol.connection_made, protocol.connection_lost, protocol.data_received

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        made(self, transport)
        connections.opened(self)

    def connection_lost(self: Any, error: Exception | None) -> None:
        connections.closed(self)
        lost(self, error)

    def data_received(self: Any, data: bytes) -> None:
        before = self.cycle
        if _is_ended(self):
            connections.came_too_late(self, len(data))
            return
        received(self, data)
        if getattr(self, "is_stopping", False) and self.cycle is not None:
            self.cycle.keep_alive = False
        if self.cycle is before and (before is None or before.response_complete):
            connections.came(self, len(data))

    if (on_url := getattr(protocol, "on_url", None)) is not None:

        def checked_url(self: Any, url: bytes) -> None:
            if b"#" in url:  # httptools would drop what follows; h11 refuses it, and so do we: a 400
                raise ValueError("a fragment in a request's target")
            on_url(self, url)

        protocol.on_url = checked_url
    protocol.connection_made, protocol.connection_lost = connection_made, connection_lost
    protocol.data_received = data_received
    _wait_for_first_requests(protocol)


def _wait_for_first_requests(protocol: Any) -> None:
    """Whose connection was accepted before the signal to stop is answered: their request may be on its way."""
    asked_to_stop = protocol.shutdown

    def shutdown(self: Any) -> None:
        if self.cycle is not None:
            asked_to_stop(self)
            return
        self.is_stopping = True
        asyncio.get_running_loop().call_later(_FIRST_REQUEST_SECONDS, stop_waiting, self)

    def stop_waiting(self: Any) -> None:
        if self.cycle is None and not _is_ended(self):
            asked_to_stop(self)

    protocol.shutdown = shutdown


def _protocols() -> Iterator[Any]:
    from importlib import import_module

    for path in _PROTOCOLS:
        module, _, name = path.partition(".")
        with suppress(ImportError):
            yield getattr(import_module(f"uvicorn.protocols.http.{module}"), name)


def _end(protocol: Any, error: Any) -> None:
    if not protocol.transport.is_closing():
        protocol.transport.write(raw_answer(error))
        protocol.transport.close()


def _end_while_sending(protocol: Any, error: Any) -> None:
    """Answer a caller that is still sending: a socket closed on unread bytes is reset, and the answer lost with it."""
    transport = protocol.transport
    if _is_ended(protocol):
        return
    protocol.is_ended = True
    transport.write(raw_answer(error))
    transport.write_eof()
    asyncio.get_running_loop().call_later(_LINGERING_SECONDS, transport.close)


def _is_ended(protocol: Any) -> bool:
    return protocol.transport.is_closing() or getattr(protocol, "is_ended", False)


def _now() -> float:
    return asyncio.get_running_loop().time()

"""uvicorn's HTTP, which also lets the application cut the connection."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "harvest_bridge.sandbox.transport"


class OpenProtocol(H11Protocol):
    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.access_log = False  # the journal has it all
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = app


async def cut_connection(scope: Scope) -> None:
    """Close with a TCP reset; returns once uvicorn has heard of it and will not complain about a missing answer."""
    transport = scope.get(TRANSPORT)
    if transport is not None:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0.01)

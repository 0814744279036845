"""The wire format between bridge and worker process: four bytes of length, then JSON."""

from __future__ import annotations

import socket
import struct
from typing import Any

import orjson

_LENGTH = struct.Struct("!I")


def send(link: socket.socket, message: Any) -> None:
    """Errors: OSError (TimeoutError among them), where the other side is gone or slow."""
    body = orjson.dumps(message, default=tuple)  # of a NamedTuple, which orjson does not know
    link.sendall(_LENGTH.pack(len(body)))
    link.sendall(body)


def receive(link: socket.socket) -> Any:
    """The next message. Errors: as in `receive_bytes`."""
    return orjson.loads(receive_bytes(link))


def receive_bytes(link: socket.socket) -> bytearray:
    """The next message as it came. Errors: EOFError where the other side has hung up, and those of `send`."""
    (length,) = _LENGTH.unpack(_exactly(link, _LENGTH.size))
    return _exactly(link, length)


def _exactly(link: socket.socket, size: int) -> bytearray:
    body = bytearray(size)
    view = memoryview(body)
    while view:
        count = link.recv_into(view)
        if not count:
            raise EOFError
        view = view[count:]
    return body

"""Callers that do not behave: bytes on a socket, and what came back."""

from __future__ import annotations

import socket
from contextlib import closing
from urllib.parse import urlsplit

from tests.processes import Bridge


def connect(bridge: Bridge) -> socket.socket:
    parts = urlsplit(bridge.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=120)


def heard(connection: socket.socket) -> bytes:
    """Everything until the other side ends the connection."""
    said = b""
    try:
        while piece := connection.recv(65536):
            said += piece
    except ConnectionResetError:
        pass
    return said


def exchange(bridge: Bridge, said: bytes) -> bytes:
    with closing(connect(bridge)) as connection:
        connection.sendall(said)
        return heard(connection)


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", ""]).encode()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0

"""A process that is asked to stop answers everybody whose connection it has accepted."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge, running_bridge

REQUEST = b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"


def connected(bridge: Bridge) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(bridge.url.rpartition(":")[2])), timeout=60)


def answered(connection: socket.socket) -> bytes:
    """Head and body of the one answer."""
    answer = b""
    while b"pong" not in answer:
        piece = connection.recv(65536)
        assert piece, answer
        answer += piece
    return answer


def is_listening(bridge: Bridge) -> bool:
    try:
        connected(bridge).close()
    except OSError:
        return False
    return True


@pytest.mark.any_database
def test_a_request_that_comes_after_the_signal_on_an_accepted_connection_is_answered(
    sandbox: RunningSandbox, tmp_path: Path
) -> None:
    with (
        running_bridge(tmp_path, harvest_url=sandbox.url) as bridge,
        connected(bridge) as waits,
        connected(bridge) as leaves,
    ):
        with connected(bridge) as third:
            third.sendall(REQUEST)
            answered(third)  # so the two before it were accepted as well
        bridge.web.ask_to_stop()
        while is_listening(bridge):
            time.sleep(0.02)
        waits.sendall(REQUEST)
        assert b"connection: close" in answered(waits).lower()
        assert waits.recv(1) == b""
        assert leaves.recv(1) == b""  # who says nothing keeps nobody waiting

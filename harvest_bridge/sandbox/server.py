"""Serving a world on a real socket, in this thread or in one of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import uvicorn

from harvest_bridge.sandbox.app import create_app
from harvest_bridge.sandbox.protocol import OpenProtocol
from harvest_bridge.sandbox.world import World


def server_for(world: World, names: Collection[str] = ()) -> uvicorn.Server:
    """The Date and Server headers are the sandbox's own, hence not uvicorn's."""
    config = uvicorn.Config(
        create_app(world, names),
        http=OpenProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_config=None,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,  # longer than a client keeps one, so that none is closed just as a write leaves on it
    )
    return uvicorn.Server(config)


def listen(host: str, port: int) -> socket.socket:
    """Errors: OSError when the port is taken; 0 takes a free one."""
    # The protocol is named because asyncio turns off the delays of small packets only then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


@contextmanager
def served_in_thread(world: World, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Yields the base URL. The socket listens before the thread starts, so a request never comes too early."""
    listener = listen(host, port)
    server = server_for(world)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()

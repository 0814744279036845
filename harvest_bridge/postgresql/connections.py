"""PostgreSQL connections that notice a server which is gone without closing the socket."""

from __future__ import annotations

import socket
import struct
from collections.abc import Generator
from time import monotonic
from typing import Any

import psycopg

_SILENCE_SECONDS = 0.25
_PROBE_SECONDS = 0.8
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class ServerSilent(psycopg.OperationalError):
    """Neither this connection nor a new one gets an answer: the host is lost, or the server stands still."""


class WatchedConnection(psycopg.Connection[Any]):
    """Statements may take their time; but while one is not answered, the server is asked whether it is there."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Errors: ServerSilent, after which the connection is closed."""
        return super().wait(self._watched(gen) if timeout is None else gen, interval, timeout)

    def _watched(self, gen: Any) -> Generator[Any, Any, Any]:
        asked_at = monotonic()
        try:
            wish = next(gen)
            while True:
                ready = yield wish
                if ready:
                    asked_at = monotonic()
                elif monotonic() - asked_at > _SILENCE_SECONDS:
                    self._require_server()
                    asked_at = monotonic()
                wish = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _require_server(self) -> None:
        pgconn = self.pgconn
        if not answers((pgconn.hostaddr or pgconn.host).decode(), int(pgconn.port)):
            self.close()
            raise ServerSilent("the server does not answer")


def answers(host: str, port: int) -> bool:
    """Whether a PostgreSQL server takes new connections there. Asks if it speaks TLS, which needs no login."""
    is_local = not host or host.startswith("/")
    kind = socket.AF_UNIX if is_local else socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(kind, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(f"{host or '/var/run/postgresql'}/.s.PGSQL.{port}" if is_local else (host, port))
            probe.sendall(_SSL_REQUEST)
            return bool(probe.recv(1))
        except OSError:
            return False

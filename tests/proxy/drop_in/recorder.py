"""A Harvest that records what reached it byte by byte and answers what a test says; and a socket for raw bytes."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

from tests.processes import Bridge

Respond = Callable[["Recorded", socket.socket], None]
_KEPT_BYTES = 256 * 1024


@dataclass
class Recorded:
    """A request as it came. `body` is its beginning; `size` is how long it was; not `is_whole`, it broke off."""

    head: bytes
    body: bytes = b""
    size: int = 0
    is_whole: bool = True

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n")[0].decode("latin-1")

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    @property
    def headers(self) -> list[tuple[str, str]]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return [(name.lower(), value.strip()) for name, _, value in pairs]

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


def reply(body: bytes = b"{}", *, status: int = 200, **headers: str) -> bytes:
    fields = {"content-type": "application/json; charset=utf-8", "content-length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body


@dataclass
class Recorder:
    """Shape: `replies` are sent in turn, the last again and again; `respond`, when set, does it all itself."""

    listener: socket.socket
    requests: list[Recorded] = field(default_factory=list)
    replies: list[bytes] = field(default_factory=lambda: [reply()])
    respond: Respond | None = None
    read_pause: threading.Event | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def reset(self, *replies: bytes, respond: Respond | None = None) -> None:
        self.requests.clear()
        self.replies = list(replies) or [reply()]
        self.respond = respond
        self.read_pause = None

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self._serve_one, args=(connection,), daemon=True).start()

    def _serve_one(self, connection: socket.socket) -> None:
        with connection, suppress(OSError), connection.makefile("rb") as stream:
            while head := _head(stream):
                request = Recorded(head)
                self.requests.append(request)
                if self.read_pause is not None:
                    self.read_pause.wait(120)
                for piece in _body(request, stream):
                    request.size += len(piece)
                    request.body += piece[: max(0, _KEPT_BYTES - len(request.body))]
                if not request.is_whole:
                    return
                if self.respond is not None:
                    self.respond(request, connection)
                else:
                    connection.sendall(self.replies.pop(0) if len(self.replies) > 1 else self.replies[0])


def _head(stream: object) -> bytes:
    lines = b""
    while line := stream.readline():  # type: ignore[attr-defined]
        lines += line
        if line == b"\r\n":
            return lines[:-2]
    return b""


def _body(request: Recorded, stream: object) -> Iterator[bytes]:
    read = stream.read  # type: ignore[attr-defined]
    if request.header("transfer-encoding") == "chunked":
        while line := stream.readline():  # type: ignore[attr-defined]
            size = int(line, 16)
            yield read(size)
            read(2)
            if size == 0:
                return
        request.is_whole = False
        return
    left = int(request.header("content-length") or 0)
    while left:
        piece = read(min(left, 65536))
        if not piece:
            request.is_whole = False
            return
        left -= len(piece)
        yield piece


@contextmanager
def recorder() -> Iterator[Recorder]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        recording = Recorder(listener)
        threading.Thread(target=recording.serve, daemon=True).start()
        yield recording
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def raw_exchange(url: str, request: bytes, *, seconds: float = 60) -> bytes:
    """What a server answers to exactly these bytes; nothing, if it just closes."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        connection.sendall(request)
        answer = b""
        with suppress(OSError):
            while piece := connection.recv(65536):
                answer += piece
        return answer


def ask_and_leave(bridge: Bridge, upstream: Recorder, target: str, *, times: int = 1, hears: bytes = b"") -> None:
    """Callers that hang up once Harvest was asked for each of them, and each has heard so much of its answer."""
    host, port, asked = "localhost", int(bridge.url.rpartition(":")[2]), len(upstream.requests)
    account = "Harvest-Account-Id: 42\r\n" if target.startswith("/v2") else ""
    key = f"Authorization: Bearer {bridge.host['api_key']}\r\n"
    head = f"GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\n{key}{account}\r\n"
    with ExitStack() as opened:
        callers = [opened.enter_context(socket.create_connection((host, port), timeout=60)) for _ in range(times)]
        for caller in callers:
            caller.sendall(head.encode())
        deadline = time.monotonic() + 60
        while len(upstream.requests) < asked + times:
            assert time.monotonic() < deadline, upstream.requests
            time.sleep(0.02)
        for caller in callers:
            heard = b""
            while hears not in heard:
                heard += caller.recv(65536)

"""What each kind of fault does to a request and its answer (`faults.py` says what may be ordered)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvest_bridge.sandbox.faults import Fault

Headers = list[tuple[bytes, bytes]]
EDGE_PAGE = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>502 Bad Gateway</h1><hr>cloudflare</body></html>"
)


class ConnectionCut(Exception):
    """Nothing more is to be sent; whoever holds the connection cuts it.

    Units: `arrives_after` is how many seconds later the request is carried out, if at all.
    """

    def __init__(self, *, arrives_after: float | None = None) -> None:
        super().__init__()
        self.arrives_after = arrives_after


@dataclass(slots=True)
class Kept:
    """An answer that was made but not yet sent."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    content: bytes = b""


async def serve_with(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Errors: ConnectionCut, for the kinds that end in a reset."""
    match fault.kind:
        case "status" | "html_error":
            await _answer_instead(send, fault)
        case "reset":
            raise ConnectionCut
        case "latency":
            await asyncio.sleep(fault.seconds)
            await app(scope, receive, send)
        case "lost_answer":
            await _keep(app, scope, receive)
            raise ConnectionCut
        case "late_arrival":
            raise ConnectionCut(arrives_after=fault.seconds)
        case "slow_body":
            await _drip(await _keep(app, scope, receive), send, fault.seconds)
        case "truncated_json":
            await _truncate(await _keep(app, scope, receive), send)
        case "short_page" | "early_end":
            await _falsify(await _keep(app, scope, receive), send, fault.kind)
        case "cut_body":
            await _send_half(await _keep(app, scope, receive), send)
            raise ConnectionCut


async def _answer_instead(send: Send, fault: Fault) -> None:
    """The request is not even looked at."""
    if fault.kind == "html_error":
        status, body, kind = fault.status or 502, fault.body or EDGE_PAGE, "text/html; charset=UTF-8"
    else:
        status, body, kind = fault.status or 500, fault.body, fault.content_type
    content = body.encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(content)).encode())]
    if fault.retry_after is not None:
        headers.append((b"retry-after", str(fault.retry_after).encode()))
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": content})


async def _keep(app: ASGIApp, scope: Scope, receive: Receive) -> Kept:
    """Let the request take effect, and keep its answer."""
    kept = Kept()

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept.status, kept.headers = message["status"], list(message["headers"])
        else:
            kept.content += message.get("body", b"")

    await app(scope, receive, keep)
    return kept


async def _drip(kept: Kept, send: Send, seconds: float, pieces: int = 20) -> None:
    size = max(1, len(kept.content) // pieces)
    await _start(send, kept.status, kept.headers)
    for at in range(0, len(kept.content), size):
        await send({"type": "http.response.body", "body": kept.content[at : at + size], "more_body": True})
        await asyncio.sleep(seconds / pieces)
    await send({"type": "http.response.body", "body": b""})


async def _truncate(kept: Kept, send: Send) -> None:
    """Half of the body, under a length that says so."""
    half = _half(kept)
    headers = [pair for pair in kept.headers if pair[0] != b"content-length"]
    await _start(send, kept.status, [*headers, (b"content-length", str(len(half)).encode())])
    await send({"type": "http.response.body", "body": half})


async def _falsify(kept: Kept, send: Send, kind: str) -> None:
    """A well-formed list that is not the whole truth. What is no list passes as it is."""
    body = msgspec.json.decode(kept.content) if kept.content else None
    if isinstance(body, dict) and "total_entries" in body:
        key = next(name for name, value in body.items() if isinstance(value, list))
        if kind == "short_page":
            body[key] = body[key][: len(body[key]) // 2]
        else:
            body["next_page"], body["links"]["next"] = None, None
        kept.content = msgspec.json.encode(body)
    headers = [pair for pair in kept.headers if pair[0] != b"content-length"]
    await _start(send, kept.status, [*headers, (b"content-length", str(len(kept.content)).encode())])
    await send({"type": "http.response.body", "body": kept.content})


async def _send_half(kept: Kept, send: Send) -> None:
    """Half of the body, under the length of the whole; the pause lets it leave the machine."""
    await _start(send, kept.status, kept.headers)
    await send({"type": "http.response.body", "body": _half(kept), "more_body": True})
    await asyncio.sleep(0.05)


def _half(kept: Kept) -> bytes:
    return kept.content[: len(kept.content) // 2]


async def _start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})

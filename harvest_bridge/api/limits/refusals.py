"""Error answers as raw HTTP, for places below the framework."""

from __future__ import annotations

import http

import msgspec
from starlette.types import Send

from harvest_bridge import request_context
from harvest_bridge.api.errors import body_of, headers_of
from harvest_bridge.errors import BridgeError

Headers = list[tuple[bytes, bytes]]


def answer_of(error: BridgeError) -> tuple[Headers, bytes]:
    """Headers and body. The connection ends with it: who is refused is not waited for."""
    body = msgspec.json.encode(body_of(error))
    named = {"content-type": "application/json", "cache-control": "no-store", "connection": "close"}
    named |= {"content-length": str(len(body)), **headers_of(error)}
    return [(name.lower().encode(), value.encode()) for name, value in named.items()], body


async def refuse(error: BridgeError, send: Send) -> None:
    request_context.note_code(error.code)
    headers, body = answer_of(error)
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def raw_answer(error: BridgeError) -> bytes:
    """The same as bytes of HTTP/1.1."""
    headers, body = answer_of(error)
    status = http.HTTPStatus(error.status)
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return head + b"".join(b"%s: %s\r\n" % pair for pair in headers) + b"\r\n" + body

"""Successes as HTTP: JSON bytes, and the headers that Harvest sends along (REFERENCE §1)."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.responses import Response

from harvest_bridge.sandbox.encoding import encode

CACHING = {"Cache-Control": "no-cache, no-store", "Vary": "Origin"}


def respond(payload: Any, status: int = 200, *, location: str | None = None, known: str | None = None) -> Response:
    """Shape: `known` is the ETag that the caller has already; the same one answers 304."""
    content = encode(payload)
    etag = f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    headers = {**CACHING, "ETag": etag}
    if location is not None:
        headers["Location"] = location
    if known == etag:
        return Response(status_code=304, headers=headers)
    return Response(content, status, headers=headers, media_type="application/json; charset=utf-8")


def no_content(status: int) -> Response:
    """An empty body, as newer accounts may get from DELETE."""
    return Response(status_code=status, headers=CACHING)


def json_response(payload: Any, status: int = 200) -> Response:
    """JSON without an ETag, as the identity host sends it."""
    return Response(encode(payload), status, media_type="application/json; charset=utf-8")

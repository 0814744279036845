"""Our errors in Harvest's own shapes on the drop-in path (REFERENCE §5), with our `code` beside."""

from __future__ import annotations

import msgspec

from harvest_bridge.api.errors import headers_of
from harvest_bridge.errors import BridgeError

_CHALLENGE = 'Bearer realm="Harvest Bridge", error="invalid_token"'


def body_of(error: BridgeError) -> bytes:
    match error.status:
        case 401:
            shape: dict[str, object] = {"error": "invalid_token", "error_description": error.message}
        case 404:
            shape = {"status": 404, "error": "Not Found", "message": error.message}
        case _:
            shape = {"message": error.message}
    return msgspec.json.encode({**shape, "code": error.code})


def headers_for(error: BridgeError) -> dict[str, str]:
    headers = headers_of(error) | {"content-type": "application/json; charset=utf-8", "cache-control": "no-store"}
    return headers | ({"WWW-Authenticate": _CHALLENGE} if error.status == 401 else {})

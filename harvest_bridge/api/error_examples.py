"""An example of each error for the OpenAPI description, in the words that callers get."""

from __future__ import annotations

import http
from collections.abc import Iterable
from typing import Any

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestError

from .error_messages import MESSAGES

Json = dict[str, Any]

# Those that Django REST framework raises, with its own codes.
OF_THE_FRAMEWORK = {"parse_error": 400, "unsupported_media_type": 415}
# As Harvest itself said it (REFERENCE §5).
_RAW: Json = {
    "harvest_unauthorized": {"error": "invalid_token", "error_description": MESSAGES["harvest_unauthorized"]},
    "harvest_forbidden": {"message": MESSAGES["harvest_forbidden"]},
    "harvest_not_found": {"status": 404, "error": "Not Found"},
    "harvest_rejected": {"message": MESSAGES["harvest_rejected"]},
    "harvest_unavailable": "",
}


def examples_of(kinds: Iterable[type[BridgeError]]) -> Json:
    """By code, as OpenAPI's components have them."""
    found = {kind.code: _example(kind) for kind in kinds}
    for code, status in OF_THE_FRAMEWORK.items():
        found[code] = {"summary": _title(code), "value": _value(code, status)}
    return dict(sorted(found.items()))


def _example(kind: type[BridgeError]) -> Json:
    remote: Json = {}
    if issubclass(kind, HarvestError) and kind.code in _RAW:
        remote = {"truto_is_remote_error": True, "raw_response": _RAW[kind.code]}
    summary = (kind.__doc__ or _title(kind.code)).split("\n")[0]
    return {"summary": summary, "value": _value(kind.code, kind.status) | remote}


def _value(code: str, status: int) -> Json:
    phrase = http.HTTPStatus(status).phrase
    return {"statusCode": status, "error": phrase, "message": MESSAGES.get(code, _title(code)), "code": code}


def _title(code: str) -> str:
    return code.replace("_", " ").capitalize() + "."

"""Turns an HTTP answer of Harvest into a value or a typed error.

Harvest has three JSON shapes for errors, plus HTML and nothing at all (REFERENCE §5).
"""

from __future__ import annotations

import codecs
import email.utils
import http
import json
import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from harvest_bridge.harvest.budgets import LONGEST_HOLD_SECONDS
from harvest_bridge.harvest.errors import (
    HarvestError,
    HarvestForbidden,
    HarvestGrantRefused,
    HarvestMalformed,
    HarvestNotFound,
    HarvestRateLimited,
    HarvestRejected,
    HarvestUnauthorized,
    HarvestUnavailable,
)
from harvest_bridge.harvest.operations.operation import Auth, Operation
from harvest_bridge.harvest.transport import Answer

_PIECE = 64 * 1024
MIN_RETRY_SECONDS = 1.0
MAX_RAW_CHARACTERS = 4000
MAX_MESSAGE_CHARACTERS = 500

_BY_STATUS: Mapping[int, type[HarvestError]] = {
    401: HarvestUnauthorized,
    403: HarvestForbidden,
    404: HarvestNotFound,
    429: HarvestRateLimited,
}
_SECRET_KEYS = re.compile(r"token|secret|password|authorization", re.IGNORECASE)


def decoded(answer: Answer, kind: Any = Any) -> Any:
    """The JSON of a successful answer as a `kind`, None if it is empty. Errors: HarvestMalformed."""
    if not answer.body.strip():
        return None
    try:
        _require_utf8(answer.body)  # msgspec takes over a `Raw` without a look at its characters
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.ValidationError as error:
        raise HarvestMalformed(f"Harvest answered with JSON of another shape than it documents: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HarvestMalformed("Harvest answered with something that is not JSON.") from error
    except RecursionError as error:
        raise HarvestMalformed("Harvest answered with JSON that is nested too deeply.") from error


def _require_utf8(body: bytes) -> None:
    """In small pieces, whose memory is used again and again. Errors: UnicodeDecodeError."""
    if len(body) <= _PIECE:
        str(body, "utf-8")
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(body), _PIECE):
        decoder.decode(body[start : start + _PIECE])
    decoder.decode(b"", final=True)


def error_from(answer: Answer, operation: Operation[Any], *, window: float, secrets: Iterable[str]) -> HarvestError:
    """What an unsuccessful answer means.

    Units: `window` is the wait, in seconds, where Harvest throttles without saying for how long.
    """
    raw = _presentable(answer.body, secrets)
    message = _message(raw) or f"Harvest answered {_phrase(answer.status)}."
    remote = {"remote_status": answer.status, "raw_response": raw}
    if operation.auth is Auth.CLIENT and answer.status in (400, 401, 403) and isinstance(raw, dict) and "error" in raw:
        return HarvestGrantRefused(message, reason=str(raw["error"]), **remote)
    if answer.status >= 500:
        return HarvestUnavailable(message, retry_after=retry_after(answer.headers), **remote)
    if answer.status < 400:
        return HarvestMalformed(f"Harvest answered {_phrase(answer.status)}, which it never should.", **remote)
    kind = _BY_STATUS.get(answer.status, HarvestRejected)
    wait = retry_after(answer.headers) or window if kind is HarvestRateLimited else None
    return kind(message, retry_after=wait, **remote)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, given as such or as a date, clamped between one second and an hour; None if absent.

    A date is measured against the answer's own `Date`, so that our clock need not agree with theirs.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return _clamped(float(text[:9]))
    moment = _timestamp(text)
    if moment is None:
        return None
    return _clamped(moment - (_timestamp(headers.get("date", "")) or time.time()))


def _clamped(seconds: float) -> float:
    return min(LONGEST_HOLD_SECONDS, max(MIN_RETRY_SECONDS, seconds))


def _timestamp(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None


def _presentable(body: bytes, secrets: Iterable[str]) -> Any:
    """The body as JSON or text: bounded, and without anything that was or looks like a secret."""
    text = body[: MAX_RAW_CHARACTERS * 8].decode("utf-8", "replace")
    for secret in filter(None, secrets):
        text = text.replace(secret, "[hidden]")
    if len(text) > MAX_RAW_CHARACTERS:
        return text[:MAX_RAW_CHARACTERS] + "…"
    try:
        return _masked(json.loads(text))
    except (ValueError, RecursionError):
        return text


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "[hidden]" if _SECRET_KEYS.search(key) else _masked(inner) for key, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list) else value


def _message(raw: Any) -> str:
    """`message`, then `error_description`, then `error`; never a page of HTML."""
    if not isinstance(raw, dict):
        return ""
    for name in ("message", "error_description", "error"):
        text = raw.get(name)
        if isinstance(text, str) and text.strip():
            return text.strip()[:MAX_MESSAGE_CHARACTERS]
    return ""


def _phrase(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)

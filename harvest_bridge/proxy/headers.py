"""Which headers pass through the drop-in path, in either direction (invariant 16)."""

from __future__ import annotations

import time
from collections.abc import Iterable

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.maximum_wait import DEADLINE, maximum_wait

Raw = Iterable[tuple[bytes, bytes]]

_HOP_BY_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
_OURS_TO_SET = {b"authorization", b"harvest-account-id", b"user-agent", b"host", b"content-length"}
_DEADLINE = DEADLINE.lower().encode()
_FOR_US = {b"expect", b"prefer", b"harvest-bridge-connection", _DEADLINE, b"traceparent", b"tracestate"}
# What a proxy in front of us adds: tells Harvest of our network, and may bend the addresses it makes.
_HOW_IT_CAME = {b"forwarded", b"via", b"x-real-ip", b"x-original-url", b"x-rewrite-url"}
_NEVER_OUT = _HOP_BY_HOP | _OURS_TO_SET | _FOR_US | _HOW_IT_CAME | {b"cookie", b"cookie2"}
# uvicorn writes `Date` and `Server` itself, and the framing is its matter.
_NEVER_BACK = _HOP_BY_HOP | {b"set-cookie", b"set-cookie2", b"date", b"server", b"content-length"}


def passed_on(headers: Raw, *, is_list: bool) -> list[tuple[str, str]]:
    """The caller's headers for Harvest. Lists are asked for uncompressed, so that their links can be found.

    A server behind CGI-like naming reads `harvest_account_id` as `harvest-account-id`: so do we.
    Errors: InvalidRequest.
    """
    dropped = _named_by_connection(headers) | ({b"accept-encoding"} if is_list else set())
    passing = [("accept-encoding", "identity")] if is_list else []
    for name, value in headers:
        plain = name.replace(b"_", b"-")
        if plain in _NEVER_OUT or plain in dropped or plain.startswith(b"x-forwarded-"):
            continue
        try:
            passing.append((name.decode("ascii"), value.decode()))
        except UnicodeDecodeError:
            raise InvalidRequest(f"{name.decode('ascii', 'replace')}: a header must be UTF-8.") from None
    return passing


def passed_back(headers: Raw) -> list[tuple[bytes, bytes]]:
    """Harvest's headers for the caller, their names in lower case, without the framing."""
    lowered = [(name.lower(), value) for name, value in headers]
    dropped = _named_by_connection(lowered)
    return [(name, value) for name, value in lowered if name not in _NEVER_BACK and name not in dropped]


def each_once(headers: Raw, names: frozenset[bytes]) -> dict[bytes, str]:
    """Those of `names` that are there. Errors: InvalidRequest for one that is there twice."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in names:
            if name in found:
                raise InvalidRequest(f"{name.decode()}: this header must be sent once.")
            found[name] = value.decode("latin-1").strip()
    return found


def length_of(headers: Raw) -> list[tuple[str, str]]:
    """`content-length` for a body that streams; none for one in chunks, which count alone whatever else is said
    (RFC 9112 §6.3). Errors: InvalidRequest."""
    framing = each_once(headers, frozenset({b"content-length", b"transfer-encoding"}))
    return [] if b"transfer-encoding" in framing else [(name.decode(), value) for name, value in framing.items()]


def max_wait_of(headers: Raw, longest: float) -> float:
    """How many seconds the caller waits for budget, and never more than `longest`. Errors: InvalidRequest."""
    prefer = ",".join(value.decode("latin-1") for name, value in headers if name == b"prefer")
    deadline = each_once(headers, frozenset({_DEADLINE}))
    if not prefer and not deadline:
        return longest
    asked = maximum_wait(prefer, deadline.get(_DEADLINE, ""), now=time.time())
    return longest if asked is None else min(longest, asked)


def _named_by_connection(headers: Raw) -> set[bytes]:
    return {
        word.strip().lower().replace(b"_", b"-")
        for name, value in headers
        if name == b"connection"
        for word in value.split(b",")
    }

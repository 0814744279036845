"""One request to a receiver: to a checked address, without redirects, bounded in time and in what is read.

aiohttp itself rather than httpx over it, since its connector makes the socket of each connection through us: so the
address that is checked is the one that is connected to (`public_addresses.py`), whatever the name said before.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import Any

import aiohttp
import yarl

from harvest_bridge.webhooks.models import KEPT_ANSWER_BYTES
from harvest_bridge.webhooks.public_addresses import checked_socket, is_loopback_address, is_public
from harvest_bridge.webhooks.target_urls import may_reach_loopback

TIMEOUT_SECONDS = 15.0
_BODY_SECONDS = 2.0
_IDLE_SECONDS = 2.0
INTERNAL_ERROR = "internal_error"
_LONGEST_RETRY_AFTER_DIGITS = 9


@dataclass(frozen=True)
class Answer:
    """What a receiver said: a status and the beginning of its words; or `error`, why there was nothing."""

    duration: timedelta
    status: int | None = None
    error: str = ""
    text: str = ""
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Sender:
    """The connections of one event loop: https to public addresses, http to this machine where that is allowed."""

    def __init__(self, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        started, target = time.monotonic(), yarl.URL(url)
        try:
            found = await self._exchange(target, headers, body)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # time-outs are OSErrors
            return Answer(_since(started), error=_code_of(error))
        return Answer(_since(started), **found)

    async def aclose(self) -> None:
        for session in self._sessions.values():
            await session.close()

    async def _exchange(self, url: yarl.URL, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Once more at once where a used connection had been closed by the other side in the meantime."""
        use = SimpleNamespace(is_reused=False)
        try:
            return await self._once(url, headers, body, use)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            if not use.is_reused:
                raise
            return await self._once(url, headers, body, use)

    async def _once(
        self, url: yarl.URL, headers: Mapping[str, str], body: bytes, use: SimpleNamespace
    ) -> dict[str, Any]:
        session = self._sessions.get(url.scheme) or self._open(url.scheme)
        response = await session.post(
            url, data=body, headers=headers, allow_redirects=False, timeout=self._timeout, trace_request_ctx=use
        )
        try:
            text = await _beginning(response)
        finally:
            response.release() if response.content.at_eof() else response.close()
        return {
            "status": response.status,
            "text": text,
            "retry_after": retry_after(response.headers.get("Retry-After")),
        }

    def _open(self, scheme: str) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,
            keepalive_timeout=_IDLE_SECONDS,
            socket_factory=checked_socket(_may_reach if scheme == "https" else _may_reach_in_clear),
        )
        self._sessions[scheme] = session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            trace_configs=[_reuse()],
            skip_auto_headers=("Accept", "Accept-Encoding"),
        )
        return session


def retry_after(text: str | None, *, now: datetime | None = None) -> timedelta | None:
    """Seconds or a date; None where it says neither."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:_LONGEST_RETRY_AFTER_DIGITS]))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - (now or datetime.now(UTC)), timedelta())


def _may_reach(address: str) -> bool:
    return is_public(address) or _may_reach_in_clear(address)


def _may_reach_in_clear(address: str) -> bool:
    return is_loopback_address(address) and may_reach_loopback()


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """The first kilobyte, or what comes of it in a short time: the status has said already what matters."""
    found = b""
    with contextlib.suppress(aiohttp.ClientError, OSError):
        async with asyncio.timeout(_BODY_SECONDS):
            while len(found) < KEPT_ANSWER_BYTES and not response.content.at_eof():
                found += await response.content.read(KEPT_ANSWER_BYTES - len(found))
    return found.decode(errors="replace").replace("\0", "�")


def _code_of(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "timeout"
        case aiohttp.ClientSSLError():
            return "tls_failed"
        case aiohttp.ClientConnectorDNSError():
            return "name_not_found"
        case aiohttp.ClientConnectorError():
            return "address_refused" if "not public" in str(error.os_error) else "connection_failed"
        case aiohttp.ClientPayloadError() | aiohttp.ClientResponseError() | ValueError():
            return "answer_unreadable"
    return "connection_lost"


def _reuse() -> aiohttp.TraceConfig:
    async def mark(session: aiohttp.ClientSession, context: SimpleNamespace, params: Any) -> None:
        context.trace_request_ctx.is_reused = True

    async def clear(session: aiohttp.ClientSession, context: SimpleNamespace, params: Any) -> None:
        context.trace_request_ctx.is_reused = False

    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(mark)
    trace.on_connection_create_end.append(clear)
    return trace


def _since(started: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - started)

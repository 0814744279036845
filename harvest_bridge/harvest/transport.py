"""HTTP to Harvest's two hosts, and to no other.

By aiohttp, tamed: left to itself it rewrites escaped paths, keeps a cookie jar for all tokens, and sends GET and DELETE
twice behind the pacer's back. A request says for itself whether it may have left (`Flight`), and no failure needs to
be guessed from an exception's class.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from ssl import SSLContext
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx
import yarl

from harvest_bridge.harvest.call_metrics import note_call, trace_headers
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.errors import (
    HarvestAnswerTooLong,
    HarvestError,
    HarvestMalformed,
    HarvestTimeout,
    HarvestUnavailable,
)
from harvest_bridge.harvest.operations.operation import Host, require_plain_path

# Every way in which an exchange breaks; aiohttp's time-outs are TimeoutErrors, which are OSErrors.
BROKEN = (aiohttp.ClientError, OSError)
_KEEP_ALIVE_SECONDS = 15
_NOT_BY_ITSELF = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_ASKED_FOR = ("accept-encoding", "gzip")
_WINDOW_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


@dataclass(slots=True)
class Flight:
    """Whether a request may have reached the other side: from the moment that it was given a connection.

    Shape: `status` is that of the answer, known with its head, whatever becomes of its body.
    """

    has_left: bool = False
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request, ready to go. `path` and `query` are encoded already and sent as they stand.

    Units: `longest` is seconds to wait for the answer, where the configured times are too short.
    """

    verb: str
    host: Host
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    longest: float | None = None
    most_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: decoded from its transfer and content encodings, and no longer than we allow.

    Shape: names of `headers` are found in any case.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Interrupted(aiohttp.ClientError):
    """The connection broke under a request. Of this class because aiohttp repeats some others by itself."""


class Transport:
    """One connection pool for both hosts.

    Nothing is repeated, redirected, remembered (cookies) or read from the environment (proxies, netrc). Use it on one
    event loop.
    """

    def __init__(self, config: HarvestConfig) -> None:
        self._bases = {Host.API: config.api_url, Host.IDENTITY: config.id_url}
        self._total = config.timeouts.total
        self._max_bytes = config.max_response_bytes
        self._max_connections = config.max_connections
        self._certificates = httpx.create_ssl_context(trust_env=False)  # takes long: not in the time of a call
        self._phases = config.timeouts.phases()
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, outgoing: Outgoing, flight: Flight, *, timeout: float) -> Answer:
        """Send once and read the whole answer. `flight` tells afterwards, however this ends, whether it left.

        Units: `timeout` is seconds for everything together.
        Errors: HarvestTimeout (it left and no answer came), HarvestUnavailable (no connection, or it broke),
        HarvestMalformed (too long, or its encoding is broken); ValueError for a path that is not plain.
        """
        if timeout <= 0:
            raise HarvestUnavailable("There was no time left to ask Harvest.", retry_after=1)
        require_plain_path(outgoing.path)
        target = f"{outgoing.path}?{outgoing.query}" if outgoing.query else outgoing.path
        headers = [_ASKED_FOR, *outgoing.headers.items(), *trace_headers()]
        started, status = perf_counter(), None
        try:
            async with asyncio.timeout(min(timeout, outgoing.longest or self._total)):
                answer = await self._exchange(
                    outgoing.verb, outgoing.host, target, headers, outgoing.body, flight, longest=outgoing.longest
                )
                status = answer.status
                try:
                    return Answer(status, answer.headers, await self._body(answer, outgoing.most_bytes))
                finally:
                    let_go(answer)
        except BROKEN as error:
            raise failure(error, flight) from error
        finally:
            note_call(outgoing.host, started, status)

    async def open(
        self,
        verb: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes | AsyncIterator[bytes],
        flight: Flight,
    ) -> aiohttp.ClientResponse:
        """Send somebody else's request to the API host, once, byte for byte; its answer comes by and by.

        Shape: `target` is path and query as on the wire.
        Errors: HarvestTimeout, HarvestUnavailable; ValueError for a path that is not plain.
        """
        require_plain_path(target.partition("?")[0].removesuffix("/"))
        started, status = perf_counter(), None
        try:
            answer = await self._exchange(verb, Host.API, target, [*headers, *trace_headers()], body, flight)
            status = answer.status
            return answer
        except BROKEN as error:
            raise failure(error, flight) from error
        finally:
            note_call(Host.API, started, status)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _exchange(
        self,
        verb: str,
        host: Host,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes | AsyncIterator[bytes],
        flight: Flight,
        *,
        longest: float | None = None,
    ) -> aiohttp.ClientResponse:
        """One request with these headers and no others (but `Host` and the framing), and the head of its answer.

        Errors: aiohttp's own.
        """
        if self._session is None:
            self._session = _session(self._max_connections, self._certificates)
        answer = await self._session.request(
            verb,
            yarl.URL(self._bases[host] + target, encoded=True),
            headers=headers,
            data=body or None,
            skip_auto_headers=_NOT_BY_ITSELF,
            allow_redirects=False,
            timeout=self._phases if longest is None else self._phases_until(longest),
            trace_request_ctx=flight,
        )
        flight.status = answer.status
        return answer

    def _phases_until(self, longest: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            None, connect=self._phases.connect, sock_read=longest, sock_connect=self._phases.sock_connect
        )

    async def _body(self, answer: aiohttp.ClientResponse, asked: int | None) -> bytes:
        """Errors: HarvestAnswerTooLong, before anything is read where the answer says how long it is;
        HarvestMalformed."""
        most = min(self._max_bytes, asked or self._max_bytes)
        declared = answer.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _too_long(most)
        window_bits = _WINDOW_BITS.get(answer.headers.get("content-encoding", "").strip().lower())
        inflate = None if window_bits is None else zlib.decompressobj(window_bits)
        parts: list[bytes] = []
        left = most
        while part := await answer.content.readany():
            if inflate is not None:
                part = _inflated(inflate, part, left + 1)
            left -= len(part)
            if left < 0:
                raise _too_long(most)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _inflated(inflate: Any, part: bytes, most: int) -> bytes:
    """At most so many bytes, which are more than is allowed. Errors: HarvestMalformed."""
    try:
        inflated: bytes = inflate.decompress(part, most)
    except zlib.error as error:
        raise HarvestMalformed("Harvest's answer could not be decoded.") from error
    return inflated


def _session(max_connections: int, certificates: SSLContext) -> aiohttp.ClientSession:
    departures = aiohttp.TraceConfig()
    departures.on_connection_create_end.append(_has_left)
    departures.on_connection_reuseconn.append(_has_left)
    connector = aiohttp.TCPConnector(limit=max_connections, keepalive_timeout=_KEEP_ALIVE_SECONDS, ssl=certificates)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        trace_configs=[departures],
        middlewares=[_once],
    )


async def _has_left(session: aiohttp.ClientSession, context: SimpleNamespace, params: Any) -> None:
    """A request was given a connection, new or used: until then nothing can have left."""
    context.trace_request_ctx.has_left = True


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET or DELETE again after a used connection broke: we count every request."""
    try:
        return await send(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Interrupted(str(error)) from error


def let_go(answer: aiohttp.ClientResponse) -> None:
    """Read to its end it leaves its connection to the next request; before, it ends it."""
    if answer.content.at_eof():
        answer.release()
    else:
        answer.close()


def _too_long(most: int) -> HarvestAnswerTooLong:
    return HarvestAnswerTooLong(
        f"Harvest's answer is longer than {most:,} bytes, the most read whole here; ask for less (`limit`), or read "
        "it through /v2, which streams it."
    )


def failure(error: Exception, flight: Flight) -> HarvestError:
    """What a broken exchange means, by whether the request had left."""
    if not flight.has_left:
        return HarvestUnavailable("Harvest could not be reached.", retry_after=1)
    if isinstance(error, TimeoutError):
        return HarvestTimeout("Harvest did not answer in time.", retry_after=1)
    return HarvestUnavailable("The connection to Harvest broke.", retry_after=1)

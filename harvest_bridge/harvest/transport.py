"""HTTP to Harvest's two hosts, and to no other: each request once, byte for byte, with no memory of those before it.

aiohttp would send a GET or DELETE again behind the pacer's back when a used connection breaks, keep a cookie jar for
all tokens, and rewrite escaped paths. Here the request says for itself whether it may have left (`Flight`), so that no
failure needs to be guessed from an exception's class.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
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

_IDLE_SECONDS = 15.0
_NOT_BY_ITSELF = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_GZIP = 16 + zlib.MAX_WBITS
FAILURES = (TimeoutError, aiohttp.ClientError, OSError)

Pairs = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Flight:
    """Whether a request may have reached the other side: from the moment that it was given a connection."""

    has_left: bool = False


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

    Shape: the case of names in `headers` does not matter.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Interrupted(aiohttp.ClientError):
    """The connection broke under a request. Of this class because aiohttp repeats some others by itself."""


class Transport:
    """One connection pool for both hosts, used on one event loop.

    Nothing is repeated, redirected, remembered (cookies) or read from the environment (proxies, netrc).
    """

    def __init__(self, config: HarvestConfig) -> None:
        self._bases = {Host.API: config.api_url, Host.IDENTITY: config.id_url}
        self._phases = config.timeouts
        self._max_bytes = config.max_response_bytes
        self._max_connections = config.max_connections
        self._tls = httpx.create_ssl_context(trust_env=False)  # takes long, and must not out of a call's time
        self._session: aiohttp.ClientSession | None = None

    async def send(self, outgoing: Outgoing, flight: Flight, *, timeout: float) -> Answer:
        """Send once and read the whole answer. `flight` tells afterwards, however this ends, whether it left.

        Units: `timeout` is seconds for everything together.
        Errors: HarvestTimeout (it left and no answer came), HarvestUnavailable (no connection, or it broke),
        HarvestMalformed (too long, or its encoding is broken); ValueError for a path that is not plain.
        """
        if timeout <= 0:
            raise HarvestUnavailable("There was no time left to ask Harvest.", retry_after=1)
        require_plain_path(outgoing.path)
        target = f"{outgoing.path}?{outgoing.query}" if outgoing.query else outgoing.path
        url, headers = self._bases[outgoing.host] + target, [*outgoing.headers.items(), ("accept-encoding", "gzip")]
        read = outgoing.longest or self._phases.read
        started, status = perf_counter(), None
        try:
            async with asyncio.timeout(min(timeout, outgoing.longest or self._phases.total)):
                response = await self._exchange(outgoing.verb, url, headers, outgoing.body, flight, read=read)
                status = response.status
                try:
                    return Answer(status, response.headers, await self._whole(response, outgoing.most_bytes))
                finally:
                    close(response)
        except zlib.error as error:
            raise HarvestMalformed("Harvest's answer could not be decoded.") from error
        except FAILURES as error:
            raise failure(error, flight) from error
        finally:
            note_call(outgoing.host, started, status)

    async def open(
        self, verb: str, target: str, headers: Pairs, body: bytes | AsyncIterator[bytes], flight: Flight
    ) -> aiohttp.ClientResponse:
        """Send somebody else's request to the API host, once, byte for byte; its answer comes by and by.

        Shape: `target` is path and query as on the wire.
        Errors: HarvestTimeout, HarvestUnavailable; ValueError for a path that is not plain.
        """
        require_plain_path(target.partition("?")[0].removesuffix("/"))
        url = self._bases[Host.API] + target
        started, status = perf_counter(), None
        try:
            response = await self._exchange(verb, url, headers, body, flight, read=self._phases.read)
            status = response.status
            return response
        except FAILURES as error:
            raise failure(error, flight) from error
        finally:
            note_call(Host.API, started, status)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _exchange(
        self, verb: str, url: str, headers: Pairs, body: bytes | AsyncIterator[bytes], flight: Flight, *, read: float
    ) -> aiohttp.ClientResponse:
        """One request with these headers and no others (but `Host` and the framing), and the head of its answer.

        Errors: aiohttp's own.
        """
        phases = self._phases
        if self._session is None:
            self._session = self._opened()
        return await self._session.request(
            verb,
            yarl.URL(url, encoded=True),
            headers=[*headers, *trace_headers()],
            data=body or None,
            skip_auto_headers=_NOT_BY_ITSELF,
            allow_redirects=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=phases.pool, sock_connect=phases.connect, sock_read=read),
            trace_request_ctx=flight,
        )

    def _opened(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._max_connections,
            keepalive_timeout=_IDLE_SECONDS,
            ssl=self._tls,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            trace_configs=[_departures()],
            middlewares=[_once],
        )

    async def _whole(self, response: aiohttp.ClientResponse, asked: int | None) -> bytes:
        """Errors: HarvestAnswerTooLong, before anything is read where the answer says how long it is; zlib.error."""
        most = min(self._max_bytes, asked or self._max_bytes)
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _too_long(most)
        is_packed = response.headers.get("content-encoding", "").strip().lower() in ("gzip", "x-gzip")
        decoder = zlib.decompressobj(_GZIP) if is_packed else None
        parts: list[bytes] = []
        size = 0
        while part := await response.content.readany():
            if decoder is not None:
                part = decoder.decompress(part, most - size + 1)
            parts.append(part)
            size += len(part)
            if size > most:
                raise _too_long(most)
        if decoder is not None and not decoder.eof:
            raise zlib.error("the answer ends before its end")
        return b"".join(parts)


def close(response: aiohttp.ClientResponse) -> None:
    """Closed before its end, it drops the connection with it."""
    if response.content.at_eof():
        response.release()
    else:
        response.close()


def failure(error: BaseException, flight: Flight) -> HarvestError:
    """What a broken exchange means, by whether the request had left; aiohttp's time-outs are TimeoutErrors too."""
    if not flight.has_left:
        return HarvestUnavailable("Harvest could not be reached.", retry_after=1)
    if isinstance(error, TimeoutError):
        return HarvestTimeout("Harvest did not answer in time.", retry_after=1)
    return HarvestUnavailable("The connection to Harvest broke.", retry_after=1)


def _too_long(most: int) -> HarvestAnswerTooLong:
    return HarvestAnswerTooLong(
        f"Harvest's answer is longer than {most:,} bytes, the most read whole here; ask for less (`limit`), or read "
        "it through /v2, which streams it."
    )


def _departures() -> aiohttp.TraceConfig:
    """Marks a request's flight when it is given a connection, new or used: until then nothing can have left."""

    async def mark(session: aiohttp.ClientSession, context: SimpleNamespace, params: Any) -> None:
        context.trace_request_ctx.has_left = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(mark)
    trace.on_connection_reuseconn.append(mark)
    return trace


async def _once(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET or DELETE again after a used connection broke: we count every request."""
    try:
        return await send(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Interrupted(str(error)) from error

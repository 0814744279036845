"""HTTP to Harvest's two hosts, and to no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import perf_counter

import aiohttp
import httpx

from harvest_bridge.harvest.aiohttp_transport import Flight, TamedTransport, as_httpx_errors
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

__all__ = ["Answer", "Flight", "Outgoing", "Transport"]


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
    """A whole answer: decoded from its transfer and content encodings, and no longer than we allow."""

    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)


class Transport:
    """One connection pool for both hosts.

    Nothing is repeated, redirected, remembered (cookies) or read from the environment (proxies, netrc). Use it on one
    event loop.
    """

    def __init__(self, config: HarvestConfig) -> None:
        self._bases = {Host.API: config.api_url, Host.IDENTITY: config.id_url}
        self._total = config.timeouts.total
        self._max_bytes = config.max_response_bytes
        self._phases = config.timeouts
        limits = httpx.Limits(max_connections=config.max_connections, keepalive_expiry=15)
        self._wire = TamedTransport(trust_env=False, limits=limits)
        self._client = httpx.AsyncClient(
            transport=self._wire,
            timeout=self._phases.for_httpx(),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            headers={"accept-encoding": "gzip"},
            follow_redirects=False,
            trust_env=False,
        )

    async def fetch(self, outgoing: Outgoing, flight: Flight, *, timeout: float) -> Answer:
        """Send once and read the whole answer. `flight` tells afterwards, however this ends, whether it left.

        Units: `timeout` is seconds for everything together.
        Errors: HarvestTimeout (it left and no answer came), HarvestUnavailable (no connection, or it broke),
        HarvestMalformed (too long, or its encoding is broken).
        """
        if timeout <= 0:
            raise HarvestUnavailable("There was no time left to ask Harvest.", retry_after=1)
        started, status = perf_counter(), None
        try:
            longest = min(timeout, outgoing.longest or self._total)
            async with asyncio.timeout(longest), self.stream(outgoing, flight) as response:
                status = response.status_code
                return Answer(status, response.headers, await self._read(response, outgoing.most_bytes))
        except httpx.DecodingError as error:
            raise HarvestMalformed("Harvest's answer could not be decoded.") from error
        except (TimeoutError, httpx.TransportError) as error:
            raise failure(error, flight) from error
        finally:
            note_call(outgoing.host, started, status)

    @asynccontextmanager
    async def stream(self, outgoing: Outgoing, flight: Flight) -> AsyncIterator[httpx.Response]:
        """Send once and hand out the answer as it comes.

        Errors: ValueError for a path that is not plain; httpx's own errors.
        """
        require_plain_path(outgoing.path)
        url = self._bases[outgoing.host] + outgoing.path + (f"?{outgoing.query}" if outgoing.query else "")
        request = self._client.build_request(
            outgoing.verb,
            url,
            headers=dict([*outgoing.headers.items(), *trace_headers()]),
            content=outgoing.body or None,
            timeout=replace(self._phases, read=outgoing.longest or self._phases.read).for_httpx(),
            extensions={"flight": flight},
        )
        response = await self._client.send(request, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def open(
        self,
        verb: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes | AsyncIterator[bytes],
        flight: Flight,
    ) -> aiohttp.ClientResponse:
        """Send somebody else's request to the API host, once, byte for byte, past httpx; its answer comes by and by.

        Shape: `target` is path and query as on the wire.
        Errors: HarvestTimeout, HarvestUnavailable; ValueError for a path that is not plain.
        """
        require_plain_path(target.partition("?")[0].removesuffix("/"))
        phases = self._phases
        timeout = aiohttp.ClientTimeout(
            total=None, connect=phases.pool, sock_connect=phases.connect, sock_read=phases.read
        )
        url = self._bases[Host.API] + target
        started, status = perf_counter(), None
        try:
            with as_httpx_errors():
                answer = await self._wire.exchange(
                    verb, url, headers=[*headers, *trace_headers()], body=body, timeout=timeout, flight=flight
                )
                status = answer.status
                return answer
        except httpx.TransportError as error:
            raise failure(error, flight) from error
        finally:
            note_call(Host.API, started, status)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _read(self, response: httpx.Response, asked: int | None) -> bytes:
        """Errors: HarvestAnswerTooLong, before anything is read where the answer says how long it is."""
        most = min(self._max_bytes, asked or self._max_bytes)
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _too_long(most)
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > most:
                raise _too_long(most)
        return b"".join(parts)


def _too_long(most: int) -> HarvestAnswerTooLong:
    return HarvestAnswerTooLong(
        f"Harvest's answer is longer than {most:,} bytes, the most read whole here; ask for less (`limit`), or read "
        "it through /v2, which streams it."
    )


def failure(error: Exception, flight: Flight) -> HarvestError:
    """What a broken exchange means, by whether the request had left."""
    if not flight.has_left:
        return HarvestUnavailable("Harvest could not be reached.", retry_after=1)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return HarvestTimeout("Harvest did not answer in time.", retry_after=1)
    return HarvestUnavailable("The connection to Harvest broke.", retry_after=1)

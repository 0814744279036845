"""An httpx transport over aiohttp, with the differences of both smoothed out.

Stock httpx-aiohttp 0.2 rewrites escaped paths, keeps a cookie jar for all tokens, lets aiohttp send GET and DELETE
twice behind the pacer's back, and calls a connection that broke after the request a connect time-out, so that a
write looks safe to repeat. Here the request says for itself whether it may have left (`Flight`), and no failure needs
to be guessed from an exception's class.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import aiohttp
import httpx
import yarl
from httpx_aiohttp import AiohttpTransport

_NOT_BY_ITSELF = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(slots=True)
class Flight:
    """Whether a request may have reached the other side: from the moment that it was given a connection."""

    has_left: bool = False


class Interrupted(aiohttp.ClientError):
    """The connection broke under a request. Of this class because aiohttp repeats some others by itself."""


class TamedTransport(AiohttpTransport):
    """Sends each request once, byte for byte as it was built, with no memory of those before it."""

    def get_client(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self.limits.max_connections or 0,
            keepalive_timeout=self.limits.keepalive_expiry,
            ssl=self.ssl_context,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            trace_configs=[_departures()],
            middlewares=[_once],
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        phases = request.extensions.get("timeout", {})
        timeout = aiohttp.ClientTimeout(
            total=None, connect=phases.get("pool"), sock_connect=phases.get("connect"), sock_read=phases.get("read")
        )
        with as_httpx_errors():
            response = await self.exchange(
                request.method,
                str(request.url),
                headers=request.headers,
                body=request.content,
                timeout=timeout,
                flight=request.extensions.get("flight") or Flight(),
            )
        return httpx.Response(response.status, headers=response.raw_headers, stream=_Body(response), request=request)

    async def exchange(
        self,
        verb: str,
        url: str,
        *,
        headers: Mapping[str, str] | Sequence[tuple[str, str]],
        body: bytes | AsyncIterator[bytes],
        timeout: aiohttp.ClientTimeout,
        flight: Flight,
    ) -> aiohttp.ClientResponse:
        """One request with these headers and no others (but `Host` and the framing), and the head of its answer.

        Errors: aiohttp's own.
        """
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        return await self.client.request(
            verb,
            yarl.URL(url, encoded=True),
            headers=headers,
            data=body or None,
            skip_auto_headers=_NOT_BY_ITSELF,
            allow_redirects=False,
            auto_decompress=False,
            timeout=timeout,
            trace_request_ctx=flight,
        )


class _Body(httpx.AsyncByteStream):
    """An answer's bytes as they come. Closed before its end, it drops the connection with it."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with as_httpx_errors():
            async for chunk in self._response.content.iter_any():
                yield chunk

    async def aclose(self) -> None:
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


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


@contextlib.contextmanager
def as_httpx_errors() -> Iterator[None]:
    """aiohttp's errors as httpx's: `TimeoutException` or `NetworkError`."""
    try:
        yield
    except TimeoutError as error:  # aiohttp's time-outs are of this class too
        raise httpx.TimeoutException(str(error)) from error
    except (aiohttp.ClientError, OSError) as error:
        raise httpx.NetworkError(str(error)) from error

"""A response body that is passed on while it arrives."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import aiohttp

from harvest_bridge import request_context
from harvest_bridge.harvest.transport import BROKEN, Flight, failure, let_go


class StreamedResponse:
    """The head of an answer, and its body by and by, exactly as it comes: still compressed, if it is.

    Shape: `headers` are pairs as received. Whoever holds one must `close` it; before its end, that ends the
    connection with it.
    """

    __slots__ = ("_answer", "_flight", "_on_close", "headers", "retry_after", "status")

    def __init__(
        self, answer: aiohttp.ClientResponse, flight: Flight, on_close: Callable[[], None] = lambda: None
    ) -> None:
        self._answer = answer
        self._flight = flight
        self._on_close: Callable[[], None] | None = on_close
        self.status = answer.status
        self.headers = answer.raw_headers
        self.retry_after: float | None = None

    def header(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return self._answer.headers.get(name, "")

    @property
    def is_whole(self) -> bool:
        """Whether everything has been read."""
        return self._answer.content.at_eof()

    async def read_some(self) -> bytes:
        """What has come since, at least a byte; nothing at the end. Errors: HarvestTimeout, HarvestUnavailable."""
        started = perf_counter()
        try:
            return await self._answer.content.readany()
        except BROKEN as error:
            raise failure(error, self._flight) from error
        finally:
            request_context.note_harvest(started)

    def close(self) -> None:
        let_go(self._answer)
        if self._on_close is not None:
            self._on_close()
            self._on_close = None

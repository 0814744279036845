"""Streams the caller's request body to Harvest; a small one is buffered, so that it can be sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from starlette.types import Receive

from harvest_bridge.errors import BridgeError

from .body_scan import BodyScanner, scanner_for
from .idle_timeout import IdleTimeout

KEPT_BYTES = 64 * 1024


class CallerGone(Exception):
    """Nobody is there to be answered."""


class Upload:
    """Shape: `on_end` is called once the last of the body has been read; from then on others may `receive`.

    `refusal` is set where a body that streams turns out to be none that may pass; it breaks off before that piece.
    """

    def __init__(
        self,
        receive: Receive,
        idle_timeout: IdleTimeout,
        on_end: Callable[[], None],
        *,
        content_type: str = "",
        encoding: str = "",
    ) -> None:
        self.refusal: BridgeError | None = None
        self._content_type, self._encoding = content_type, encoding
        self._receive = receive
        self._idle_timeout = idle_timeout
        self._on_end = on_end
        self._has_more = True

    async def body(self) -> bytes | AsyncIterator[bytes]:
        """Errors: CallerGone; those of `body_scan`."""
        kept = await self._piece()
        while self._has_more and len(kept) <= KEPT_BYTES:
            kept += await self._piece()
        if not kept:
            return kept
        scanner = scanner_for(self._content_type, kept, encoding=self._encoding)
        scanner.feed(kept)
        return self._rest(kept, scanner) if self._has_more else kept

    async def _rest(self, kept: bytes, scanner: BodyScanner) -> AsyncIterator[bytes]:
        """Asked for the next piece when Harvest has taken the one before: the two wait for each other."""
        yield kept
        while self._has_more:
            if piece := await self._piece():
                self._scan(scanner, piece)
                self._idle_timeout.expect(is_callers_turn=False)
                yield piece
        self._idle_timeout.rest()

    def _scan(self, scanner: BodyScanner, piece: bytes) -> None:
        try:
            scanner.feed(piece)
        except BridgeError as error:
            self.refusal = error
            raise

    async def _piece(self) -> bytes:
        self._idle_timeout.expect(is_callers_turn=True)
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise CallerGone
        self._has_more = message.get("more_body", False)
        if not self._has_more:
            self._idle_timeout.rest()
            self._on_end()
        piece: bytes = message.get("body", b"")
        return piece

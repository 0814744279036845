"""The caller's body: a small one is read first, so that it can be sent twice; a long one goes through as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from starlette.types import Receive

from .stalls import Stalls

KEPT_BYTES = 64 * 1024


class CallerGone(Exception):
    """Nobody is there to be answered."""


class Upload:
    """Shape: `on_end` is called once the last of the body has been read; from then on others may `receive`."""

    def __init__(self, receive: Receive, stalls: Stalls, on_end: Callable[[], None]) -> None:
        self._receive = receive
        self._stalls = stalls
        self._on_end = on_end
        self._has_more = True

    async def body(self) -> bytes | AsyncIterator[bytes]:
        """Errors: CallerGone."""
        kept = await self._piece()
        while self._has_more and len(kept) <= KEPT_BYTES:
            kept += await self._piece()
        return self._rest(kept) if self._has_more else kept

    async def _rest(self, kept: bytes) -> AsyncIterator[bytes]:
        """Asked for the next piece when Harvest has taken the one before: the two wait for each other."""
        yield kept
        while self._has_more:
            if piece := await self._piece():
                self._stalls.expect(is_callers_turn=False)
                yield piece
        self._stalls.rest()

    async def _piece(self) -> bytes:
        self._stalls.expect(is_callers_turn=True)
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise CallerGone
        self._has_more = message.get("more_body", False)
        if not self._has_more:
            self._stalls.rest()
            self._on_end()
        piece: bytes = message.get("body", b"")
        return piece

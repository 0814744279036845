"""Streams Harvest's response body to the caller."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import structlog
from starlette.types import Send

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestError, HarvestMalformed
from harvest_bridge.harvest.streamed_response import StreamedResponse

from .headers import passed_back
from .idle_timeout import IdleTimeout
from .links import LinkRewriter, headers_pointed_at_us

log = structlog.get_logger(__name__)

_PIECE_BYTES = 64 * 1024
MOST_HELD_BYTES = 16 * 2**20


class AnswerTooLong(BridgeError):
    status = 502
    code = "harvest_answer_too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """One answer, passed on as it comes; nothing but the links of a list is touched.

    `is_framed_by_close`: HTTP/1.0, where an answer without a length ends with its connection, and one that broke off
    looks whole. Such an answer is held until it is whole, and gets its length.
    """

    answer: StreamedResponse
    rewriter: LinkRewriter | None
    budget: dict[str, str]
    harvest: str
    origin: str
    most_bytes: int
    idle_timeout: IdleTimeout
    is_framed_by_close: bool = False

    async def run(self, send: Send) -> None:
        """Errors: AnswerTooLong, HarvestError; only until something was sent. Later an answer just breaks off."""
        answer = self.answer
        declared = answer.header("content-length")
        self._check(int(declared) if declared.isdecimal() else 0)
        source = self._source()
        piece = await source.read_some()
        headers = self._headers()
        if source is answer and answer.is_whole:
            body = self.rewriter.whole(piece) if self.rewriter else piece
            if body or not declared:
                declared = "" if answer.status in (204, 304) else str(len(body))
            await self._send_whole(send, headers + _length(declared), body)
            return
        if self.is_framed_by_close and (self.rewriter or not declared):
            body = await self._whole(source, piece)
            await self._send_whole(send, headers + _length(str(len(body))), body)
            return
        await self._start(send, headers + ([] if self.rewriter else _length(declared)))
        try:
            await self._stream(send, source, piece)
        except (HarvestError, AnswerTooLong) as error:
            log.warning("an answer of Harvest broke off", code=error.code)

    async def _stream(self, send: Send, source: StreamedResponse | Inflated, piece: bytes) -> None:
        passed, rewriter = 0, self.rewriter
        while piece:
            passed += len(piece)
            self._check(passed)
            if piece := rewriter.feed(piece) if rewriter else piece:
                self.idle_timeout.expect(is_callers_turn=True)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                self.idle_timeout.rest()
            piece = await source.read_some()
        await send({"type": "http.response.body", "body": rewriter.finish() if rewriter else b""})

    async def _whole(self, source: StreamedResponse | Inflated, piece: bytes) -> bytes:
        """Errors: AnswerTooLong, HarvestError."""
        parts, size, rewriter = [], 0, self.rewriter
        while piece:
            size += len(piece)
            if size > MOST_HELD_BYTES:
                raise AnswerTooLong(
                    f"Over HTTP/1.0 an answer of Harvest without a length may have {MOST_HELD_BYTES // 2**20} MB; use "
                    "HTTP/1.1 (in nginx: `proxy_http_version 1.1`)."
                )
            parts.append(rewriter.feed(piece) if rewriter else piece)
            piece = await source.read_some()
        return b"".join([*parts, rewriter.finish() if rewriter else b""])

    async def _send_whole(self, send: Send, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        await self._start(send, headers)
        await send({"type": "http.response.body", "body": body})

    async def _start(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        await send({"type": "http.response.start", "status": self.answer.status, "headers": headers})

    def _headers(self) -> list[tuple[bytes, bytes]]:
        """Harvest's, and ours in place of any of the same name."""
        ours = {name.encode(): value.encode() for name, value in self.budget.items()}
        if self.answer.status in (429, 503) and not self.answer.header("retry-after"):
            ours[b"retry-after"] = b"%d" % max(1, math.ceil(self.answer.retry_after or 1))
        theirs = [pair for pair in passed_back(self.answer.headers) if pair[0] not in ours]
        if isinstance(self._source(), Inflated):
            theirs = [pair for pair in theirs if pair[0] != b"content-encoding"]
        return headers_pointed_at_us(theirs, harvest=self.harvest, origin=self.origin) + list(ours.items())

    def _source(self) -> StreamedResponse | Inflated:
        encoding = self.answer.header("content-encoding").lower()
        return Inflated(self.answer, encoding) if self.rewriter and encoding not in ("", "identity") else self.answer

    def _check(self, size: int) -> None:
        if size > self.most_bytes:
            raise AnswerTooLong(
                f"Harvest's answer is longer than {self.most_bytes} bytes; ask for less, or raise "
                "HARVEST_MAX_RESPONSE_BYTES."
            )


class Inflated:
    """A list that came compressed although it was asked for as it is."""

    def __init__(self, answer: StreamedResponse, encoding: str) -> None:
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise HarvestMalformed(f"Harvest sent a list compressed as {encoding[:20]!r}, which nobody asked for.")
        self._answer = answer
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)  # either format, by its header
        self._raw = b""

    async def read_some(self) -> bytes:
        """At most 64 KiB, however much a few compressed bytes may stand for. Errors: HarvestMalformed."""
        while True:
            self._raw = self._raw or await self._answer.read_some()
            try:
                piece = self._zlib.decompress(self._raw, _PIECE_BYTES)
            except zlib.error as error:
                raise HarvestMalformed("Harvest's answer could not be decoded.") from error
            is_end = not self._raw
            self._raw = self._zlib.unconsumed_tail
            if is_end and not self._zlib.eof and not piece:
                raise HarvestMalformed("Harvest's answer ends before its end.")
            if piece or is_end:
                return piece


def _length(declared: str) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", declared.encode())] if declared else []

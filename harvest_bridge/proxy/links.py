"""Rewrites addresses of Harvest in answers (`links`, `Location`, `Link`) to ours.

A list is not parsed: it may be long, and every other byte must stay as it is. Harvest ends its envelope with `links`
(REFERENCE §4.1), so the end is held back until it is known to be the end. There the bytes `"links"` can only be a
whole JSON string, since quotes inside one are escaped; and if what follows it, up to the end, is the rest of one
object, then it is a member of the outermost one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

_KEY = b'"links"'
_TRIES = 8
_FIRST = re.compile(rb'\s*\{\s*"links"\s*:\s*(\{[^{}]*\})')
_ORIGIN_OF_STRING = re.compile(rb'(?<!\\)"https?:(?:\\?/){2}[^/"\\?#]+', re.IGNORECASE)
_envelope = msgspec.json.Decoder(dict[str, msgspec.Raw])


class LinkRewriter:
    """Takes an answer's body piece by piece, and gives back what may go on.

    Units: `query_bytes` is how long the caller's query was; each of four links repeats it.
    """

    def __init__(self, origin: str, *, query_bytes: int) -> None:
        self._origin = b'"' + origin.encode()
        self._held_bytes = 4096 + 16 * query_bytes
        self._held = b""
        self._is_done = False
        self._has_begun = False

    def feed(self, piece: bytes) -> bytes:
        if not self._has_begun:
            self._has_begun = True
            piece = self._with_first_links(piece)
        if self._is_done:
            return piece
        both = self._held + piece
        cut = max(0, len(both) - self._held_bytes)
        self._held = both[cut:]
        return both[:cut]

    def finish(self) -> bytes:
        held, self._held = self._held, b""
        return held if self._is_done else self.whole(held)

    def whole(self, body: bytes) -> bytes:
        """`body` is all of the answer, or its end."""
        at = len(body)
        for _ in range(_TRIES):
            at = body.rfind(_KEY, 0, at)
            if at < 0:
                break
            links = _member(body[at:])
            if links is not None:
                begin = body.index(links, at)
                return body[:begin] + self._pointed_at_us(links) + body[begin + len(links) :]
        return body

    def _with_first_links(self, piece: bytes) -> bytes:
        """Where the envelope begins with them instead."""
        found = _FIRST.match(piece)
        if found is None:
            return piece
        self._is_done = True
        return piece[: found.start(1)] + self._pointed_at_us(found[1]) + piece[found.end(1) :]

    def _pointed_at_us(self, links: bytes) -> bytes:
        return _ORIGIN_OF_STRING.sub(lambda _: self._origin, links)


def _member(rest: bytes) -> bytes | None:
    """The value of `links`, if `rest` is the end of one object from that key on."""
    try:
        links = bytes(_envelope.decode(b"{" + rest)["links"])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return links if links.startswith(b"{") else None


def headers_pointed_at_us(
    headers: Iterable[tuple[bytes, bytes]], *, harvest: str, origin: str
) -> list[tuple[bytes, bytes]]:
    """`Location` and `Link` with Harvest's address replaced by ours; an address elsewhere is passed on as it is."""
    theirs = re.compile(rb"(?:https?:)?//" + re.escape(harvest.partition("//")[2].encode()) + rb"(?=[/?#>]|$)", re.I)
    return [
        (name, theirs.sub(lambda _: origin.encode(), value) if name in (b"location", b"link") else value)
        for name, value in headers
    ]

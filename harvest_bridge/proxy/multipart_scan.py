"""Names of the parts of a multipart form, read piece by piece."""

from __future__ import annotations

import re

from harvest_bridge.api.credentials import refuse_in_parameter
from harvest_bridge.api.errors import InvalidRequest

_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"\\;,]{1,70})\"|([\w'()+./:=?-]{1,70}))\s*(?:;|$)", re.IGNORECASE)
_LINE_END = re.compile(rb"[ \t]*(\r?\n|--)")
_CUT_OFF = re.compile(rb"[ \t]{0,100}[\r-]?")  # what may yet become the end of a line
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_HEADER_END = re.compile(r"\r?\n")
_ESCAPED = re.compile(r"\\(.)")
_FOLDED = re.compile(r"\r?\n[ \t]+")
# `filename` is another parameter, and may be called anything.
_NAME = re.compile(r"(?<![\w*-])name(\*[\d*]*)?\s*=\s*\"?((?:[^\";\\]|\\.)*)", re.IGNORECASE)
_NAMING = ("content-disposition", "content-id")
_LONGEST_HEAD = 16 * 1024


def boundary_of(content_type: str) -> bytes:
    """Errors: InvalidRequest for one that could be read in two ways."""
    found = _BOUNDARY.findall(content_type)
    if len(found) != 1 or content_type.lower().count("boundary") != 1:
        raise InvalidRequest("Content-Type: name one boundary of at most 70 plain characters.")
    return str(found[0][0] or found[0][1]).encode("latin-1")


class MultipartScanner:
    """Reads the heads of parts alone; what is in a part is the caller's affair."""

    def __init__(self, boundary: bytes) -> None:
        self._delimiter = b"--" + boundary
        self._rest = b""
        self._has_begun = self._is_in_head = False

    def feed(self, piece: bytes) -> None:
        """Errors: CredentialsRefused, InvalidRequest."""
        self._rest += piece
        if not self._has_begun and not self._begin():
            return
        while self._head() if self._is_in_head else self._next_part():
            continue

    def _begin(self) -> bool:
        """A body that begins otherwise is none of this kind."""
        start = self._rest.lstrip(b"\r\n")
        self._has_begun = len(start) >= len(self._delimiter)
        if not start[: len(self._delimiter)] == self._delimiter[: len(start)]:
            raise InvalidRequest("The body does not begin with the boundary that its Content-Type names.")
        return self._has_begun

    def _next_part(self) -> bool:
        at = self._rest.find(self._delimiter)
        if at < 0:
            self._rest = self._rest[-len(self._delimiter) + 1 :]
            return False
        after = at + len(self._delimiter)
        if _CUT_OFF.fullmatch(self._rest, after):
            self._rest = self._rest[at:]
            return False
        line_end = _LINE_END.match(self._rest, after)
        self._is_in_head = line_end is not None and line_end[1] != b"--"
        self._rest = self._rest[line_end.end() if line_end else after :]
        return True

    def _head(self) -> bool:
        text = b"\n" + self._rest  # a part may have no head at all
        end = _BLANK_LINE.search(text)
        if end is None:
            if len(text) > _LONGEST_HEAD:
                raise InvalidRequest("The head of a part may have 16 KB.")
            return False
        _check(text[: end.start()].decode("utf-8", "replace"))
        self._rest = text[end.end() :]
        self._is_in_head = False
        return True


def _check(head: str) -> None:
    for line in _HEADER_END.split(_FOLDED.sub(" ", head)):
        kind, _, value = line.partition(":")
        if kind.strip().lower() not in _NAMING:
            continue
        if kind.strip().lower() == "content-id":
            refuse_in_parameter(value.strip(" <>\t"))
        for star, name in _NAME.findall(value):
            if star:
                raise InvalidRequest("Content-Disposition: write the names of fields plainly, as `name=`.")
            refuse_in_parameter(_ESCAPED.sub(r"\1", name))

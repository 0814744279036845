"""Names in JSON, whatever their depth, read piece by piece."""

from __future__ import annotations

import re

import msgspec

from harvest_bridge.api.credentials import refuse_in_names
from harvest_bridge.api.errors import InvalidRequest

_MARK = re.compile(rb'["{}\[\],:]')
_INSIDE = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_BETWEEN = re.compile(rb"[\s0-9A-Za-z+.-]*")
_LONGEST_NAME = 4096
_DEEPEST = 200


class JsonScanner:
    """Strict about what stands outside of strings: a comment or another quote could hide a name from us alone."""

    def __init__(self) -> None:
        # The names around, None for an array; of the innermost object also the name read last.
        self._around: list[str | None] = []
        self._name = ""
        self._expects_name = False
        self._text: bytes | None = None  # the string that is being read, up to the longest name
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        """Errors: CredentialsRefused, InvalidRequest."""
        data, at = self._rest + piece, 0
        self._rest = b""
        while at < len(data):
            at = self._between(data, at) if self._text is None else self._inside(data, at)
            if at < 0:
                return

    def _between(self, data: bytes, at: int) -> int:
        """Read up to the next mark, and it; -1 where there is none."""
        mark = _MARK.search(data, at)
        end = mark.start() if mark else len(data)
        if end > at and not _BETWEEN.fullmatch(data, at, end):
            raise _malformed()
        if mark is None:
            return -1
        match mark[0]:
            case b'"':
                self._text = b""
            case b"{" | b"[":
                self._open(is_object=mark[0] == b"{")
            case b"}" | b"]":
                self._close()
            case b",":
                self._expects_name = bool(self._around) and self._around[-1] is not None
        return mark.end()

    def _inside(self, data: bytes, at: int) -> int:
        """Read on in a string; -1 where the piece ends first, perhaps within an escape."""
        inside = _INSIDE.match(data, at)
        end = inside.end() if inside else at
        room = _LONGEST_NAME - len(self._text or b"")
        if self._expects_name and room > 0:
            self._text = (self._text or b"") + data[at : min(end, at + room)]
        if end == len(data) or data[end : end + 1] == b"\\":
            self._rest = data[end:]
            return -1
        if self._expects_name:
            self._note_name(self._text or b"")
        self._text = None
        return end + 1

    def _open(self, *, is_object: bool) -> None:
        if len(self._around) >= _DEEPEST:
            raise InvalidRequest(f"The body is nested more than {_DEEPEST} deep.")
        self._around.append(self._name if is_object else None)
        self._expects_name = is_object

    def _close(self) -> None:
        if not self._around:
            raise _malformed()
        closed = self._around.pop()
        self._name = closed if closed is not None else self._name
        self._expects_name = False

    def _note_name(self, raw: bytes) -> None:
        try:
            self._name = msgspec.json.decode(b'"' + raw + b'"', type=str) if len(raw) < _LONGEST_NAME else ""
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _malformed() from error
        self._expects_name = False
        refuse_in_names((self._around[-1] or "", self._name))


def _malformed() -> InvalidRequest:
    return InvalidRequest("The body is no JSON in UTF-8; send JSON as RFC 8259 has it.")

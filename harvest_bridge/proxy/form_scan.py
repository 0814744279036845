"""Names in a form, `name=value&…`, read piece by piece."""

from __future__ import annotations

import re
from urllib.parse import unquote

from harvest_bridge.api.credentials import refuse_in_parameter, squash

_END_OF_NAME = re.compile(rb"[=&;]")
_END_OF_VALUE = re.compile(rb"[&;]")
_LONGEST_NAME = 4096
_ESCAPE = 2  # bytes of a percent escape that may have begun at a piece's end


class FormScanner:
    """Reads anything as a form, as an application that is told nothing of a body's kind may."""

    def __init__(self) -> None:
        self._name: bytes | None = b""  # as far as it has come; None within a value

    def feed(self, piece: bytes) -> None:
        """Errors: CredentialsRefused."""
        at = 0
        while at < len(piece):
            end = (_END_OF_VALUE if self._name is None else _END_OF_NAME).search(piece, at)
            if self._name is not None:
                self._name += piece[at : end.start() if end else len(piece)]
                self._look(is_whole=end is not None)
            if end is None:
                return
            self._name = None if end[0] == b"=" else b""
            at = end.end()

    def _look(self, *, is_whole: bool) -> None:
        """A name without an end is kept short: blanks in it would not count, and without them it is too long."""
        name = self._name or b""
        if is_whole:
            refuse_in_parameter(name.decode("utf-8", "replace"))
        elif len(name) > _LONGEST_NAME:
            short = squash(unquote(name[:-_ESCAPE].decode("utf-8", "replace")))
            self._name = None if len(short) > _LONGEST_NAME // 4 else short.encode() + name[-_ESCAPE:]

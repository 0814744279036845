"""Scans a streamed request body for credentials without buffering it.

Harvest reads JSON, forms and multipart forms. What a body is said to be is not trusted: one that begins like JSON or
multipart is read as such, and as the form that it may be for Harvest too unless it is said to be JSON or multipart.
What cannot be read in only one way is refused, as something may be hidden in it.
"""

from __future__ import annotations

import re
from typing import Protocol

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.errors import BridgeError

from .form_scan import FormScanner
from .json_scan import JsonScanner
from .multipart_scan import MultipartScanner, boundary_of

_LINE_END = re.compile(rb"[\r\n]")
_JSON = re.compile(r"[\w.-]+/(?:[\w.-]+\+)?json")
_CHARSET = re.compile(r"charset\s*=\s*\"?'?([^\"';\s]*)", re.IGNORECASE)
_CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1"}
_IGNORED_AT_START = b"\0\xef\xbb\xbf\xfe\xff \t\r\n\f\v"


class UnreadableBody(BridgeError):
    """Harvest takes JSON, forms and multipart forms, uncompressed."""

    status = 415
    code = "unsupported_media_type"


class BodyScanner(Protocol):
    """Errors of `feed`: CredentialsRefused, InvalidRequest. What was fed without an error may be passed on."""

    def feed(self, piece: bytes) -> None: ...


class EitherWay:
    """For a body that Harvest may read in either of two ways."""

    def __init__(self, *scanners: BodyScanner) -> None:
        self._scanners = scanners

    def feed(self, piece: bytes) -> None:
        for scanner in self._scanners:
            scanner.feed(piece)


def scanner_for(content_type: str, start: bytes, *, encoding: str = "") -> BodyScanner:
    """The scanner for a body that begins with `start`.

    Errors: UnreadableBody; InvalidRequest for a character set that hides names, or a boundary that is not plain.
    """
    if encoding.strip().lower() not in ("", "identity"):
        raise UnreadableBody("Content-Encoding: send the body uncompressed.")
    for charset in _CHARSET.findall(content_type):
        if charset.lower() not in _CHARSETS:
            raise InvalidRequest(f"Content-Type: send UTF-8, not {charset[:40]!r}.")
    kind, begins = content_type.partition(";")[0].strip().lower(), start.lstrip(_IGNORED_AT_START)
    if kind.startswith("multipart/"):
        return MultipartScanner(boundary_of(content_type))
    if _JSON.fullmatch(kind):
        return JsonScanner()
    if "xml" in kind or begins.startswith(b"<"):
        raise UnreadableBody("Content-Type: Harvest takes JSON, forms and multipart forms.")
    if "json" in kind or begins[:1] in (b"{", b"["):
        return EitherWay(JsonScanner(), FormScanner())
    if begins.startswith(b"--"):
        return EitherWay(MultipartScanner(_LINE_END.split(begins[2:], maxsplit=1)[0]), FormScanner())
    if len(start) > len(begins) == 0:
        raise InvalidRequest("The body must not begin with nothing but blanks.")
    return FormScanner()


def scan(content_type: str, body: bytes, *, encoding: str = "") -> None:
    """A whole body. Errors: as `scanner_for` and `BodyScanner`."""
    if body:
        scanner_for(content_type, body, encoding=encoding).feed(body)

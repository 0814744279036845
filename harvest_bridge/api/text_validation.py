"""Refuses text that no database can store and no answer can repeat (NUL, lone surrogates), where it comes in."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# What JSON and forms are written in. Not `codecs.lookup`: it also finds codecs that are no encodings of text.
CHARSETS = frozenset(
    ("utf-8", "utf-8-sig", "ascii", "iso8859-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
)
_SHOWN = 40
_MOST_DIGITS = 18
# What Django says of a value that is none of a field's, and Python of a number that is too long to be read.
_NOT_OF_THE_KIND = ("Field '", "Exceeds the limit")

log = structlog.get_logger(__name__)


class UnreadableRequest(BadRequest):
    """Told as `invalid_request`; the message names what cannot be read, and the remedy."""


class ReadableRequests:
    """Middleware: path, query, form and charset of a request can be read, or it is a 400 that names what cannot.

    NUL is a character that PostgreSQL refuses; half a surrogate pair is none at all. A cookie like that was not set by
    us and counts as absent. JSON bodies are looked at by `parsers`, so that they are read once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_readable(request.path_info):
            raise UnreadableRequest("path: must not contain NUL or half a surrogate pair.")
        check_length(request.META.get("CONTENT_LENGTH", ""))
        check_charset(request)
        check_fields(request.GET.lists())
        for name in [name for name, value in request.COOKIES.items() if not is_readable(value)]:
            del request.COOKIES[name]
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Forms of pages. REST parses its bodies itself, and is known by being exempt from the check for forms."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False):
            check_fields(request.POST.lists())

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Django's pages, the admin's above all, look values up before they look at them: an id that is none, a JSON
        field nested without end. REST views know their errors; one that they do not is a bug.
        """
        view = getattr(request.resolver_match, "func", None)
        if not hasattr(view, "cls") and _is_of_the_request(error):
            log.info("a page could not read its request", exc_info=error)
            raise UnreadableRequest(
                "An id or a value in this request is not of the kind that belongs there."
            ) from error


def _is_of_the_request(error: Exception) -> bool:
    if isinstance(error, ValidationError | FieldDoesNotExist | RecursionError):
        return True
    return type(error) is ValueError and str(error).startswith(_NOT_OF_THE_KIND)


def is_readable(text: str) -> bool:
    """Without NUL and without half a surrogate pair."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))


def check_fields(fields: Iterable[tuple[str, Iterable[Any]]]) -> None:
    """Errors: UnreadableRequest."""
    for name, values in fields:
        if not is_readable(name):
            raise UnreadableRequest("A parameter's name must not contain NUL or half a surrogate pair.")
        if not all(is_readable(value) for value in values if isinstance(value, str)):
            raise UnreadableRequest(f"{name[:_SHOWN]}: must not contain NUL or half a surrogate pair.")


def check_length(text: str) -> None:
    """Errors: UnreadableRequest."""
    if text and not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise UnreadableRequest("Content-Length: must be a whole number of bytes.")


def check_charset(request: HttpRequest) -> None:
    """Errors: UnreadableRequest."""
    named = (request.content_params or {}).get("charset", "utf-8")
    if charset_of(named) is None:
        raise UnreadableRequest(f"Content-Type: the charset {named[:_SHOWN]!r} is not read here; send UTF-8.")


def charset_of(named: str) -> str | None:
    """Python's name for it, or None for one that is not read here."""
    try:
        name = codecs.lookup(named).name
    except (LookupError, ValueError):
        return None
    return name if name in CHARSETS else None


def unreadable_at(value: Any, path: str = "") -> str | None:
    """Where in a JSON value a text cannot be read: `items[2].name`, "" for the value itself; None if nowhere."""
    match value:
        case str():
            return None if is_readable(value) else path
        case Mapping():
            for name, inner in value.items():
                found = unreadable_at(inner, f"{path}.{name}" if path else name) if is_readable(name) else path
                if found is not None:
                    return found
        case list():
            for index, inner in enumerate(value):
                if (found := unreadable_at(inner, f"{path}[{index}]")) is not None:
                    return found
    return None

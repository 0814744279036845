"""Web origins, compared exactly: scheme, host, port, as a browser writes them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

_DEFAULT_PORTS = {"http": 80, "https": 443}
# Letters, digits, hyphens and, in the wild, underscores: nothing that ends a word of a header or of a policy.
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")


def normal_origin(text: str) -> str:
    """`text` as a browser would put it into `Origin`.

    Errors: ValueError with the remedy, for anything that is not just scheme, host and port.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{text!r} is not an origin; write it like https://app.example.com") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"{text!r} is not an origin; it must begin with https:// (or http:// in development)")
    if not parts.hostname or "*" in parts.hostname or parts.username is not None:
        raise ValueError(f"{text!r} is not an origin; name one exact host, without wildcards or a user name")
    if not text.isprintable():  # `urlsplit` passes over line breaks and tabs
        raise ValueError(f"{text!r} is not an origin; its host name is malformed")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is not an origin; leave out the path: {parts.scheme}://{parts.netloc}")
    host = _ip_host(parts.netloc, text) if ":" in parts.hostname else _ascii_host(parts.hostname, text)
    if port == 0:
        raise ValueError(f"{text!r} is not an origin; no page has the port 0")
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def origin_of(address: str) -> str:
    """The origin of a web address; empty when it has none."""
    try:
        parts = urlsplit(address)
        return normal_origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return ""


def validate_origin(text: str) -> None:
    """A Django validator: accepts only origins already in their normal form."""
    try:
        normal = normal_origin(text)
    except ValueError as error:
        raise ValidationError(str(error), code="invalid_origin") from error
    if normal != text:
        raise ValidationError(f"Write this origin as {normal}", code="invalid_origin")


def _ascii_host(host: str, text: str) -> str:
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not _HOST.fullmatch(name):
        raise ValueError(f"{text!r} is not an origin; its host name is malformed")
    return name


def _ip_host(netloc: str, text: str) -> str:
    host, bracket, port = netloc.removeprefix("[").partition("]")
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError as error:
        raise ValueError(f"{text!r} is not an origin; its IPv6 address is malformed") from error
    if not bracket or port[:1] not in ("", ":") or address.scope_id is not None:
        raise ValueError(f"{text!r} is not an origin; write an IPv6 address in brackets and without a zone")
    return f"[{address}]"

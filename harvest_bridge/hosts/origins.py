"""Web origins, compared exactly: scheme, host, port, as a browser writes them."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

_DEFAULT_PORTS = {"http": 80, "https": 443}


def normal_origin(text: str) -> str:
    """`text` as a browser would put it into `Origin`.

    Errors: ValueError with the remedy, for anything that is not just scheme, host and port.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{text!r} is not an origin; write it like https://app.example.com") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"{text!r} is not an origin; it must begin with https:// (or http:// in development)")
    if not parts.hostname or "*" in parts.hostname or parts.username is not None:
        raise ValueError(f"{text!r} is not an origin; name one exact host, without wildcards or a user name")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is not an origin; leave out the path: {parts.scheme}://{parts.netloc}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else _ascii_host(parts.hostname, text)
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
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise ValueError(f"{text!r} is not an origin; its host name is malformed") from error

"""EMAIL_URL as Django's mail settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TIMEOUT_SECONDS = 10
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def mail_server(url: str) -> dict[str, Any]:
    """Django's `EMAIL_…` settings: `smtp` with STARTTLS, `smtps` with TLS from the start, `smtp+plain` without any.

    Empty: a backend that keeps nothing and sends nothing. Errors: ImproperlyConfigured, which repeats no password.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong() from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _wrong()
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": _TIMEOUT_SECONDS,
    }


def _wrong() -> ImproperlyConfigured:
    return ImproperlyConfigured(
        "EMAIL_URL is no mail server; write it like smtp://user:password@mail.example.com:587 (STARTTLS), "
        "smtps://… (TLS from the start) or smtp+plain://localhost:25."
    )

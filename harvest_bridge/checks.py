"""Each setting that can be wrong has a check with a fixing hint; a web process refuses to start while one fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from harvest_bridge import tracing
from harvest_bridge.addresses import bound_addresses, is_loopback
from harvest_bridge.crypto.errors import BadKey
from harvest_bridge.crypto.keyring import KeyRing, is_guessable

TAG = "harvest_bridge"
_LEAST_SECRET_KEY, _LEAST_TOKEN = 32, 20


def refuse_bad_settings() -> None:
    """Errors: ImproperlyConfigured, listing every problem with its remedy. Commands check by themselves."""
    problems = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if problems:
        raise ImproperlyConfigured(
            "Harvest Bridge does not start:\n" + "\n".join(f"- {p.msg} {p.hint}" for p in problems)
        )


@register(TAG)
def check_secret_key(**_: Any) -> Sequence[CheckMessage]:
    hint = "Set it to a long random text, such as `openssl rand -base64 48`."
    if not settings.ENV.SECRET_KEY:
        return [] if settings.DEBUG else [Error("SECRET_KEY is not set.", hint=hint, id="bridge.E001")]
    if is_guessable(settings.ENV.SECRET_KEY, least=_LEAST_SECRET_KEY):
        said = f"SECRET_KEY can be guessed: it needs {_LEAST_SECRET_KEY} characters or more, and random ones."
        return [Error(said, hint=hint, id="bridge.E001")]
    return []


@register(TAG)
def check_metrics_token(**_: Any) -> Sequence[CheckMessage]:
    if not settings.METRICS_TOKEN or not is_guessable(settings.METRICS_TOKEN, least=_LEAST_TOKEN):
        return []
    said = f"METRICS_TOKEN can be guessed: it needs {_LEAST_TOKEN} characters or more, and random ones."
    return [Error(said, hint="Make one with `openssl rand -hex 24`.", id="bridge.E004")]


@register(TAG)
def check_telemetry(**_: Any) -> Sequence[CheckMessage]:
    if tracing.IS_INSTALLED:
        return []
    hint = "Install it, `pip install 'harvest-bridge[telemetry]'`, or unset OTEL_EXPORTER_OTLP_ENDPOINT."
    return [
        Error("OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed.", hint=hint, id="bridge.E011")
    ]


@register(TAG)
def check_zone_of_invoices(**_: Any) -> Sequence[CheckMessage]:
    if settings.INVOICES_TIMEZONE in available_timezones():
        return []
    said = f"INVOICES_TIMEZONE is no zone: {settings.INVOICES_TIMEZONE!r}."
    return [Error(said, hint="Set it to an IANA name, such as Europe/Berlin, or leave it out.", id="bridge.E010")]


@register(TAG)
def check_debug_stays_here(**_: Any) -> Sequence[CheckMessage]:
    """DEBUG shows source code and settings to whoever meets an error, so nobody else may reach it."""
    if not settings.DEBUG:
        return []
    named = {
        "PUBLIC_URL": [urlsplit(settings.PUBLIC_URL).hostname or ""],
        "ALLOWED_HOSTS": settings.ALLOWED_HOSTS,
        "the address that the web process listens on": bound_addresses(sys.argv, os.environ),
    }
    hint = "Unset DEBUG and set SECRET_KEY and ENCRYPTION_KEYS, or keep to localhost and 127.0.0.1."
    return [
        Error(f"DEBUG is for this machine alone, but {name} says {host!r}.", hint=hint, id="bridge.E005")
        for name, hosts in named.items()
        for host in hosts
        if not is_loopback(host)
    ]


@register(TAG)
def check_encryption_keys(**_: Any) -> Sequence[CheckMessage]:
    """Tokens are never kept in clear, so without a key there is nothing to run."""
    try:
        KeyRing(settings.ENCRYPTION_KEYS)
    except BadKey as error:
        hint = (
            "Set ENCRYPTION_KEYS to one or more 32-byte keys, newest first: `openssl rand -base64 32 | tr '+/' '-_'`."
        )
        return [Error(str(error), hint=hint, id="bridge.E002")]
    return []


@register(TAG)
def check_addresses(**_: Any) -> Sequence[CheckMessage]:
    wrong = [
        name for name in ("PUBLIC_URL", "HARVEST_API_URL", "HARVEST_ID_URL") if not _is_address(getattr(settings, name))
    ]
    hint = "Write scheme and host, such as https://time.example.com, without a path."
    return [Error(f"{name} is not an address.", hint=hint, id="bridge.E003") for name in wrong]


@register(TAG)
def check_oauth_app(**_: Any) -> Sequence[CheckMessage]:
    if settings.HARVEST_CLIENT_ID and settings.HARVEST_CLIENT_SECRET:
        return []
    hint = (
        "Register an OAuth2 app at id.getharvest.com/developers with the redirect URL "
        f"{settings.PUBLIC_URL}/connect-account/callback, then set HARVEST_CLIENT_ID and HARVEST_CLIENT_SECRET."
    )
    return [Warning("No Harvest OAuth2 app is set, so nobody can link an account.", hint=hint, id="bridge.W001")]


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/") and not parts.query

"""Each setting that can be wrong has a check with a fixing hint; a web process refuses to start while one fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

from harvest_bridge.crypto.errors import BadKey
from harvest_bridge.crypto.keyring import KeyRing

TAG = "harvest_bridge"


def refuse_bad_settings() -> None:
    """Errors: ImproperlyConfigured, listing every problem with its remedy. Commands check by themselves."""
    problems = [message for message in run_checks(tags=[TAG]) if message.is_serious()]
    if problems:
        raise ImproperlyConfigured(
            "Harvest Bridge does not start:\n" + "\n".join(f"- {p.msg} {p.hint}" for p in problems)
        )


@register(TAG)
def check_secret_key(**_: Any) -> Sequence[CheckMessage]:
    if settings.DEBUG or settings.ENV.SECRET_KEY:
        return []
    return [
        Error(
            "SECRET_KEY is not set.",
            hint="Set it to a long random text, such as `openssl rand -base64 48`.",
            id="bridge.E001",
        )
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

"""What `manage.py doctor` looks at: each part with what is wrong and the remedy."""

from __future__ import annotations

import email.utils
import socket
import sqlite3
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.checks import run_checks
from django.db import connection

from harvest_bridge.api.outages import outages
from harvest_bridge.checks import TAG
from harvest_bridge.crypto.errors import BadKey
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.crypto.rotation import unopened

from . import health

State = Literal["ok", "warning", "error"]
_TIMEOUT = 5.0
_CLOCK_SECONDS = 5.0
_CERTIFICATE_DAYS = 14


@dataclass(frozen=True)
class Finding:
    """Shape: `said` is one line; `remedy` is empty where nothing is to be done."""

    part: str
    state: State
    said: str
    remedy: str = ""


def findings() -> Iterator[Finding]:
    """In the order in which to mend them. Errors: none; what cannot be looked at is a finding."""
    yield from _settings()
    yield from _parts()
    yield from _sealed_secrets()
    if settings.REDIS_URL:
        yield _redis_policy()
    api, identity = _answer_of(settings.HARVEST_API_URL), _answer_of(settings.HARVEST_ID_URL)
    yield _reachable("Harvest's API", "HARVEST_API_URL", api)
    yield _reachable("Harvest's sign-in", "HARVEST_ID_URL", identity)
    yield _clock(api if isinstance(api, httpx.Response) else identity)
    yield _redirect_address()
    yield _public_address(_answer_of(f"{settings.PUBLIC_URL}/ping"))
    if settings.IS_HTTPS:
        yield _certificate()
        yield _proxy()


def _settings() -> Iterator[Finding]:
    problems = run_checks(tags=[TAG])
    for problem in problems:
        yield Finding("settings", "error" if problem.is_serious() else "warning", problem.msg, str(problem.hint or ""))
    if not problems:
        yield Finding("settings", "ok", "every setting can work")


# What /health/ready says needs no remedy of its own where the remedy is in its words.
_REMEDIES = {
    "database": "Is DATABASE_URL right, and the server up? Then: manage.py migrate",
    "keys": "Put the key that is missing back into ENCRYPTION_KEYS, behind the newest.",
    "disk": "Make room, or let this user write there.",
    "queue": "Can VAR_DIR be written to, and REDIS_URL be reached?",
    "pacing": "It mends itself when Redis, or VAR_DIR, is back.",
    "worker": "Start manage.py run_huey, or manage.py serve, which runs both.",
    "webhooks": "Start manage.py run_huey, or manage.py serve, which runs both.",
    "redis": "Is REDIS_URL right, and the server up?",
}


def _parts() -> Iterator[Finding]:
    try:
        parts = health.parts()
    except outages() as error:
        yield Finding("database", "error", str(error).splitlines()[0], _REMEDIES["database"])
        return
    for part, said in parts.items():
        if said == "ok":
            yield Finding(part, "ok", _about(part))
        else:
            yield Finding(part, "warning" if health.is_fine(said) else "error", said, _REMEDIES[part])


def _sealed_secrets() -> Iterator[Finding]:
    """The newest of every column and key: one row's secret may be spoilt where its neighbours are sound."""
    try:
        bad = list(unopened(key_ring().key_ids, newest=_SECRETS_OPENED))
    except outages(BadKey):
        return  # said of the database, or of the keys, already
    for title, ids in groupby(bad, key=lambda one: one.field.title):
        rows = ", ".join(str(one.row_id) for one in ids)
        yield Finding("sealed secrets", "error", f"{title} of row {rows} does not open", _SEAL_ANEW)
    if not bad:
        yield Finding("sealed secrets", "ok", "the newest of each kind and key open")


_SECRETS_OPENED = 20
_SEAL_ANEW = "Type that secret in again, or link that account again: what was sealed was altered or moved."


def _about(part: str) -> str:
    if part != "database":
        return "ok"
    version = sqlite3.sqlite_version if settings.ON_SQLITE else _postgresql_version()
    return f"{connection.vendor} {version}, no migration is waiting"


def _postgresql_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def _redis_policy() -> Finding:
    import redis

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            policy = str(client.config_get("maxmemory-policy").get("maxmemory-policy", ""))
    except redis.RedisError as error:
        return Finding("redis policy", "warning", f"cannot be told: {type(error).__name__}", _NOEVICTION)
    if policy == "noeviction":
        return Finding("redis policy", "ok", "noeviction")
    return Finding("redis policy", "error", f"{policy}: Redis may drop what counts requests to Harvest", _NOEVICTION)


_NOEVICTION = "In redis.conf: maxmemory-policy noeviction"


def _answer_of(url: str) -> httpx.Response | str:
    """Whatever it answers, or why it does not."""
    try:
        return httpx.get(url, timeout=_TIMEOUT, follow_redirects=False, headers={"Accept": "application/json"})
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__


def _reachable(part: str, setting: str, answer: httpx.Response | str) -> Finding:
    url = str(getattr(settings, setting))
    if isinstance(answer, str):
        return Finding(
            part, "error", f"{url} cannot be reached: {answer}", f"Let this machine reach it, or mend {setting}."
        )
    return Finding(part, "ok", f"{url} answers")


def _clock(answer: httpx.Response | str) -> Finding:
    """By the `Date` of whoever answered; tokens and widget signatures hold for seconds."""
    said = "" if isinstance(answer, str) else answer.headers.get("Date", "")
    if not said:
        return Finding("clock", "warning", "cannot be compared: nobody told the time", "Keep it right by NTP.")
    off = time.time() - email.utils.parsedate_to_datetime(said).timestamp()
    if abs(off) <= _CLOCK_SECONDS:
        return Finding("clock", "ok", f"within {_CLOCK_SECONDS:.0f} s of Harvest's")
    direction = "ahead of" if off > 0 else "behind"
    return Finding(
        "clock", "error", f"{abs(off):.0f} s {direction} Harvest's", "Set it by NTP: timedatectl set-ntp true"
    )


def _redirect_address() -> Finding:
    address = f"{settings.PUBLIC_URL}/connect-account/callback"
    return Finding("redirect address", "ok", f"{address} (as the OAuth2 app at id.getharvest.com must have it)")


def _public_address(answer: httpx.Response | str) -> Finding:
    url, proxy = settings.PUBLIC_URL, "Is the web process up, and does the proxy pass requests on to it?"
    if isinstance(answer, str):
        return Finding("public address", "error", f"{url} cannot be reached: {answer}", proxy)
    if answer.status_code != 200 or b"pong" not in answer.content[:100]:
        said = f"{url}/ping answers {answer.status_code}, not from a bridge"
        return Finding("public address", "error", said, proxy)
    return Finding("public address", "ok", f"{url} leads to a bridge")


def _certificate() -> Finding:
    parts = urlsplit(settings.PUBLIC_URL)
    address = (parts.hostname or "", parts.port or 443)
    renew = "Renew it, with its whole chain, in the proxy that ends TLS."
    try:
        with (
            socket.create_connection(address, timeout=_TIMEOUT) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=address[0]) as secured,
        ):
            until = ssl.cert_time_to_seconds(str((secured.getpeercert() or {})["notAfter"]))
    except (OSError, ValueError, KeyError) as error:
        return Finding("TLS", "error", f"{address[0]}: {error}", renew)
    day, left = datetime.fromtimestamp(until, UTC).date(), (until - time.time()) / 86400
    if left < _CERTIFICATE_DAYS:
        return Finding("TLS", "warning", f"the certificate ends on {day}", renew)
    return Finding("TLS", "ok", f"the certificate is good until {day}")


def _proxy() -> Finding:
    """Whose X-Forwarded-For is believed: without any, all browsers behind a proxy share one address's limits."""
    if settings.FORWARDED_ALLOW_IPS:
        return Finding("proxy headers", "ok", f"believed from {', '.join(settings.FORWARDED_ALLOW_IPS)}")
    return Finding(
        "proxy headers",
        "warning",
        "believed from this machine alone",
        "Fine where the proxy that ends TLS runs here; else name its address in FORWARDED_ALLOW_IPS.",
    )

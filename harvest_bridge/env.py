"""The one reader of environment variables: typed, with the help text that the README's table is checked against."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from django.core.exceptions import ImproperlyConfigured
from msgspec import Meta

ROOT = Path(__file__).resolve().parent.parent


def _help(text: str) -> Meta:
    return Meta(description=text)


class Env(msgspec.Struct, frozen=True, kw_only=True):
    """Every environment variable we read. An empty variable counts as not set; lists are comma-separated."""

    SECRET_KEY: Annotated[
        str, _help("Django's signing key: random text of 32 characters or more. Needed unless DEBUG.")
    ] = ""
    DEBUG: Annotated[
        bool,
        _help("Development on this machine only: readable error pages; missing keys are made and kept in VAR_DIR."),
    ] = False
    ALLOWED_HOSTS: Annotated[str, _help("Host names we answer to. Default: the host of PUBLIC_URL.")] = ""
    PUBLIC_URL: Annotated[str, _help("Where browsers reach us: scheme, host, port.")] = "http://localhost:8000"
    DATABASE_URL: Annotated[str, _help("PostgreSQL as postgresql://…; default: SQLite in VAR_DIR.")] = ""
    REDIS_URL: Annotated[str, _help("redis://…; needed as soon as more than one web process runs.")] = ""
    VAR_DIR: Annotated[str, _help("Folder for what a single machine keeps: SQLite files, locks.")] = str(ROOT / "var")
    STATIC_ROOT: Annotated[str, _help("Where `manage.py collectstatic` puts files. Default: `static` in VAR_DIR.")] = ""
    ENCRYPTION_KEYS: Annotated[str, _help("32-byte keys in URL-safe base64, newest first; seal Harvest tokens.")] = ""
    HARVEST_CLIENT_ID: Annotated[str, _help("The client id of your OAuth2 app at id.getharvest.com/developers.")] = ""
    HARVEST_CLIENT_SECRET: Annotated[str, _help("Its client secret.")] = ""
    HARVEST_API_URL: Annotated[str, _help("Harvest's API host, or the sandbox.")] = "https://api.harvestapp.com"
    HARVEST_ID_URL: Annotated[str, _help("Harvest's identity host, or the sandbox.")] = "https://id.getharvest.com"
    HARVEST_USER_AGENT: Annotated[str, _help("How we name ourselves to Harvest: app and a contact.")] = (
        "Harvest Bridge (set HARVEST_USER_AGENT to a contact)"
    )
    HARVEST_TIMEOUT_SECONDS: Annotated[float, _help("How long a caller waits for Harvest, pacing included.")] = 20.0
    HARVEST_QUIET_SECONDS: Annotated[
        float, _help("How long a write without an answer may still arrive in Harvest; only then is it sent again.")
    ] = 35.0
    HARVEST_REQUESTS_PER_WINDOW: Annotated[int, _help("General budget: requests per window.")] = 100
    HARVEST_WINDOW_SECONDS: Annotated[float, _help("General budget: length of the window.")] = 15.0
    HARVEST_REPORT_REQUESTS_PER_WINDOW: Annotated[int, _help("Reports budget: requests per window.")] = 100
    HARVEST_REPORT_WINDOW_SECONDS: Annotated[float, _help("Reports budget: length of the window.")] = 900.0
    HARVEST_BUDGET_SCOPE: Annotated[
        Literal["grant", "account"], _help("Who shares a budget: calls of one `grant`, or of one Harvest `account`.")
    ] = "grant"
    HARVEST_MAX_CALLS_IN_FLIGHT: Annotated[int, _help("Calls under way at once per budget and process; more wait.")] = (
        16
    )
    TIMER_LOOK_SECONDS: Annotated[
        int, _help("How often open timer pages have Harvest asked what runs; one call for an account connection.")
    ] = 5
    TIMER_HISTORY_DAYS: Annotated[
        int, _help("How long clicks, and with them the timers' history, are kept once they are settled; 0: for ever.")
    ] = 365
    MAX_CONNECTIONS: Annotated[int, _help("Open at once in a process; 0: as many as its descriptors allow.")] = 0
    MAX_CONNECTIONS_PER_ADDRESS: Annotated[
        int, _help("Open or under way at once from one address; 0: half of MAX_CONNECTIONS.")
    ] = 0
    FORWARDED_ALLOW_IPS: Annotated[
        str, _help("Addresses of proxies in front, whose X-Forwarded-For holds; uvicorn reads it too.")
    ] = ""
    HARVEST_MAX_RESPONSE_BYTES: Annotated[int, _help("Longest answer that passes through /v2; it is streamed.")] = (
        256 * 1024 * 1024
    )
    REQUEST_LOG_DAYS: Annotated[int, _help("How long the request log keeps a row; 0: it keeps none.")] = 7
    REQUEST_LOG_ROWS: Annotated[int, _help("How many rows it keeps at most.")] = 1_000_000
    WEBHOOK_ALLOW_LOOPBACK: Annotated[
        bool, _help("Webhooks may go to this machine, by http too; for development. DEBUG allows it as well.")
    ] = False
    WEBHOOK_EVENT_DAYS: Annotated[int, _help("How long events are kept once everybody has them.")] = 30
    WEBHOOK_UNDELIVERED_DAYS: Annotated[
        int, _help("How long events are kept that could not be delivered; dropping them is told.")
    ] = 90
    MIRROR_THREADS: Annotated[int, _help("How many mirrors a worker works on at once.")] = 8
    PROVISIONING_THREADS: Annotated[int, _help("How many won deals a worker carries out at once.")] = 4
    MIRROR_DELETES_AT_ONCE: Annotated[
        int, _help("More missing records than this wait for a second sweep before they count as deleted.")
    ] = 200
    INVOICES_TIMEZONE: Annotated[
        str, _help("In whose days invoices fall due, where an account has no zone of its own: an IANA name.")
    ] = "UTC"
    INVOICES_QUIET_SECONDS: Annotated[
        float, _help("How long a payment without an answer may still arrive in Harvest; only then is it sent again.")
    ] = 40.0
    REQUIRE_TWO_FACTOR: Annotated[bool, _help("Operators reach the admin only with a second factor.")] = False
    EMAIL_URL: Annotated[
        str, _help("Mail server for password resets: smtp://user:password@host:587, smtps://…:465; none: no mail.")
    ] = ""
    EMAIL_FROM: Annotated[str, _help("Sender of those mails. Default: harvest-bridge@ the host of PUBLIC_URL.")] = ""
    METRICS_TOKEN: Annotated[
        str,
        _help(
            "Bearer token for /metrics, 20 characters or more; without one only this machine may read them, "
            "and only if PUBLIC_URL is on it."
        ),
    ] = ""
    PROMETHEUS_MULTIPROC_DIR: Annotated[
        str, _help("Folder through which processes of one machine share their metrics; empty it before they start.")
    ] = ""
    OTEL_EXPORTER_OTLP_ENDPOINT: Annotated[
        str,
        _help(
            "Where traces go by OTLP/HTTP, such as http://localhost:4318; needs the extra `telemetry`. None: no traces."
        ),
    ] = ""
    LOG_LEVEL: Annotated[str, _help("DEBUG, INFO, WARNING or ERROR.")] = "INFO"


def read_env(environ: Mapping[str, str] = os.environ) -> Env:
    """Read and convert; errors: ImproperlyConfigured naming the variable and what it should be."""
    given = {name: environ[name] for name in Env.__struct_fields__ if environ.get(name, "") != ""}
    try:
        return msgspec.convert(given, Env, strict=False)
    except msgspec.ValidationError as error:
        raise ImproperlyConfigured(f"Environment variable with a wrong value: {error}") from error


def listed(value: str) -> list[str]:
    """The items of a comma-separated variable."""
    return [item.strip() for item in value.split(",") if item.strip()]

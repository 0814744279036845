"""Django settings, all of them from `env.py`. The same names here and in the environment."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.templatetags.static import static
from django.urls import reverse_lazy

from harvest_bridge.admin_theme import ACCOUNT_LINKS, NAVIGATION, PRIMARY
from harvest_bridge.env import ROOT, listed, read_env
from harvest_bridge.lazy_modules import without
from harvest_bridge.logs import logging_config
from harvest_bridge.mail import mail_server
from harvest_bridge.var_folder import kept_secrets, make_private
from harvest_bridge.version import version

ENV = read_env()

# --- who and where we are
DEBUG = ENV.DEBUG
VAR_DIR = Path(ENV.VAR_DIR)
_DATABASE_URL = ENV.DATABASE_URL or f"sqlite:///{VAR_DIR / 'bridge.sqlite3'}"
DATABASES = {"default": dj_database_url.parse(_DATABASE_URL)}
ON_SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
make_private(
    VAR_DIR,
    *(str(VAR_DIR / name) for name in ("bridge.sqlite3", "queue.sqlite3", "pacing.sqlite3")),
    *([str(DATABASES["default"]["NAME"])] if ON_SQLITE else []),
)
PUBLIC_URL = ENV.PUBLIC_URL.rstrip("/")
PUBLIC_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(PUBLIC_URL))
IS_HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = listed(ENV.ALLOWED_HOSTS) or [urlsplit(PUBLIC_URL).hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]

# checks.py refuses to serve without these two; the sandbox alone needs neither and loads this file all the same.
_KEPT = kept_secrets(VAR_DIR) if DEBUG and not (ENV.SECRET_KEY and ENV.ENCRYPTION_KEYS) else {}
SECRET_KEY = ENV.SECRET_KEY or _KEPT.get("SECRET_KEY") or secrets.token_urlsafe(50)
ENCRYPTION_KEYS = listed(ENV.ENCRYPTION_KEYS or _KEPT.get("ENCRYPTION_KEYS", ""))

# --- Harvest: read by connections/apps.py, which configures the gateway
HARVEST_CLIENT_ID = ENV.HARVEST_CLIENT_ID
HARVEST_CLIENT_SECRET = ENV.HARVEST_CLIENT_SECRET
HARVEST_API_URL = ENV.HARVEST_API_URL.rstrip("/")
HARVEST_ID_URL = ENV.HARVEST_ID_URL.rstrip("/")
HARVEST_USER_AGENT = ENV.HARVEST_USER_AGENT
HARVEST_TIMEOUT_SECONDS = ENV.HARVEST_TIMEOUT_SECONDS
HARVEST_QUIET_SECONDS = ENV.HARVEST_QUIET_SECONDS
HARVEST_REQUESTS_PER_WINDOW = ENV.HARVEST_REQUESTS_PER_WINDOW
HARVEST_WINDOW_SECONDS = ENV.HARVEST_WINDOW_SECONDS
HARVEST_REPORT_REQUESTS_PER_WINDOW = ENV.HARVEST_REPORT_REQUESTS_PER_WINDOW
HARVEST_REPORT_WINDOW_SECONDS = ENV.HARVEST_REPORT_WINDOW_SECONDS
HARVEST_BUDGET_SCOPE = ENV.HARVEST_BUDGET_SCOPE
HARVEST_MAX_CALLS_IN_FLIGHT = ENV.HARVEST_MAX_CALLS_IN_FLIGHT
TIMER_LOOK_SECONDS = max(1, ENV.TIMER_LOOK_SECONDS)
TIMER_HISTORY_DAYS = max(0, ENV.TIMER_HISTORY_DAYS)
HARVEST_MAX_RESPONSE_BYTES = ENV.HARVEST_MAX_RESPONSE_BYTES

# --- what callers may take: api/limits
MAX_CONNECTIONS = ENV.MAX_CONNECTIONS
MAX_CONNECTIONS_PER_ADDRESS = ENV.MAX_CONNECTIONS_PER_ADDRESS
FORWARDED_ALLOW_IPS = listed(ENV.FORWARDED_ALLOW_IPS)

# --- what hosts are told: webhooks
WEBHOOK_ALLOW_LOOPBACK = ENV.WEBHOOK_ALLOW_LOOPBACK
WEBHOOK_EVENT_DAYS = ENV.WEBHOOK_EVENT_DAYS
WEBHOOK_UNDELIVERED_DAYS = ENV.WEBHOOK_UNDELIVERED_DAYS

# --- copies of accounts: mirror
MIRROR_THREADS = ENV.MIRROR_THREADS
MIRROR_DELETES_AT_ONCE = ENV.MIRROR_DELETES_AT_ONCE

# --- won deals: provisioning
PROVISIONING_THREADS = ENV.PROVISIONING_THREADS
# --- invoices and their payments
INVOICES_TIMEZONE = ENV.INVOICES_TIMEZONE
INVOICES_QUIET_SECONDS = ENV.INVOICES_QUIET_SECONDS

# --- what operators see
REQUEST_LOG_DAYS = ENV.REQUEST_LOG_DAYS
REQUEST_LOG_ROWS = ENV.REQUEST_LOG_ROWS
METRICS_TOKEN = ENV.METRICS_TOKEN
if ENV.PROMETHEUS_MULTIPROC_DIR:  # read by prometheus_client itself
    Path(ENV.PROMETHEUS_MULTIPROC_DIR).mkdir(parents=True, exist_ok=True)

MANUAL_ROOT = ROOT / "build" / "docs"  # where `make docs` puts it

# --- parts
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin.apps.SimpleAdminConfig",  # urls.py loads its pages, so that a worker does without
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "rest_framework",
    "drf_spectacular",
    "harvest_bridge.hosts",
    "harvest_bridge.api",
    "harvest_bridge.webhooks",
    "harvest_bridge.connections",
    "harvest_bridge.proxy",
    "harvest_bridge.unified",
    "harvest_bridge.mirror",
    "harvest_bridge.insights",
    "harvest_bridge.provisioning",
    "harvest_bridge.invoices",
    "timer_widget",
    "harvest_bridge.embed",
    "harvest_bridge.console",
    "harvest_bridge.sandbox",
    "huey.contrib.djhuey",  # last, as the console's `run_huey` goes before its own
]
MIDDLEWARE = [
    "harvest_bridge.console.probes.AnyHostForProbes",
    "django.middleware.security.SecurityMiddleware",
    "harvest_bridge.api.text_validation.ReadableRequests",
    "harvest_bridge.api.double_slashes.SingleSlashes",
    "harvest_bridge.console.content_security_policy.OperatorsPolicy",
    "harvest_bridge.console.static.WholeFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "harvest_bridge.console.second_factor.SecondFactorMiddleware",
    "harvest_bridge.console.audit.middleware.AuditMiddleware",
]
# Of these, what says something about REST requests (`console/rest_handler.py`); the others are for pages.
REST_MIDDLEWARE = {
    "harvest_bridge.console.local_debug.LoopbackOnly",
    "django.middleware.security.SecurityMiddleware",
    "harvest_bridge.api.text_validation.ReadableRequests",
    "harvest_bridge.api.double_slashes.SingleSlashes",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
}
if DEBUG:
    MIDDLEWARE.insert(0, "harvest_bridge.console.local_debug.LoopbackOnly")
ROOT_URLCONF = "harvest_bridge.urls"
ASGI_APPLICATION = "harvest_bridge.asgi.application"
APPEND_SLASH = False
# Ten thousand people in a script whose every letter a JSON encoder escapes to six (docs/identities.md, "Uploading").
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- what we keep
if ON_SQLITE:
    # IMMEDIATE takes the write lock at BEGIN, so two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,  # seconds for another writer's lock; then 503 `database_busy`
        # Each thread has a connection with a cache of its own: 1 MB, not the usual 2, as the system keeps pages too.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-1024;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 600  # seconds; opening costs as much as a request's queries
else:
    from harvest_bridge.postgresql.connections import WatchedConnection

    DATABASES["default"]["ENGINE"] = "harvest_bridge.postgresql"
    # A pool that goes on trying by itself tries ever more seldom; ours tries when somebody asks.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 2,
        "pool": {
            "min_size": 1,
            "max_size": 10,
            "timeout": 1,
            "reconnect_timeout": 0,
            "connection_class": WatchedConnection,
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = ENV.REDIS_URL
IN_REDIS = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
}
_IN_MEMORY = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "answers"}
CACHES: dict[str, dict[str, Any]] = {
    # Counters of attempts and spent states: nothing but time removes them.
    "default": IN_REDIS if REDIS_URL else {"BACKEND": "harvest_bridge.api.memory_cache.LastingMemoryCache"},
    # Harvest's answers, which may be asked for again: the oldest make room.
    "answers": (IN_REDIS | {"KEY_PREFIX": "answers"})
    if REDIS_URL
    else (_IN_MEMORY | {"OPTIONS": {"MAX_ENTRIES": 5000}}),
}
# Without Redis exactly one web process runs (web_lock.py holds that), so counting in its own memory is exact.
SILENCED_SYSTEM_CHECKS = [] if REDIS_URL else ["django_ratelimit.E003", "django_ratelimit.W001"]

# Its queues in PostgreSQL are not ours, nor the one in Redis where there is none.
with without("psycopg", *([] if REDIS_URL else ["redis"])):
    from huey.serializer import SignedSerializer

HUEY: dict[str, Any] = {
    "name": "harvest-bridge",
    "huey_class": f"harvest_bridge.job_queue.{'RedisQueue' if REDIS_URL else 'SqliteQueue'}",
    "connection": {"url": REDIS_URL} if REDIS_URL else {"filename": str(VAR_DIR / "queue.sqlite3")},
    # Jobs are pickled: signed, so that writing to the queue is not yet running code.
    "serializer": SignedSerializer(secret=SECRET_KEY, salt="harvest-bridge jobs"),
    "immediate": False,
    "consumer": {"workers": 2, "worker_type": "thread"},
}

# --- operators
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ACCOUNT_ADAPTER = "harvest_bridge.console.operators.OperatorAdapter"
SOCIALACCOUNT_ADAPTER = "harvest_bridge.console.operators.LinkingOnlyAdapter"
REQUIRE_TWO_FACTOR = ENV.REQUIRE_TWO_FACTOR
HAS_MAIL = bool(ENV.EMAIL_URL)
vars().update(mail_server(ENV.EMAIL_URL))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.EMAIL_FROM or f"harvest-bridge@{urlsplit(PUBLIC_URL).hostname or 'localhost'}"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Harvest Bridge] "
CSRF_FAILURE_VIEW = "harvest_bridge.console.error_pages.csrf_failure"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs themself up here, so an address proves nothing
MFA_TOTP_ISSUER = "Harvest Bridge"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SOCIALACCOUNT_PROVIDERS = {
    "harvest": {"APPS": [{"client_id": HARVEST_CLIENT_ID, "secret": HARVEST_CLIENT_SECRET}]},
}
UNFOLD = {
    "SITE_TITLE": "Harvest Bridge",
    "SITE_HEADER": "Harvest Bridge",
    "SITE_SUBHEADER": lambda request: f"Version {version()}",
    "SITE_SYMBOL": "timer",
    "SHOW_VIEW_ON_SITE": False,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("console/favicon.svg")}],
    "ACCOUNT": {"navigation": ACCOUNT_LINKS},
    "COLORS": {"primary": PRIMARY},
    "DASHBOARD_CALLBACK": "harvest_bridge.console.dashboard.page.context",
    "SIDEBAR": {"show_search": True, "command_search": True, "navigation": NAVIGATION},
    "COMMAND": {"search_callback": "harvest_bridge.console.search.found"},
}

# --- the browser
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-hb_session" if IS_HTTPS else "hb_session"
CSRF_COOKIE_NAME = "__Host-hb_csrf" if IS_HTTPS else "hb_csrf"
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would drop the cookie on the way back from Harvest's consent
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Not `no-referrer`: browsers then send `Origin: null` with our own forms, which the CSRF check must refuse.
SECURE_REFERRER_POLICY = "same-origin"
STATIC_URL = "/static/"
STATIC_ROOT = Path(ENV.STATIC_ROOT or VAR_DIR / "static")
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "harvest_bridge.console.static.HashedOnceCollected"},
}

# --- REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["harvest_bridge.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["harvest_bridge.api.permissions.AcceptedCaller"],
    "DEFAULT_RENDERER_CLASSES": ["harvest_bridge.api.renderers.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["harvest_bridge.api.parsers.StrictJsonParser"],
    "EXCEPTION_HANDLER": "harvest_bridge.api.errors.answer_error",
    "DEFAULT_SCHEMA_CLASS": "harvest_bridge.api.openapi_schema.BridgeSchema",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a parameter like any other
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Harvest Bridge",
    "DESCRIPTION": "Harvest time tracking inside your product: linking, Harvest's own API, and one user directory.\n\n"
    "Any Harvest client also works unchanged against `/v2`; the timer's own API is for our frames alone.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/",
    "POSTPROCESSING_HOOKS": ["harvest_bridge.console.openapi_document.complete"],
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}

USE_TZ = True
TIME_ZONE = "UTC"
# The connect pages speak the person's language (connections/pages/rendering.py); everything else speaks English.
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
    ("pt-br", "Português (Brasil)"),
]
LOCALE_PATHS = [ROOT / "harvest_bridge" / "connections" / "locale"]
LOGGING = logging_config(ENV.LOG_LEVEL)

"""Every route × every scope × every class of token: who is let in, and that nobody else is.

A new route without a row here fails.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient
from starlette.routing import Route

from harvest_bridge.asgi import application
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from tests.every_token import KEYS, every_token
from tests.people import rest
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link, linked

__all__ = ["link", "linked"]

THEIR_OWN = ("admin/", "accounts/")  # Django's and allauth's, behind an operator's session
CONNECTIONS, DIRECTORY, HARVEST, WEBHOOKS = "connections", "directory", "harvest", "webhooks"
INSIGHTS = "insights"
PROVISIONING = "provisioning"
INVOICES = "invoices"
SESSIONS = {"timer session", "portal session"}
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Row:
    """Who is let in: the classes of tokens, and the scopes that the key, or the token's key, must have."""

    classes: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    # Where writing takes another scope than reading.
    writing: tuple[str, ...] | None = None

    def lets_in(self, method: str) -> set[str]:
        scopes = self.scopes if self.writing is None or method == "get" else self.writing
        able = [name for name, held in KEYS.items() if set(scopes) <= set(held)]
        of_keys = {f"{kind}: {name}" for kind in self.classes if kind not in SESSIONS for name in able}
        return of_keys | (SESSIONS & set(self.classes))


def key(*scopes: str) -> Row:
    return Row(("key",), scopes)


def data(*scopes: str, writing: str | None = None) -> Row:
    return Row(("key", "account token"), scopes, (writing,) if writing else None)


NOWHERE = "5f0f7b5e-33f5-4f7c-9d8a-7a5a3c2c8b11"
EVENTS = f"/webhook/{NOWHERE}/events"
CHANGES, EXPORT = (f"/mirror/{path}?integrated_account_id={NOWHERE}" for path in ("changes", "export/tasks"))
PROGRESS = f"/provisioning/runs/{NOWHERE}/events?integrated_account_id={NOWHERE}"
REFUSALS = {
    "missing_token",
    "unknown_token",
    "invalid_api_key",
    "invalid_integrated_account_token",
    "timer_session_expired",
    "portal_session_expired",
    "token_not_accepted",
    "missing_scope",
}


SESSION = Row(("timer session",))
# Pages and files: a bearer token is not even looked at; link tokens and cookies have tests of their own.
OPEN = None

LINKING = dict.fromkeys(
    ("link-token", "integrated-account-list", "integrated-account-token", "refresh-credentials", "integrated-account"),
    key(CONNECTIONS),
) | dict.fromkeys(
    (
        "integrated-account-bulk-delete",
        "integrated-account-capabilities",
        "integration-list",
        "integration",
        "environment-integration-list",
        "environment-integration",
    ),
    key(CONNECTIONS),
)
MAPPINGS = dict.fromkeys(("mapping-list", "mapping", "mapping-versions", "mapping-restore"), key(CONNECTIONS))
IDENTITIES = dict.fromkeys(
    (
        "identity-list",
        "identity-matching",
        "identity-decisions",
        "identity",
        "identity-confirm",
        "identity-reject",
        "identity-override",
    ),
    key(CONNECTIONS, DIRECTORY),
)
READING = dict.fromkeys(
    (
        "me",
        "organization-list",
        "organization",
        "group-list",
        "group",
        "workspace-list",
        "workspace",
        "utilization-list",
    ),
    data(DIRECTORY),
)
META = dict.fromkeys(("method-meta", "method-meta-harvest", "directory-meta"), data())  # of the model, not of data
MIRROR_READING = dict.fromkeys(
    ("mirror-records", "mirror-record", "mirror-snapshot", "mirror-rpde", "mirror-rpde-resource"), data(HARVEST)
)
WRITING = dict.fromkeys(
    ("user-list", "user", "user-archive", "user-restore", "role-list", "role"), data(DIRECTORY, writing=HARVEST)
)
MIRROR = dict.fromkeys(
    ("mirror-streams", "mirror-sync", "mirror-runs", "mirror-settings", "mirror-copy"), data(HARVEST)
)
INSIGHT = dict.fromkeys(
    (
        *("insight-definitions", "insight-entries", "utilization", "utilization-now", "utilization-settings"),
        *("work-terms", "work-terms-one", "utilization-people", "utilization-person"),
        *("profitability", "exchange-rates", "exchange-rate", "budgets", "budget-settings"),
        *("insight-plot", "insight-plot-file"),
    ),
    data(INSIGHTS),
)
PROVISION = dict.fromkeys(
    ("provisioning-runs", "provisioning-run", "provisioning-run-continue", "provisioning-run-undo"), data(PROVISIONING)
)
PAYOUTS = dict.fromkeys(
    (
        *("payout-list", "payout", "payout-verify", "payout-close", "payout-export", "payout-paid"),
        *("payout-statement", "payout-print", "payout-rates", "payout-rate", "payee-list", "payee"),
    ),
    key(INSIGHTS),
)
OF_INVOICES = dict.fromkeys(
    ("invoice-list", "invoice", "estimate-list", "estimate", "invoice-settings", "payment-list", "payment")
    + ("invoice-reconciliation", "payment-decisions", "payment-inbox-settings")
    + ("invoice-mark-sent", "invoice-close", "invoice-reopen", "invoice-to-draft", "invoice-send-email"),
    data(INVOICES),
)
PROXY = dict.fromkeys(("proxy-report", "proxy-collection", "proxy-record", "proxy-method", "custom"), data(HARVEST))
TIMER = dict.fromkeys(
    (
        "timer-state",
        "timer-totals",
        "timer-projects",
        "timer-suggestion",
        "timer-day",
        "timer-start",
        "timer-stop",
        "timer-entry",
        "timer-beginning",
        "timer-undo",
        "timer-clicks-decision",
        "timer-history",
        "timer-history-file",
        "timer-forgotten",
        "timer-heartbeat",
        "timer-project",
        "timer-sign-out",
        "timer-connect",
    ),
    SESSION,
)
PORTAL = dict.fromkeys(
    (
        *("portal-invoices", "portal-invoice", "portal-invoice-print"),
        *("portal-estimates", "portal-estimate", "portal-estimate-print", "portal-sign-out"),
    ),
    Row(("portal session",)),
)
HOOKS = dict.fromkeys(
    (
        "webhook-list",
        "webhook-test",
        "webhook",
        "webhook-rotate-secret",
        "webhook-replay",
        "webhook-deliveries",
        "webhook-delivery",
    ),
    key(WEBHOOKS),
)
PAGES = dict.fromkeys(
    (
        "payment-inbox",  # the provider signs: tests/invoices/test_inbox.py
        "connect-account",
        "connect-account-personal-token",
        "connect-account-post-connect",
        "connect-account-authorize",
        "harvest_callback",
        "connect-account-account",
        "connect-account-linked",
        "connect-account-status",
        "link-sdk-js",
        "link-shim-js",
        "platform-js",
        "shortcuts-js",
        "assets-integrity",
        "assets-platform-js",
        "assets-shortcuts-js",
        "assets-types",
        "platform-controller",
        "platform-timer",
        "preview-page",
        "preview-loader",
        "preview-controller",
        "preview-panel",
        "platform-sign-in",
        "platform-sign-in-harvest",
        "timer-session",
        "portal-session",
        "embed-js",
        "assets-embed-js",
        "embed-invoices",
        "embed-insights",
        "schema",
        "docs",
        "docs-section",
        "docs-part",
        "manual",
        "manual-file",
        "ping",
        "health-ready",
        "root",
        "favicon",
    ),
    OPEN,
)
ROWS: dict[str, Row | None] = {
    **LINKING,
    **MAPPINGS,
    **IDENTITIES,
    **READING,
    **META,
    **WRITING,
    **MIRROR_READING,
    **PROXY,
    **MIRROR,
    **INSIGHT,
    **PROVISION,
    "provisioning-inbox": OPEN,  # signed by the CRM: tests/provisioning/test_inbox.py
    **OF_INVOICES,
    **PAYOUTS,
    **TIMER,
    **PORTAL,
    **HOOKS,
    **PAGES,
    "integrated-account-me": Row(("account token",), (CONNECTIONS,)),
    "mapping-preview": key(DIRECTORY),
}
ASGI_ROWS = {
    "/v2/{path:path}": data(HARVEST),
    "/api/v2/{path:path}": data(HARVEST),
    "/webhook/{webhook_id}/events": key(WEBHOOKS),
    "/mirror/changes": data(HARVEST),
    "/mirror/export/{resource}": data(HARVEST),
    "/provisioning/runs/{run_id}/events": data(PROVISIONING),
    "/timer/stream": SESSION,
    "/health/live": OPEN,
    "/metrics": OPEN,  # its own token: tests/console/test_metrics.py
}


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if path.startswith(THEIR_OWN):
            continue
        if isinstance(pattern, URLPattern):
            yield str(pattern.name), path, pattern
        else:
            yield from routes(pattern.url_patterns, path)


ROUTES = list(routes(get_resolver().url_patterns))
CASES = [
    pytest.param(name, path, method, id=f"{method} {name}")
    for name, path, pattern in ROUTES
    if ROWS.get(name)
    for method in METHODS
    if hasattr(pattern.callback.view_class, method)
]


def test_every_route_has_a_row() -> None:
    assert {name for name, _, _ in ROUTES} == set(ROWS)
    assert {route.path for route in application.routes if isinstance(route, Route)} == set(ASGI_ROWS)


@pytest.fixture
def tokens(board: NewHostApp, a_connection: Connection) -> dict[str, str]:
    return every_token(board, a_connection)


@pytest.fixture
def a_connection(board: NewHostApp) -> Connection:
    """One that is never used: who is let in asks for another, which there is not."""
    return Connection.objects.create(
        host_app=board.host_app,
        tenant_id="acme",
        kind="account",
        harvest_account_id=42,
        harvest_account_name="Acme",
        harvest_user_id=7,
        linked_by="Alice",
    )


def target(path: str) -> str:
    nowhere = str(uuid.uuid4())
    for parameter in (
        "<uuid:host_app_id>",
        "<str:connection_id>",
        "<str:identity_id>",
        "<str:webhook_id>",
        "<str:event_id>",
        "<str:period_id>",
        "<str:invoice_id>",
        "<str:estimate_id>",
        "<str:document_id>",
    ):
        path = path.replace(parameter, nowhere)
    path = path.replace("<str:resource>", "users").replace("<str:wanted>", "7").replace("<str:method>", "list")
    path = path.replace("<str:user_id>", "7").replace("<str:rate_id>", "7")
    path = path.replace("<str:record_id>", "7").replace("<str:field>", "title").replace("<path:report>", "uninvoiced")
    path = path.replace("plots/<str:name>", "plots/margins")
    path = path.replace("<path:external_id>", "pi_1").replace("<str:provider>", "stripe")
    return "/" + path.replace("<path:path>", "v2/users").replace("<version>", "1")


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "path", "method"), CASES)
def test_each_route_lets_in_whom_its_row_names_and_nobody_else(
    tokens: dict[str, str], name: str, path: str, method: str
) -> None:
    row, let_in = ROWS[name], set()
    assert row is not None
    for kind, token in tokens.items():
        client = rest(token) if token else APIClient()
        query = (
            {}
            if "integrated-account" in path or path.startswith(("timer", "portal"))
            else {"integrated_account_id": NOWHERE}
        )
        answer = getattr(client, method)(target(path), query_params=query, format="json")
        code = answer.json().get("code") if answer.status_code >= 400 else None
        if answer.status_code in (401, 403):
            assert code in REFUSALS, (kind, answer.content)
        else:
            let_in.add(kind)
    assert let_in == row.lets_in(method)


MAKE = """
import json
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp, WidgetKey
from harvest_bridge.hosts.services import NewHostApp
from tests.every_token import every_token
host = HostApp.objects.get(pk='{host_app_id}')
key = WidgetKey.objects.get(pk='{widget_key_id}')
board = NewHostApp(host_app=host, api_key='', widget_key=key, widget_secret='{widget_secret}')
print(json.dumps(every_token(board, Connection.objects.get(pk='{connection}'), origin='{origin}')))
"""


@pytest.mark.parametrize("path", ["/v2/company", "/api/v2/company", "/timer/stream", EVENTS, CHANGES, EXPORT, PROGRESS])
@pytest.mark.django_db
def test_routes_beside_django_let_in_whom_their_row_names_and_nobody_else(
    bridge: Bridge, linked: str, path: str
) -> None:
    made = bridge.manage(
        "shell", "--no-imports", "-c", MAKE.format(**bridge.host, connection=linked, origin=bridge.host_origin)
    )
    let_in = set()
    for kind, token in json.loads(made.splitlines()[-1]).items():
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        named = {} if "account token" in kind else {"Harvest-Bridge-Connection": linked}
        for _ in range(2):  # the second time from memory
            with httpx.stream("GET", bridge.url + path, headers=headers | named, trust_env=False) as answer:
                if answer.status_code == 200 or (
                    path in (EVENTS, CHANGES, EXPORT, PROGRESS) and answer.status_code == 404
                ):
                    let_in.add(kind)
                else:
                    assert answer.status_code in (401, 403)
                    assert json.loads(answer.read())["code"] in REFUSALS, kind
    name = "{run_id}" if path == PROGRESS else "{webhook_id}"
    route = path.replace(NOWHERE, name).partition("?")[0].replace("/tasks", "/{resource}")
    row = ASGI_ROWS.get(route) or ASGI_ROWS["/v2/{path:path}"]
    assert row is not None
    assert let_in == row.lets_in("get")

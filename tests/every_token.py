"""One token of every class and state, for tests of who may call what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import create_account_token, create_link_token
from harvest_bridge.embed.models import PortalSession
from harvest_bridge.embed.portal.embed_tokens import verify as verify_portal_token
from harvest_bridge.embed.portal.sessions import open_session as open_portal_session
from harvest_bridge.hosts.models import ApiKey, Scope
from harvest_bridge.hosts.services import NewHostApp, issue_api_key, issue_widget_key, revoke_api_key, revoke_widget_key
from tests.people import ORIGIN, widget_token
from timer_widget.models import Person
from timer_widget.sessions.exchange import open_session
from timer_widget.sessions.guests import CODE_PREFIX, issue_code, kept_sign_in

KEYS = {**{scope: [scope] for scope in Scope.values}, "every scope": Scope.values, "no scope": []}


def every_token(host: NewHostApp, connection: Connection, *, origin: str = ORIGIN) -> dict[str, str]:
    """Shape: `key: connections`, `account token: harvest` and so on, by the scopes of the key; the other classes by
    their names; what is over by why."""
    tokens: dict[str, str] = {"none": "", "garbage": "garbage", "a Harvest token": "7000101.pt.alice"}
    for name, scopes in KEYS.items():
        row, text = issue_api_key(host_app=host.host_app, scopes=scopes)
        tokens[f"key: {name}"] = text
        tokens[f"account token: {name}"] = create_account_token(connection=connection, api_key=row)
    for name, end in {"revoked": _revoke, "expired": _expire}.items():
        row, text = issue_api_key(host_app=host.host_app, scopes=Scope.values)
        tokens[f"{name} key"] = text
        tokens[f"account token of a {name} key"] = create_account_token(connection=connection, api_key=row)
        end(row)
    return tokens | _old(connection) | _of_browsers(host, connection, origin)


def _revoke(row: ApiKey) -> None:
    revoke_api_key(api_key=row)


def _expire(row: ApiKey) -> None:
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def _old(connection: Connection) -> dict[str, str]:
    row = connection.host_app.api_keys.earliest("created_at")
    an_hour_ago = timezone.now() - timedelta(hours=1)
    return {"old account token": create_account_token(connection=connection, api_key=row, now=an_hour_ago)}


def _of_browsers(host: NewHostApp, connection: Connection, origin: str) -> dict[str, str]:
    person, _ = Person.objects.get_or_create(host_app=host.host_app, tenant_id="acme", user_id="carmen")
    revoked, _ = issue_widget_key(host_app=host.host_app)
    given: dict[str, Any] = {"person": person, "origin": origin, "item_ids": None}
    session, text = open_session(**given, widget_key=host.widget_key)
    _, text_of_revoked = open_session(**given, widget_key=revoked)
    revoke_widget_key(widget_key=revoked)
    code = issue_code(host_app=host.host_app, connection=connection, origin=origin)
    assert code.startswith(CODE_PREFIX)
    return {
        "link token": create_link_token(host_app=host.host_app, tenant_id="acme"),
        "widget token": widget_token(host),
        "timer session": text,
        "portal token": portal_token(host, origin=origin),
        "portal session": _portal_session(host, connection, origin),
        "ended portal session": _portal_session(host, connection, origin, is_over=True),
        "timer session of a revoked widget key": text_of_revoked,
        "kept sign-in": kept_sign_in(session),
        "sign-in code": code,
    }


def portal_token(host: NewHostApp, **claims: Any) -> str:
    return widget_token(host, **{"aud": "portal", "client_id": 3, **claims})


def _portal_session(host: NewHostApp, connection: Connection, origin: str, *, is_over: bool = False) -> str:
    """Of an account that is named, as a tenant may have several."""
    token = portal_token(host, origin=origin, tenant_id=connection.tenant_id, integrated_account_id=str(connection.pk))
    session, text = open_portal_session(verify_portal_token(token))
    if is_over:
        PortalSession.objects.filter(pk=session.pk).update(expires_at=timezone.now())
    return text

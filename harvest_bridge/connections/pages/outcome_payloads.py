"""Payloads that report an outcome to the host (truto-wire §2.3), and the origins that may receive them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from harvest_bridge.connections.errors import LinkFailure
from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.connections.redirects import is_home
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.queries import host_app_at, origins_of

from .link_request import INTEGRATION, LinkRequest

Payload = dict[str, Any]
_RIDES_IN_A_QUERY = ("result", "integration", "integrated_account_id", "error", "error_type")


def success_payload(connection: Connection) -> Payload:
    return {
        "result": "success",
        "integration": INTEGRATION,
        "integrated_account_id": str(connection.pk),
        "is_truto": True,
    }


def failure_payload(failure: LinkFailure, *, integration: str = INTEGRATION) -> Payload:
    return {
        "result": "error",
        "integration": integration,
        "error": failure.message,
        "error_type": failure.error_type,
        "code": failure.code,
        "is_truto": True,
    }


def closed_payload() -> Payload:
    """The person went back without connecting; the link SDK's own word for it."""
    return {"result": "error", "integration": INTEGRATION, "error": "closed", "error_type": "connection_error"}


def targets(asked: LinkRequest, host_app: HostApp | None) -> list[str]:
    """The exact origins that may hear the outcome: the host's, narrowed to the one that opened us where that is known.

    Without a host (the link token names none) an opener on any listed origin may hear of the failure, which holds no
    secret.
    """
    hint = asked.values.get("origin", "")
    if host_app is None:
        return [hint] if hint and host_app_at(hint) else []
    allowed = origins_of(host_app)
    return [hint] if hint in allowed else allowed


def framers(asked: LinkRequest, host_app: HostApp | None) -> list[str]:
    """Who may frame the page. All of the host's origins, since its frames may lie within each other."""
    return origins_of(host_app) if host_app else targets(asked, None)


def way_back(link_token: LinkToken | None, payload: Payload) -> str:
    """`redirect_uri` with the payload in its query; "" without one, or when its origin is no longer the host's."""
    if link_token is None or not is_home(link_token.redirect_uri, link_token.host_app):
        return ""
    parts = urlsplit(link_token.redirect_uri)
    told = {name: payload[name] for name in _RIDES_IN_A_QUERY if name in payload}
    query = "&".join(filter(None, [parts.query, urlencode(told)]))
    return urlunsplit(parts._replace(query=query))

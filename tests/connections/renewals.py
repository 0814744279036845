"""Calls of a connection whose tokens are renewed, what Harvest was asked for that, and time that goes by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.sandbox.testing import RunningSandbox

TOKEN_PATH, ME = "/api/v2/oauth2/token", "/v2/users/me"
CALLERS = 12


def asked(sandbox: RunningSandbox, path: str = TOKEN_PATH) -> int:
    return len(sandbox.requests(path=path))


def call(api: APIClient, connection: Connection, path: str = "/proxy/clients") -> Any:
    return api.get(path, {"integrated_account_id": str(connection.pk)})


def write(api: APIClient, connection: Connection) -> Any:
    query = {"integrated_account_id": str(connection.pk)}
    headers = {"Idempotency-Key": "k"}
    return api.post("/proxy/clients", data={"name": "Vandelay"}, format="json", query_params=query, headers=headers)


def whats(connection: Connection) -> list[str]:
    return [event.what for event in connection.events.order_by("id")][1:]


def token_of(connection: Connection) -> str:
    row = Connection.objects.get(pk=connection.pk)
    return key_ring().open(row.sealed_access_token, bound_to=row.binding("access token"))


def is_later(*, seconds: float) -> None:
    """As if everything that is written down had happened so much earlier."""
    for name in ("last_refreshed_at", "checked_at", "refused_since", "refresh_not_before"):
        earlier = F(name) - timedelta(seconds=seconds)
        Connection.objects.exclude(**{name: None}).update(**{name: earlier})

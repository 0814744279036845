"""The portal of one client of an account."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.models import Mirror
from tests.mirror.reading.conftest import connected
from tests.people import ORIGIN, rest, widget_token

from .records import OURS, filled


@pytest.fixture
def account(board: NewHostApp) -> Connection:
    return connected(board)


@pytest.fixture
def mirror(account: Connection) -> Mirror:
    return filled(account)


def portal_token(host: NewHostApp, **claims: Any) -> str:
    """As the host's back end signs it for our client; `claims` add or replace, None leaves one out."""
    return widget_token(host, **{"aud": "portal", "sub": "pia", "client_id": OURS, **claims})


def exchange(token: str, origin: str = ORIGIN, **headers: str) -> Any:
    return APIClient().post("/portal/session", {"token": token, "origin": origin}, format="json", headers=headers)


def portal(host: NewHostApp, **claims: Any) -> APIClient:
    """A visitor's frame, with its session."""
    answer = exchange(portal_token(host, **claims))
    assert answer.status_code == 200, answer.content
    return rest(answer.json()["session"])

"""Carmen and Alice at their widgets, for tests of the timer's API."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from tests.people import ORIGIN, rest, widget_token

ITEM = {
    "id": "T-1",
    "name": "Fix the login",
    "group_id": "web",
    "group_name": "Web",
    "account_id": "77",
    "permalink": f"{ORIGIN}/tickets/1",
}


def click(**asked: Any) -> dict[str, Any]:
    """A body with a key and a moment of its own."""
    return {"idempotency_key": uuid.uuid4().hex, "clicked_at": datetime.now(UTC).isoformat(), **asked}


def session(host: NewHostApp, **claims: Any) -> APIClient:
    token = widget_token(host, **claims)
    return rest(APIClient().post("/timer/session", {"token": token, "origin": ORIGIN}, format="json").json()["session"])

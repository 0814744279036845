"""The tokens of the frames beside the timer: insights of an account, and one client's invoices. Copy this."""

from __future__ import annotations

import os
import time
import uuid
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import jwt
from harvest_events import call


def insights_token(account_id: str) -> str:
    """For `<harvest-insights>`: 15 minutes of this account's insights, and of nothing else that your API key may do."""
    asked = {"integrated_account_id": account_id, "scopes": ["insights"]}
    return str(call("POST", "/integrated-account/token", asked)["integrated_account_token"])


def portal_token(*, account_id: str, client_id: int, user_id: str, tenant_id: str, origin: str) -> str:
    """For `<harvest-invoices>`: the invoices of this one client, once, within a minute, on `origin`."""
    now = int(time.time())
    claims = {
        "iss": os.environ["HOST_APP_ID"],
        "aud": "portal",
        "sub": user_id,  # your own id of whoever looks
        "tenant_id": tenant_id,
        "integrated_account_id": account_id,
        "client_id": client_id,  # Harvest's id of the client whose portal this is
        "origin": origin,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode(claims, os.environ["WIDGET_SECRET"], "HS256", headers={"kid": os.environ["WIDGET_KEY_ID"]})


def linked_account(tenant_id: str) -> str | None:
    """The customer's account, one that was linked for all before a person's own. Yours stands in your database."""
    rows = call("GET", f"/integrated-account?{urlencode({'tenant_id': tenant_id, 'limit': 100})}")["result"]
    rows = [row for row in rows if row["status"] == "active"]
    rows.sort(key=lambda row: row["kind"] != "account")
    return str(rows[0]["id"]) if rows else None


def begin_mirror(account_id: str) -> None:
    """Insights and invoices are read from a copy of the account, which begins once and is kept by itself."""
    call("POST", f"/mirror/sync?{urlencode({'integrated_account_id': account_id})}", {})


def some_client(account_id: str) -> int | None:
    """A client with invoices, for the demo; None while nothing is copied yet. Yours is who signed in to your portal."""
    query = urlencode({"integrated_account_id": account_id, "status": "overdue,partially_paid,open,paid", "limit": 200})
    try:
        rows: list[dict[str, Any]] = call("GET", f"/invoices?{query}")["result"]
    except HTTPError:
        return None
    ids = [row["client"]["id"] for row in rows if row["client"]]
    return max(ids, key=ids.count) if ids else None

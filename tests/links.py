"""What tests about linking do again and again, in the test client."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection, LinkToken


def ask_link_token(api: APIClient, **asked: Any) -> str:
    """The text of a link token; for the tenant `acme` unless a connection is named."""
    tenant = {} if "integrated_account_id" in asked else {"tenant_id": "acme"}
    response = api.post("/link-token", tenant | asked, format="json")
    assert response.status_code == 200, response.content
    text: str = response.json()["link_token"]
    return text


def outcome(text: str) -> dict[str, Any]:
    """What the waiting connect page is told, but for the moment of a failure and its way on."""
    body: dict[str, Any] = Client().get("/connect-account/status", headers={"Authorization": f"Bearer {text}"}).json()
    return {name: value for name, value in body.items() if name not in ("at", "way_on")}


def choose(browser: Client, back: Any, harvest_account_id: int) -> Any:
    """Press one account's button on the page that the callback led to."""
    choice = parse_qs(urlsplit(back["Location"]).query)["choice"][0]
    return browser.post("/connect-account/account", {"choice": choice, "account": str(harvest_account_id)})


def assert_nothing_stored() -> None:
    assert not Connection.objects.exists()
    assert not LinkToken.objects.exclude(sealed_grant="").exists()

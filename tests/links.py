"""What tests about linking do again and again, in the test client."""

from __future__ import annotations

import re
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


def confirm(browser: Any, back: Any) -> Any:
    """Say yes to the page that the callback led to, if it asks about one account; the page that it ends on.

    `browser` is Django's test client or httpx's, `back` the callback's answer. Of several accounts somebody has to
    choose, so then `back` is returned as it is.
    """
    if back.status_code != 302:
        return back
    page = browser.get(back.headers["Location"]).content.decode()
    accounts = re.findall(r'name="account" value="(\d+)"', page)
    if len(accounts) != 1:
        return back
    done = browser.post("/connect-account/account", data=confirmation_form(page) | {"account": accounts[0]})
    is_ours = done.status_code == 302 and done.headers["Location"].startswith("/connect-account/")
    return browser.get(done.headers["Location"]) if is_ours else done


def confirmation_form(page: str) -> dict[str, str]:
    """The hidden fields of the page that asks."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def choose(browser: Client, back: Any, harvest_account_id: int) -> Any:
    """Press one account's button on the page that the callback led to; the page that it ends on."""
    choice = parse_qs(urlsplit(back["Location"]).query)["choice"][0]
    fields = {"choice": choice, "account": str(harvest_account_id)}
    return browser.post("/connect-account/account", fields, follow=True)


def assert_nothing_stored() -> None:
    assert not Connection.objects.exists()
    assert not LinkToken.objects.exclude(sealed_grant="").exists()

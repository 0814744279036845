"""The identities page as an operator works it, from the keyboard alone, in every dress. Pictures: `var/screens/`."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account

PICTURES = ROOT / "var" / "screens"
OPERATOR = (
    "from django.contrib.auth import get_user_model as m; U = m().objects;"
    "U.filter(username='ida').exists() or U.create_superuser('ida', 'ida@example.com', 'a long pass phrase')"
)


def look(page: Page, state: str) -> None:
    """Nothing is cut off, axe finds nothing, and a picture is kept, in every dress."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for dress, width in {"light": 1280, "dark": 1280, "narrow": 390}.items():
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dress == "dark")
        page.screenshot(path=PICTURES / f"identities {state} {dress}.png")
        found = Axe().run(page, context=".hb-identities")
        assert found.violations_count == 0, f"{state}, {dress}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state}, {dress}: too wide"
    page.set_viewport_size({"width": 1280, "height": 1000})


@pytest.fixture
def people(bridge: Bridge, sandbox: RunningSandbox) -> Any:
    """Four people known by name alone, `p0` to `p3`, on Alice's account; answers a function that reads one."""
    bridge.manage("shell", "-c", OPERATOR)
    where = {"integrated_account_id": link_account(bridge, sandbox, "alice")}
    path = "/unified/user-directory/identities"
    users = [sandbox.user(nickname) for nickname in ("ivan", "julia", "hana", "grace")]
    named = [{"external_id": f"p{n}", "name": f"{user.first_name} {user.last_name}"} for n, user in enumerate(users)]
    assert bridge.api.put(path, params=where, json=named).json()["matching"]["counts"]["suggested"] == 4

    def read(external_id: str) -> tuple[str, str | None]:
        params = {**where, "external_id": external_id}
        [row] = bridge.api.get(path, params=params).json()["result"]
        return row["state"], row["harvest_user"] and row["harvest_user"]["name"]

    yield read
    bridge.api.delete(f"/integrated-account/{where['integrated_account_id']}")


def test_hundreds_could_be_decided_without_a_mouse(
    people: Any, page: Page, bridge: Bridge, browser_errors: BrowserErrors
) -> None:
    browser_errors.expect("favicon.ico")
    page.goto(f"{bridge.url}/accounts/login/?next=/admin/unified/identity/")
    page.locator("input[name=login]").fill("ida")
    page.locator("input[name=password]").fill("a long pass phrase")
    page.keyboard.press("Enter")
    rows, live = page.locator(".hb-row"), page.get_by_role("status")
    expect(rows.nth(0)).to_be_focused()
    look(page, "to decide")
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_be_focused()
    assert people("p0") == ("matched", "Ivan Petrov")
    page.keyboard.press("x")
    expect(rows.nth(2)).to_be_focused()
    assert people("p1") == ("unmatched", None)
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(rows.nth(1).get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("laura")
    expect(rows.nth(1).get_by_role("button", name="Laura Bianchi")).to_be_visible()
    look(page, "choosing")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(rows.nth(2)).to_be_focused()
    assert people("p1") == ("matched", "Laura Bianchi")
    page.keyboard.press("s")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Confirm 2")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(live).to_have_text("2 decided.")
    assert people("p2") == ("matched", "Hana Sato")
    assert people("p3") == ("matched", "Grace Mbeki")
    page.reload()
    expect(page.get_by_text("All decided")).to_be_visible()
    look(page, "all decided")

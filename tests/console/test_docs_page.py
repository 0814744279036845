"""/docs/ in a browser: all of it drawn, nothing from elsewhere, and nothing to complain of in the console."""

from __future__ import annotations

import httpx
from playwright.sync_api import Page

from tests.processes import Bridge


def test_the_page_is_drawn_with_nothing_from_elsewhere_and_no_complaint(page: Page, bridge: Bridge) -> None:
    """The fixture holds the console against it."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{bridge.url}/docs/")
    page.locator('[id="operation/list_users"]').wait_for(state="attached", timeout=30_000)
    page.get_by_text("API docs by Redocly").wait_for()
    assert [url for url in asked if not url.startswith((bridge.url, "data:", "blob:"))] == []
    assert page.locator("img").count() == 0
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_its_policy_lets_nothing_in_from_elsewhere(bridge: Bridge) -> None:
    policy = httpx.get(f"{bridge.url}/docs/").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "img-src 'self' data:;" in policy
    assert "http" not in policy

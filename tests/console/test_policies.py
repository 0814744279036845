"""Policies of the browser: the operators' pages work under theirs, and an https bridge says it is one."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge, running_bridge

PICTURES = ROOT / "var" / "screens"
OPERATOR = (
    "from django.contrib.auth import get_user_model as m; U = m().objects;"
    "U.filter(username='ida').exists() or U.create_superuser('ida', 'ida@example.com', 'a long pass phrase')"
)


def test_every_page_of_the_admin_works_under_its_policy(
    page: Page, bridge: Bridge, browser_errors: BrowserErrors
) -> None:
    """The fixture holds the console against it: a script or style that was refused is written there."""
    browser_errors.expect("favicon.ico")
    PICTURES.mkdir(parents=True, exist_ok=True)
    bridge.manage("shell", "-c", OPERATOR)
    page.goto(f"{bridge.url}/accounts/login/?next=/admin/")
    page.fill("[name=login]", "ida")
    page.fill("[name=password]", "a long pass phrase")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{bridge.url}/admin/")
    links = page.eval_on_selector_all("a[href^='/admin/']", "all => all.map(one => one.getAttribute('href'))")
    pages = sorted({link for link in links if "logout" not in link})
    assert len(pages) > 8
    for path in pages:
        answer = page.goto(f"{bridge.url}{path}")
        assert answer is not None
        assert answer.status == 200
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    page.goto(f"{bridge.url}/admin/hosts/hostapp/")
    page.locator("#result_list a, .result-list a, th a").first.click()
    page.wait_for_load_state()
    page.screenshot(path=PICTURES / "admin under its policy.png")
    page.goto(f"{bridge.url}/accounts/2fa/")


def test_an_https_bridge_says_so_on_every_answer(tmp_path: Path, sandbox_of_the_session: RunningSandbox) -> None:
    answers = {}
    with running_bridge(
        tmp_path,
        harvest_url=sandbox_of_the_session.url,
        ALLOWED_HOSTS="localhost",
        PUBLIC_URL="https://time.example.com",
    ) as bridge:
        for path in ("/health/live", "/v2/users/me", "/ping", "/metrics", "/admin/", "/nothing"):
            found = httpx.get(f"{bridge.url}{path}", trust_env=False)
            answers[path] = found.headers.get("Strict-Transport-Security")
    assert answers == dict.fromkeys(answers, "max-age=31536000")


@pytest.mark.parametrize("path", ["/health/live", "/v2/users/me", "/ping"])
def test_a_bridge_on_plain_http_does_not(bridge: Bridge, path: str) -> None:
    assert "Strict-Transport-Security" not in httpx.get(f"{bridge.url}{path}", trust_env=False).headers

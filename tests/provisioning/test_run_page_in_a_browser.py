"""A won deal's page as an operator sees it: stopped, gone on, and taken back. Pictures: `var/screens/`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import MAX_WAIT_MS, BrowserErrors
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account

from .agency import deal

PICTURES = ROOT / "var" / "screens"
OPERATOR = "from django.contrib.auth.models import User\nUser.objects.create_superuser('ida', '', 'a long pass phrase')"
UNTIL_A_WORKER_RUNS = 5 * MAX_WAIT_MS


@pytest.fixture
def bridge(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Bridge]:
    """With a worker of its own, which no other test keeps busy."""
    with running_bridge(tmp_path, harvest_url=sandbox.url, with_worker=True) as bridge:
        bridge.manage("shell", "--no-imports", "-c", OPERATOR)
        yield bridge


def look(page: Page, state: str) -> None:
    """Nothing is cut off, axe finds nothing, and a picture is kept, in every dress."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for dress, width in {"light": 1280, "dark": 1280, "narrow": 390}.items():
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dress == "dark")
        page.screenshot(path=PICTURES / f"deal {state} {dress}.png", full_page=True)
        found = Axe().run(page, context=".hb-deal")
        assert found.violations_count == 0, f"{state}, {dress}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state}, {dress}: too wide"
        if state == "stopped":
            why = page.locator(".hb-why").bounding_box()
            assert why is not None
            assert why["y"] + why["height"] <= 1000, f"{dress}: takes more than one screen"
    page.set_viewport_size({"width": 1280, "height": 1000})


def answer(page: Page, button: str) -> None:
    page.locator("a:visible", has_text=button).first.click()
    page.get_by_role("button", name="Yes").click()


def test_a_deal_that_stopped_is_explained_on_one_screen_gone_on_with_and_taken_back(
    bridge: Bridge, sandbox: RunningSandbox, page: Page, browser_errors: BrowserErrors
) -> None:
    browser_errors.expect("favicon.ico")
    account = link_account(bridge, sandbox, "alice")

    def post(**more: Any) -> Any:
        query = {"integrated_account_id": account}
        return bridge.api.post("/provisioning/runs", json={**deal(), **more}, params=query).json()

    run = post(dry_run=True)
    sandbox.post("/v2/clients", json={"name": "AURORA foods"})  # somebody makes it by hand meanwhile
    post()
    page.goto(f"{bridge.url}/accounts/login/?next=/admin/provisioning/run/{run['id']}/change/")
    page.fill("[name=login]", "ida")
    page.fill("[name=password]", "a long pass phrase")
    page.keyboard.press("Enter")

    why = page.get_by_label("Why it stands here")
    expect(why.get_by_role("heading")).to_contain_text("Stopped", timeout=UNTIL_A_WORKER_RUNS)
    expect(why).to_contain_text("plan_changed")
    expect(why.get_by_role("listitem").first).to_contain_text("not any more: POST /v2/clients")
    look(page, "stopped")

    answer(page, "Continue")
    steps = page.get_by_label("Steps")
    expect(page.get_by_text("Completed", exact=True)).to_be_visible(timeout=UNTIL_A_WORKER_RUNS)
    expect(steps.get_by_role("link", name="Web shop")).to_be_visible()
    look(page, "completed")

    answer(page, "Undo")
    expect(page.get_by_label("Undone")).to_contain_text("Web shop", timeout=UNTIL_A_WORKER_RUNS)
    expect(page.locator(".hb-head").get_by_text("Undone", exact=True)).to_be_visible(timeout=UNTIL_A_WORKER_RUNS)
    look(page, "undone")
    assert "Web shop" not in [project.name for project in sandbox.account.projects]

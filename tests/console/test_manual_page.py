"""The manual in a browser: nothing from elsewhere, nothing that its policy refuses, and a search without a server."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from harvest_bridge.env import ROOT
from tests.processes import Bridge


@pytest.fixture(scope="module", autouse=True)
def _manual() -> None:
    """Where the bridge serves it from."""
    subprocess.run([sys.executable, ROOT / ".ci" / "docs.py"], check=True, capture_output=True)


def test_pages_are_read_and_found_with_nothing_from_elsewhere(page: Page, bridge: Bridge) -> None:
    """The fixture holds the console against it, where a refused style or script would be told."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{bridge.url}/docs/manual/")
    page.get_by_role("link", name="Pay contractors").first.click()
    expect(page.get_by_role("heading", level=1, name="Pay contractors")).to_be_visible()
    page.get_by_role("button", name="Search").first.click()
    page.get_by_role("combobox", name="Search").fill("utilization")
    found = page.get_by_role("listbox", name="Search results").locator("a", has_text="Utilization")
    found.first.click()
    expect(page).to_have_url(re.compile(re.escape(f"{bridge.url}/docs/manual/") + r".+#utilization"))
    assert [url for url in asked if not url.startswith((bridge.url, "data:", "blob:"))] == []

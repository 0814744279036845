"""The mapping editor as an operator meets it: try, err, mend, save, undo; in every dress. Pictures: `var/screens/`."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import end_accounts, link_account

PICTURES = ROOT / "var" / "screens"
DRESSES: dict[str, dict[str, Any]] = {
    "light": {"width": 1280, "height": 1000},
    "dark": {"width": 1280, "height": 1000},
    "narrow": {"width": 390, "height": 1400},
}
OPERATOR = (
    "from django.contrib.auth import get_user_model as m; U = m().objects;"
    "U.filter(username='olga').exists() or U.create_superuser('olga', 'olga@example.com', 'a long pass phrase')"
)


@pytest.fixture
def editor(page: Page, bridge: Bridge, sandbox: RunningSandbox) -> Page:
    """Signed in, at the page for a new mapping; Alice's account is linked, and no other."""
    bridge.manage("shell", "-c", OPERATOR)
    end_accounts(bridge)
    link_account(bridge, sandbox, "alice")
    for row in bridge.api.get("/unified/mappings").json()["result"]:
        bridge.api.delete(f"/unified/mappings/{row['resource']}/{row['field']}")
    page.goto(f"{bridge.url}/accounts/login/?next=/admin/unified/fieldmapping/add/")
    page.locator("input[name=login]").fill("olga")
    page.locator("input[name=password]").fill("a long pass phrase")
    page.locator("input[name=password]").press("Enter")
    page.get_by_label("Host app").select_option(bridge.host["host_app_id"])
    return page


def look(page: Page, state: str) -> None:
    """Nothing is cut off, axe finds nothing, and a picture is kept, in every dress."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for dress, size in DRESSES.items():
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dress == "dark")
        page.screenshot(path=PICTURES / f"mapping {state} {dress}.png", full_page=True)
        found = Axe().run(page, context="#mapping-editor")
        assert found.violations_count == 0, f"{state}, {dress}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state}, {dress}: too wide"
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.evaluate("document.documentElement.classList.remove('dark')")


def test_a_mapping_is_tried_mended_saved_and_undone(editor: Page, browser_errors: BrowserErrors) -> None:
    browser_errors.expect("400", "favicon.ico")
    look(editor, "new")
    expression, save = editor.get_by_label("JSONata expression"), editor.get_by_role("button", name="Save")
    editor.get_by_label("Field", exact=True).fill("title")
    editor.get_by_role("button", name="Fetch").click()
    expect(editor.get_by_role("status")).to_contain_text("Fetched Alice Okafor")
    expression.fill("remote_data.first_name &")
    expect(editor.get_by_role("alert")).to_contain_text("Unexpected end of expression (at character 24)")
    look(editor, "mistake")
    expression.fill("remote_data.roles")
    expect(editor.get_by_role("alert")).to_contain_text("as users.title of the unified schema has it")
    expression.fill("remote_data.first_name & ', ' & $join(remote_data.access_roles, ' and ')")
    expect(editor.locator("#value-after")).to_have_text('"Alice, administrator"')
    expect(editor.locator("#value-now")).to_have_text("null")
    expect(editor.locator("#expression-problem")).to_be_empty()
    look(editor, "preview")
    save.click()
    expect(editor.get_by_text("Saved; it holds from the next request on.")).to_be_visible()
    expression.fill("'second'")
    save.click()
    expect(editor.get_by_text("current", exact=True)).to_be_visible()
    editor.get_by_role("button", name="Fetch").click()
    expect(editor.locator("#value-now")).to_have_text('"second"')
    look(editor, "versions")
    editor.get_by_role("button", name="Restore version 1").click()
    expect(expression).to_have_value("remote_data.first_name & ', ' & $join(remote_data.access_roles, ' and ')")
    expect(editor.get_by_text("as version 1")).to_be_visible()
    editor.get_by_role("button", name="Remove").click()
    expect(editor.get_by_text("the layer below holds")).to_be_visible()
    look(editor, "removed")
    editor.get_by_role("link", name="All mappings").click()
    expect(editor.get_by_role("link", name="users.title").first).to_be_visible()
    editor.screenshot(path=PICTURES / "mapping list light.png", full_page=True)

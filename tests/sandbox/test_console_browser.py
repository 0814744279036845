"""The console in a real browser: accessible in both colour schemes, narrow, alive, and usable from the keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors

NARROW = {"width": 320, "height": 640}


@pytest.fixture
def busy(harvest: RunningSandbox, track: Any) -> RunningSandbox:
    """A sandbox in which everything that the pages can show is there to be shown."""
    track("carmen", notes="Wireframes", external_reference={"id": "7", "permalink": "https://github.com/a/b/issues/7"})
    harvest.tokens_for("carmen")
    harvest.switch(delete_body="empty", requests_per_window=3)
    for _ in range(4):
        harvest.get("/v2/time_entries?per_page=50&updated_since=2026-11-20T00:00:00Z")
    harvest.get("/v2/users/me", headers={"Authorization": "Bearer nonsense"})
    harvest.fault("status", path="/v2/roles*", status=503, retry_after=7)
    harvest.fault("latency", path="/v2/roles*", seconds=90, times=None)
    return harvest


def pages_of(harvest: RunningSandbox) -> list[str]:
    invoice, carmen = harvest.account.invoices.rows()[-1], harvest.user("carmen").id
    return [
        "/",
        "/?done=clock",
        f"/sandbox/people/{harvest.account.id}",
        f"/sandbox/people/{harvest.account.id}/{carmen}",
        "/sandbox/requests",
        f"/sandbox/requests/{harvest.requests()[0].number}",
        "/sandbox/invoices",
        f"/invoice/{harvest.account.id}/{invoice.id}",
        f"/client/invoices/{invoice.client_key}",
        f"/timesheet/{harvest.account.id}/{carmen}",
        f"/timesheet/{harvest.account.id}/{carmen}?view=week",
        "/timesheet/1/1",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(
    browser: Browser, browser_errors: BrowserErrors, busy: RunningSandbox, scheme: Any
) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    for path in pages_of(busy):
        page.goto(f"{busy.url}{path}")
        assert Axe().run(page).response["violations"] == [], path
    context.close()


def test_no_page_is_wider_than_a_small_phone(page: Page, browser_errors: BrowserErrors, busy: RunningSandbox) -> None:
    browser_errors.expect("404")
    page.set_viewport_size(NARROW)
    for path in pages_of(busy):
        page.goto(f"{busy.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path


def test_what_happens_appears_without_a_reload(page: Page, harvest: RunningSandbox, track: Any) -> None:
    page.goto(harvest.url)
    expect(page.get_by_text("No timer runs.")).to_be_visible()
    track("carmen", notes="Wireframes")
    expect(page.get_by_role("row", name="Carmen Ruiz").filter(has_text="Wireframes")).to_be_visible()
    expect(page.get_by_role("link", name="POST /v2/time_entries")).to_be_visible()
    expect(page.get_by_role("meter", name="General, Carmen Ruiz")).to_have_attribute("aria-valuenow", "1")


def test_a_timer_ticks_between_two_answers(page: Page, harvest: RunningSandbox, track: Any) -> None:
    track("carmen")
    harvest.advance(3600)
    page.route("**/sandbox/live", lambda route: None)
    page.goto(harvest.url)
    shown = page.get_by_role("row", name="Carmen Ruiz").get_by_text("1:00:")
    begun = shown.inner_text()
    expect(shown).not_to_have_text(begun)
    assert shown.inner_text() > begun


def test_refreshing_leaves_focus_and_typing_alone(page: Page, harvest: RunningSandbox, track: Any) -> None:
    track("carmen")
    page.goto(harvest.url)
    page.get_by_label("Path, * for any").fill("/v2/clients")
    button = page.get_by_role("button", name="Copy the personal token of Dev Patel")
    button.focus()
    harvest.get("/v2/company", "alice")
    expect(page.get_by_role("link", name="GET /v2/company")).to_be_visible()
    expect(button).to_be_focused()
    expect(page.get_by_label("Path, * for any")).to_have_value("/v2/clients")


def test_a_form_works_from_the_keyboard_without_leaving_the_page(page: Page, harvest: RunningSandbox) -> None:
    page.goto(harvest.url)
    page.evaluate("window.same = true")
    page.get_by_role("button", name="+1 hour").press("Enter")
    expect(page.get_by_role("status")).to_have_text("The clock was moved.")
    expect(page.get_by_text("1 h ahead")).to_be_visible()
    assert page.evaluate("window.same")
    assert harvest.clock.offset == 3600


def test_a_switch_is_turned_and_marked(page: Page, harvest: RunningSandbox) -> None:
    page.goto(harvest.url)
    page.get_by_label("Answer to a DELETE").select_option("An empty body")
    page.get_by_role("form", name="Answers and refusals").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Default: The deleted record.")).to_be_visible()
    expect(page.get_by_label("Answer to a DELETE")).to_have_value("empty")
    assert harvest.world.switches.delete_body == "empty"


def test_a_refused_form_says_why_in_its_place(
    page: Page, browser_errors: BrowserErrors, harvest: RunningSandbox, track: Any
) -> None:
    browser_errors.expect("422")
    track("carmen")
    page.goto(f"{harvest.url}/sandbox/people/{harvest.account.id}/{harvest.user('carmen').id}")
    page.get_by_role("button", name="Approve").first.click()
    expect(page.get_by_role("region", name="Weeks").get_by_role("alert")).to_contain_text(
        "Carmen Ruiz has a running timer"
    )


def test_after_the_last_fault_is_removed_focus_is_not_lost(page: Page, harvest: RunningSandbox) -> None:
    harvest.fault("reset", path="/none")
    page.goto(harvest.url)
    page.get_by_role("button", name="Remove fault").click()
    expect(page.get_by_text("Nothing is ordered")).to_be_visible()
    expect(page.get_by_role("heading", name="Faults")).to_be_focused()


def test_a_token_is_copied(context: BrowserContext, page: Page, harvest: RunningSandbox) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(harvest.url)
    page.get_by_role("button", name="Copy the personal token of Carmen Ruiz").click()
    expect(page.get_by_role("status")).to_have_text("Copied the personal token of Carmen Ruiz.")
    assert page.evaluate("navigator.clipboard.readText()") == harvest.personal_token("carmen")


def test_the_refreshing_can_be_paused(page: Page, harvest: RunningSandbox) -> None:
    page.clock.install()
    page.goto(harvest.url)
    page.get_by_role("button", name="Live").press("Space")
    expect(page.get_by_role("button", name="Paused")).to_have_attribute("aria-pressed", "false")
    harvest.get("/v2/users/me")
    page.clock.run_for(10_000)
    expect(page.get_by_role("link", name="GET /v2/users/me")).to_have_count(0)
    page.get_by_role("button", name="Paused").press("Space")
    expect(page.get_by_role("link", name="GET /v2/users/me")).to_be_visible()


def test_everything_works_without_script(browser: Browser, harvest: RunningSandbox) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(harvest.url)
    page.get_by_role("button", name="+1 hour").click()
    expect(page.get_by_role("status")).to_have_text("The clock was moved.")
    assert page.url.endswith("#clock")
    context.close()


def test_an_open_timesheet_follows_the_timer(page: Page, harvest: RunningSandbox, track: Any) -> None:
    day = harvest.now().date().isoformat()  # where Carmen is, that may be tomorrow
    page.goto(f"{harvest.url}/timesheet/{harvest.account.id}/{harvest.user('carmen').id}?day={day}")
    track("carmen", notes="Wireframes")
    expect(page.get_by_text("Wireframes")).to_be_visible()

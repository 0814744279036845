"""/docs/ in a browser: light, one section at a time, for everybody, and calls that can be tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account

# What the first view may send: at 1.6 Mbit a second and 150 ms there and back, a slow phone's, that is half a second.
MOST_BYTES = 40_000
MOST_REQUESTS = 4
PLACES = ["", "errors", "user-directory", "time_entries", "reports_time_team"]


@pytest.fixture
def account(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[str]:
    connection_id = link_account(bridge, sandbox, "alice")
    yield connection_id
    bridge.api.delete(f"/integrated-account/{connection_id}")


def sent_bytes(response: Response) -> int:
    sizes = response.request.sizes()
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])


def test_the_first_view_is_a_few_small_files_of_ours(page: Page, bridge: Bridge) -> None:
    """The fixture holds the console against it."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"{bridge.url}/docs/", wait_until="networkidle")
    expect(page.get_by_role("heading", level=1, name="Getting started")).to_be_visible()
    ours = [answer for answer in answers if not answer.url.startswith("data:")]
    assert [answer.url for answer in ours if not answer.url.startswith(bridge.url)] == []
    assert len(ours) <= MOST_REQUESTS
    assert sum(map(sent_bytes, ours)) <= MOST_BYTES


def test_a_section_is_fetched_when_it_is_asked_for_and_once(page: Page, bridge: Bridge) -> None:
    page.goto(f"{bridge.url}/docs/")
    menu = page.get_by_role("navigation", name="Contents")
    with page.expect_response("**/docs/time_entries/part") as fetched:
        menu.get_by_role("link", name="Time entries").click()
    assert sent_bytes(fetched.value) <= MOST_BYTES
    heading = page.get_by_role("heading", level=1, name="Time entries")
    expect(heading).to_be_focused()
    expect(page).to_have_url(f"{bridge.url}/docs/time_entries")
    expect(page).to_have_title("Time entries · Harvest Bridge API")
    expect(menu.locator("[aria-current=page]")).to_have_text("Time entries")
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Getting started")).to_be_visible()
    menu.get_by_role("link", name="Time entries").click()
    expect(heading).to_be_visible()
    times = page.evaluate(
        "performance.getEntriesByName(location.origin + '/docs/time_entries/part').map((t) => t.transferSize)"
    )
    assert len(times) == 2
    assert times[0] > 0
    assert times[1] == 0  # from the browser's cache


def test_an_operation_has_an_address(page: Page, bridge: Bridge) -> None:
    page.goto(f"{bridge.url}/docs/time_entries#proxy_create_time_entries")
    operation = page.locator("#proxy_create_time_entries")
    expect(operation.get_by_role("heading", name="Body")).to_be_visible()
    expect(operation.get_by_role("row", name="spent_date required day")).to_be_visible()


def test_code_comes_in_the_language_that_was_chosen(page: Page, bridge: Bridge) -> None:
    page.goto(f"{bridge.url}/docs/clients#proxy_create_clients")
    operation = page.locator("#proxy_create_clients")
    for language, text in (("curl", "curl -X POST"), ("Python", "httpx.post("), ("JavaScript", "await fetch(")):
        page.get_by_text(language, exact=True).first.click()
        expect(operation.locator(".code:visible").first).to_contain_text(text)
        assert operation.locator(".code:has(.caption):visible").count() == 2  # the request and the answer


def test_it_is_all_there_without_javascript(browser: Browser, bridge: Bridge) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{bridge.url}/docs/")
    page.get_by_role("link", name="Invoices", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Invoices")).to_be_visible()
    page.locator("#proxy_list_invoices > summary").click()
    expect(page.locator("#proxy_list_invoices")).to_contain_text("httpx.get(")
    expect(page.get_by_role("button", name="Send GET").first).to_be_hidden()
    context.close()


def test_a_call_is_tried_with_a_key_that_nothing_keeps(page: Page, bridge: Bridge, account: str) -> None:
    page.goto(f"{bridge.url}/docs/time_entries#proxy_list_time_entries")
    page.get_by_text("Try calls against the sandbox").click()
    page.get_by_label("API key").fill(bridge.host["api_key"])
    page.get_by_role("button", name="Find my connections").click()
    expect(page.get_by_label("Connection")).not_to_have_value("")
    page.get_by_label("Connection").fill(account)
    form = page.locator("#proxy_list_time_entries form")
    form.get_by_label("limit").fill("2")
    form.get_by_role("button", name="Send GET").click()
    expect(form.get_by_role("status")).to_contain_text('"result_count": 2')
    expect(form.get_by_role("status")).to_contain_text("200")
    # Another section, with the same key; then nothing of it is left.
    page.get_by_role("link", name="Tasks", exact=True).click()
    page.locator("#proxy_create_tasks > summary").click()
    made = page.locator("#proxy_create_tasks form")
    made.get_by_role("button", name="Send POST").click()
    expect(made.get_by_role("status")).to_contain_text("201")
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") == '[{},{},""]'
    page.reload()
    expect(page.locator("[name=key]")).to_have_value("")


def test_a_refusal_is_shown_as_it_came(page: Page, bridge: Bridge, browser_errors: BrowserErrors) -> None:
    browser_errors.expect("401")
    page.goto(f"{bridge.url}/docs/users#proxy_list_users")
    form = page.locator("#proxy_list_users form")
    form.get_by_role("button", name="Send GET").click()
    expect(page.locator(".key [role=status]")).to_have_text("Enter your API key first.")
    expect(page.get_by_label("API key")).to_be_focused()
    page.get_by_label("API key").fill("hb_live_wrong")
    form.get_by_role("button", name="Send GET").click()
    expect(form.get_by_role("status")).to_contain_text("invalid_api_key")


def test_a_section_that_does_not_come_is_told(page: Page, bridge: Bridge, browser_errors: BrowserErrors) -> None:
    browser_errors.expect("ERR_FAILED")
    page.goto(f"{bridge.url}/docs/")
    page.route("**/part", lambda route: route.abort())
    page.get_by_role("link", name="Roles", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("try again")
    expect(page.get_by_role("heading", level=1, name="Getting started")).to_be_visible()


@pytest.fixture(params=["light", "dark"])
def narrow(request: pytest.FixtureRequest, browser: Browser) -> Iterator[BrowserContext]:
    size = {"width": 320, "height": 800}
    context = browser.new_context(color_scheme=request.param, viewport=size)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.mark.parametrize("place", PLACES)
def test_it_is_for_everybody_on_the_narrowest_screen(narrow: BrowserContext, bridge: Bridge, place: str) -> None:
    page = narrow.new_page()
    page.goto(f"{bridge.url}/docs/{place}")
    page.locator(".menu > summary").click()
    page.evaluate("for (const one of [...document.querySelectorAll('.operation')].slice(0, 3)) one.open = true")
    page.evaluate("for (const one of document.querySelectorAll('.operation[open] .more')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()

"""A page written for Harvest's own button, with nothing changed but the script's host: people sign in by popup (D4).

All of it against a real bridge and the sandbox, with third-party cookies blocked (test_browsers.py proves that).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge

from .stub import Host

SCREENS = ROOT / "var" / "screens"

# Harvest's documentation of its button, word for word but for the host (harvesthq/platform, button.md).
VENDORS_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>ExampleApp</title><body>
<div class="harvest-timer" data-item='{"id":1337,"name":"Implement sign in form"}'
  data-group='{"id":42,"name":"Website"}'></div>
<script>
  window._harvestPlatformConfig = {"applicationName": "ExampleApp", "permalink": "%(origin)s/%%GROUP_ID%%/%%ITEM_ID%%"};
  (function() {
    var s = document.createElement('script');
    s.src = '%(bridge)s/assets/platform.js';
    s.async = true;
    var ph = document.getElementsByTagName('script')[0];
    ph.parentNode.insertBefore(s, ph);
  })();
</script></body></html>"""


@pytest.fixture
def site(bridge: Bridge) -> Iterator[Host]:
    """Serves the pages of the one listed origin."""
    host = Host(int(bridge.host_origin.rpartition(":")[2]))
    yield host
    host.close()


def vendors_page(bridge: Bridge, site: Host) -> str:
    return site.show(VENDORS_PAGE % {"origin": site.origin, "bridge": bridge.url})


def panel(page: Page) -> FrameLocator:
    return page.frame_locator("#harvest-iframe")


def open_sign_in(page: Page, frame: FrameLocator) -> Page:
    with page.expect_popup() as opened:
        frame.get_by_role("button", name="Connect Harvest").click()
    return opened.value


def sign_in(page: Page, frame: FrameLocator, who: str = "Alice Okafor") -> None:
    popup = open_sign_in(page, frame)
    popup.get_by_role("button", name="Sign in with Harvest").click()
    popup.get_by_role("link", name=who).click()
    popup.get_by_role("button", name="Allow").click()
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Connect", exact=True).click()


def choose(frame: FrameLocator, label: str, option: str) -> None:
    frame.get_by_role("combobox", name=label).fill(option)
    frame.get_by_role("option", name=option).first.click()


def test_harvests_own_page_starts_and_stops_a_timer_with_only_the_scripts_host_changed(
    bridge: Bridge, site: Host, page: Page, sandbox: RunningSandbox
) -> None:
    page.goto(vendors_page(bridge, site))
    timer = page.locator(".harvest-timer")
    expect(timer).to_have_attribute("aria-label", "Connect Harvest, Implement sign in form")
    timer.click()
    sign_in(page, panel(page))
    choose(panel(page), "Project", "Online store")
    choose(panel(page), "Task", "Development")
    panel(page).get_by_role("button", name="Start timer").click()
    expect(timer).to_have_class("harvest-timer styled running")
    entry = sandbox.running("alice")
    assert entry is not None
    assert entry.external_reference is not None
    assert (entry.external_reference.id, entry.external_reference.group_id) == ("1337", "42")
    assert entry.external_reference.permalink == f"{site.origin}/42/1337"

    page.reload()  # The sign-in is kept for this page, in a cookie of this page's own partition.
    expect(timer).to_have_class("harvest-timer styled running")
    timer.click()
    expect(timer).to_have_class("harvest-timer styled")
    assert sandbox.running("alice") is None


def test_a_browser_that_keeps_no_cookie_asks_for_one_click_the_next_time(
    bridge: Bridge, site: Host, page: Page, sandbox: RunningSandbox
) -> None:
    page.goto(vendors_page(bridge, site))
    page.locator(".harvest-timer").click()
    sign_in(page, panel(page))
    expect(panel(page).get_by_role("button", name="Start timer")).to_be_visible()
    page.context.clear_cookies(name="__Host-hb_timer")
    page.reload()
    page.locator(".harvest-timer").click()
    popup = open_sign_in(page, panel(page))
    expect(popup.get_by_text(site.origin)).to_be_visible()
    with popup.expect_event("close"):
        popup.get_by_role("button", name="Continue as Alice Okafor").click()
    expect(panel(page).get_by_role("button", name="Start timer")).to_be_visible()


def test_a_refused_consent_says_so_and_signs_nobody_in(bridge: Bridge, site: Host, page: Page) -> None:
    page.goto(vendors_page(bridge, site))
    page.locator(".harvest-timer").click()
    popup = open_sign_in(page, panel(page))
    popup.get_by_role("button", name="Sign in with Harvest").click()
    popup.get_by_role("link", name="Alice Okafor").click()
    popup.get_by_role("button", name="Deny").click()
    expect(popup.get_by_role("heading", name="Harvest was not connected")).to_be_visible()
    assert page.evaluate("HarvestBridge.state().status") == "signed-out"


def test_a_raw_frame_in_the_vendors_words_works_without_our_script(
    bridge: Bridge, site: Host, page: Page, sandbox: RunningSandbox
) -> None:
    query = urlencode(
        {
            "app_name": "ExampleApp",
            "permalink": f"{site.origin}/items/7",
            "external_item_id": "7",
            "external_item_name": "Write the report",
            "external_group_id": "reports",
            "external_group_name": "Reports",
            "default_project_code": "NW-STORE",
        }
    )
    html = (
        "<!doctype html><title>Raw</title><script>seen = []; addEventListener('message', (e) => seen.push(e.data))"
        f'</script><iframe title="Timer" width="500" height="600" src="{bridge.url}/platform/timer?{query}"></iframe>'
    )
    page.goto(site.show(html))
    frame = page.frame_locator("iframe")
    sign_in(page, frame)
    expect(frame.get_by_role("heading", name="Write the report")).to_be_visible()
    choose(frame, "Task", "Development")
    frame.get_by_role("button", name="Start timer").click()
    page.wait_for_function("seen.some((each) => each?.type == 'frame:close')")
    entry = sandbox.running("alice")
    assert entry is not None
    assert entry.project.code == "NW-STORE"


def test_a_host_app_that_forbids_it_is_obeyed(bridge: Bridge, page: Page, browser_errors: BrowserErrors) -> None:
    browser_errors.expect("403")
    site = Host()
    host = bridge.create_host("Strict", site.origin)
    code = (
        "from timer_widget.models import TimerSettings as T; "
        f"T.objects.create(host_app_id='{host['host_app_id']}', allows_popup_sign_in=False)"
    )
    bridge.manage("shell", "-c", code)
    page.goto(vendors_page(bridge, site))
    expect(page.locator(".harvest-timer")).to_have_attribute("data-harvest-state", "error")
    answer = page.context.request.get(f"{bridge.url}/platform/sign-in", params={"origin": site.origin})
    assert answer.status == 403
    site.close()


def test_the_sign_in_window_names_who_asks_and_may_be_framed_by_nobody(
    bridge: Bridge, browser: Browser, page: Page
) -> None:
    answer = page.goto(f"{bridge.url}/platform/sign-in?origin={bridge.host_origin}")
    assert answer is not None
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    expect(page.get_by_text("Ticket board")).to_be_visible()
    expect(page.get_by_text(bridge.host_origin)).to_be_visible()


@pytest.mark.parametrize(
    ("language", "dress", "width"), [("en-GB", "light", 560), ("en-GB", "dark", 560), ("ar", "light", 320)]
)
def test_the_sign_in_window_fits_in_every_dress(
    bridge: Bridge, browser: Browser, language: str, dress: str, width: int
) -> None:
    context = browser.new_context(locale=language, color_scheme="dark" if dress == "dark" else "light")
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(f"{bridge.url}/platform/sign-in?origin={bridge.host_origin}")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert Axe().run(page).violations_count == 0
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"sign-in {language} {dress} {width}.png")
    context.close()

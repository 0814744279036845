"""Invariant 12 in real browsers: Mallory begins in her timer and sends the address to Alice, in another one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge

from .stub import Host

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Tickets</title><body>
<harvest-timer item-id="1" item-name="One"></harvest-timer>
<script src="{bridge}/assets/platform.js" data-token-url="/token"></script></body></html>"""


@pytest.fixture
def site(bridge: Bridge) -> Iterator[Host]:
    host = Host(int(bridge.host_origin.rpartition(":")[2]))
    yield host
    host.close()


@pytest.fixture
def colleague(browser: Browser, browser_errors: BrowserErrors) -> Iterator[BrowserContext]:
    """Another browser: nothing in it is shared with `page`."""
    context = browser.new_context()
    browser_errors.expect("403")
    browser_errors.watch(context)
    yield context
    context.close()


def panel_of(bridge: Bridge, site: Host, page: Page, person: str) -> FrameLocator:
    """The open panel of a person who has not connected yet."""
    token = partial(bridge.widget_token, sub=person, tenant_id=person, name="Mallory Moss")
    page.route("**/token", lambda route: route.fulfill(json={"token": token()}))
    page.goto(site.show(PAGE.format(bridge=bridge.url)))
    button = page.locator("harvest-timer").first.get_by_role("button").first
    expect(button).to_have_text("Connect Harvest")
    button.click()
    return page.frame_locator("#harvest-iframe")


def begin(bridge: Bridge, site: Host, page: Page, person: str) -> Page:
    """Press Connect Harvest in the panel; the window that opens, at Harvest."""
    panel = panel_of(bridge, site, page, person)
    with page.expect_popup() as opened:
        panel.get_by_role("button", name="Connect Harvest").click()
    expect(opened.value.get_by_role("link", name="Alice Okafor")).to_be_visible()
    return opened.value


def allow(window: Page, who: str = "Alice Okafor") -> None:
    window.get_by_role("link", name=who).click()
    window.get_by_role("button", name="Allow").click()


def connected(bridge: Bridge, tenant_id: str) -> int:
    return len(bridge.api.get("/integrated-account", params={"tenant_id": tenant_id}).json()["result"])


def code_exchanges(sandbox: RunningSandbox) -> list[bytes]:
    """The bridge's worker may renew tokens of other tests' connections meanwhile."""
    bodies = [request.body for request in sandbox.requests("POST", "/api/v2/oauth2/token")]
    return [body for body in bodies if b"authorization_code" in body]


def test_the_address_from_the_timer_is_no_use_to_a_colleague(
    bridge: Bridge, site: Host, page: Page, colleague: BrowserContext, sandbox: RunningSandbox
) -> None:
    sent: list[str] = []
    page.context.on("request", lambda request: sent.append(request.url))
    popup = begin(bridge, site, page, "fixation-1")
    [address, *_] = [url for url in sent if "/connect-account/authorize?link_token=" in url]
    window = colleague.new_page()
    window.goto(address)
    expect(window.get_by_role("heading", name="This was started somewhere else")).to_be_visible()
    window.goto(popup.url)
    allow(window)
    expect(window.get_by_role("heading", name="Not connected")).to_be_visible()
    assert connected(bridge, "fixation-1") == 0
    assert not code_exchanges(sandbox)


def test_a_colleague_who_has_the_address_framed_or_opened_by_a_page_elsewhere_gets_no_further(
    bridge: Bridge, site: Host, page: Page, colleague: BrowserContext, browser_errors: BrowserErrors
) -> None:
    """The window believes a proof of our own origin alone; the page that opened it here offers a good one."""
    browser_errors.expect("postMessage")
    with httpx.Client(base_url=bridge.url, trust_env=False) as panel:
        token = bridge.widget_token(sub="fixation-2", tenant_id="fixation-2")
        session = panel.post("/timer/session", json={"token": token, "origin": bridge.host_origin}).json()["session"]
        began = panel.post("/timer/connect", json={}, headers={"Authorization": f"Bearer {session}"}).json()
    window = colleague.new_page()
    window.goto(site.show("<!doctype html><title>Look</title><button onclick='go()'>Look</button>"))
    window.evaluate(
        "([url, origin, proof]) => { window.go = () => { const opened = open(url); setInterval(() => "
        "opened.postMessage({type: 'harvest-bridge:proof', proof}, origin), 50) } }",
        [began["url"], bridge.url, began["proof"]],
    )
    with window.expect_popup() as opened:
        window.get_by_role("button").click()
    expect(opened.value.get_by_role("heading", name="This was started somewhere else")).to_be_visible()
    assert connected(bridge, "fixation-2") == 0


def test_whoever_began_connects_in_their_own_window_and_is_named_before(
    bridge: Bridge, site: Host, page: Page, sandbox: RunningSandbox
) -> None:
    popup = begin(bridge, site, page, "fixation-3")
    allow(popup)
    for named in ("Mallory Moss", "fixation-3", "Ticket board", "Fennel & Finch", "alice@fennelfinch.example"):
        expect(popup.get_by_text(named).first).to_be_visible()
    assert connected(bridge, "fixation-3") == 0
    popup.get_by_role("button", name="Connect", exact=True).click()
    expect(page.frame_locator("#harvest-iframe").get_by_role("combobox", name="Project")).to_be_visible()
    assert connected(bridge, "fixation-3") == 1


def test_a_window_that_was_opened_by_the_link_has_the_proof_too(
    bridge: Bridge, site: Host, page: Page, sandbox: RunningSandbox
) -> None:
    page.context.add_init_script("if (window.parent !== window) window.open = () => null")
    panel = panel_of(bridge, site, page, "fixation-4")
    panel.get_by_role("button", name="Connect Harvest").click()
    with page.context.expect_page() as opened:
        panel.get_by_role("link", name="Open Harvest").click()
    allow(opened.value)
    opened.value.get_by_role("button", name="Connect", exact=True).click()
    expect(panel.get_by_role("combobox", name="Project")).to_be_visible()


def test_the_address_of_a_guests_sign_in_is_no_use_to_a_colleague(
    bridge: Bridge, page: Page, colleague: BrowserContext, sandbox: RunningSandbox
) -> None:
    page.goto(f"{bridge.url}/platform/sign-in?origin={bridge.host_origin}")
    page.get_by_role("button", name="Sign in with Harvest").click()
    expect(page.get_by_role("link", name="Alice Okafor")).to_be_visible()
    window = colleague.new_page()
    window.goto(page.url)
    before = connected(bridge, "guests")
    allow(window)
    expect(window.get_by_role("heading", name="Not connected")).to_be_visible()
    assert connected(bridge, "guests") == before
    assert not code_exchanges(sandbox)

"""Every state of the connect pages, in either direction of reading, light and dark, on the narrowest of screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge

LinkToken = Callable[..., str]
FAILURE = {"result": "error", "error": "Harvest says no.", "error_type": "connection_error", "code": "x"}


class Walk:
    """Brings one page into each state, one after the other."""

    def __init__(self, page: Page, bridge: Bridge, sandbox: RunningSandbox, link_token: LinkToken) -> None:
        self.page, self.bridge, self.sandbox, self.link_token = page, bridge, sandbox, link_token

    def states(self) -> Iterator[str]:
        yield from self.waiting_states()
        yield from self.token_states()
        yield from self.consent_states()

    def waiting_states(self) -> Iterator[str]:
        """As in a popup: somebody opened the page, and a stub stands for Harvest's window."""
        page = self.page
        page.add_init_script(
            "window.opener = window.top; Window.prototype.postMessage = () => {};"
            "window.open = () => window.isBlocked ? null : { closed: Boolean(window.isClosed), focus() {} }"
        )
        page.goto(f"{self.bridge.url}/connect-account?link_token={self.link_token(tenant_id='acme')}")
        yield "ask"
        self.answer({"result": "waiting"})
        page.locator("[data-consent]:visible").click()
        yield "waiting"
        page.evaluate("window.isClosed = true")
        page.locator("[data-consent]:visible").click()
        expect(page.locator("[data-state=closed]")).to_be_visible()
        yield "closed"
        page.evaluate("window.isBlocked = true")
        page.locator("[data-consent]:visible").click()
        yield "blocked"
        for number, way in enumerate(["again", "account", "administrator", "start_over"]):
            self.answer({**FAILURE, "error": f"Harvest says no, {way}.", "at": str(number), "way_on": way})
            expect(page.get_by_role("alert")).to_contain_text(way)
            yield f"failed: {way}"
        self.answer({"result": "success"})
        expect(page.locator("[data-state=connected]")).to_be_visible()
        yield "connected"

    def token_states(self) -> Iterator[str]:
        page = self.page
        for path in ("/connect-account?auth_format=api_key&iframe=true&", "/connect-account/personal-token?"):
            page.goto(f"{self.bridge.url}{path}link_token={self.link_token(tenant_id='acme')}")
            yield "token"
        self.paste("7000101.pt.of-nobody")
        expect(page.get_by_role("alert")).to_be_visible()
        yield "token refused"
        self.paste(self.sandbox.personal_token("alice"))
        expect(page.locator("button.choice")).to_have_count(2)
        yield "choice"
        page.locator("button.choice").first.click()
        expect(page.locator("[data-closes]")).to_be_visible()
        yield "linked by an administrator"
        page.reload()
        expect(page.locator("[data-closes]")).to_be_visible()
        page.goto(f"{self.bridge.url}/connect-account/personal-token?link_token={self.link_token(tenant_id='acme')}")
        self.paste(self.sandbox.personal_token("carmen"))
        expect(page.locator("button[name=account]")).to_be_visible()
        yield "confirmation"
        page.locator("button[name=account]").click()
        expect(page.locator("[data-closes]")).to_be_visible()
        yield "linked by a member"
        page.locator("a.quiet").click()
        expect(page.locator("section.linked")).to_have_count(1)
        yield "what this link made"
        yield from self.linked_states()
        page.goto(f"{self.bridge.url}/connect-account?link_token=forged")
        yield "refused"
        page.goto(f"{self.bridge.url}/connect-account/post-connect")
        yield "nothing to set up"

    def linked_states(self) -> Iterator[str]:
        """What is linked for the customer by now; one is ended after a question."""
        page = self.page
        address = f"{self.bridge.url}/connect-account/linked?link_token={self.link_token(tenant_id='acme')}"
        page.goto(address)
        sections = page.locator("section.linked")
        before = sections.count()
        yield "linked accounts"
        sections.first.locator("a.plain").click()
        expect(page.locator("form button")).to_be_visible()
        yield "disconnect?"
        page.locator("form button").click()
        expect(page.get_by_role("status")).to_be_visible()
        expect(sections).to_have_count(before - 1)
        yield "disconnected"
        page.goto(f"{address}&connection=none")
        expect(page.get_by_role("alert")).to_be_visible()
        yield "not linked here"
        page.goto(f"{self.bridge.url}/connect-account/linked?link_token={self.link_token(tenant_id='empty')}")
        yield "nothing linked"

    def consent_states(self) -> Iterator[str]:
        page = self.page
        self.consent(str(self.sandbox.forecast_account_id))
        expect(page.get_by_role("alert")).to_be_visible()
        yield "no account"
        self.consent(f"{self.sandbox.account.id} {self.sandbox.studio.id}")
        expect(page.locator("button.choice")).to_have_count(2)
        yield "choice after consent"
        self.consent(str(self.sandbox.account.id))
        expect(page.locator("button[name=account]")).to_be_visible()
        yield "confirmation after consent"
        self.begin_elsewhere()
        expect(page.locator("[data-state=elsewhere]")).to_be_visible()
        yield "begun elsewhere"

    def begin_elsewhere(self) -> None:
        """The address with which somebody began in the timer's panel."""
        with httpx.Client(base_url=self.bridge.url, trust_env=False) as panel:
            asked = {"token": self.bridge.widget_token(sub="carmen"), "origin": self.bridge.host_origin}
            session = panel.post("/timer/session", json=asked).json()["session"]
            began = panel.post("/timer/connect", json={}, headers={"Authorization": f"Bearer {session}"}).json()
        self.page.goto(began["url"])

    def answer(self, outcome: dict[str, Any]) -> None:
        self.page.unroute_all()
        self.page.route("**/connect-account/status", lambda route: route.fulfill(json=outcome))

    def paste(self, token: str) -> None:
        self.page.locator("#token").fill(token)
        self.page.locator("form .button").click()

    def consent(self, account_ids: str) -> None:
        text = self.link_token(tenant_id="acme", redirect_uri=f"{self.bridge.host_origin}/done")
        self.page.goto(f"{self.bridge.url}/connect-account/authorize?link_token={text}")
        self.page.get_by_role("link", name="Alice Okafor").click()
        expect(self.page.get_by_role("button", name="Allow")).to_be_visible()
        for box in self.page.locator("input[name=account_ids]").all():
            box.set_checked(box.get_attribute("value") in account_ids.split())
        self.page.get_by_role("button", name="Allow").click()


@pytest.fixture
def context(
    browser: Browser, request: pytest.FixtureRequest, browser_errors: BrowserErrors
) -> Iterator[BrowserContext]:
    language = getattr(request, "param", "en")
    context = browser.new_context(locale=language, viewport={"width": 320, "height": 640}, bypass_csp=True)
    browser_errors.expect("401", "404", "422")
    browser_errors.watch(context)
    yield context
    context.close()
    assert browser_errors.unexpected() == []


@pytest.fixture
def walk(page: Page, bridge: Bridge, sandbox: RunningSandbox, link_token: LinkToken) -> Walk:
    return Walk(page, bridge, sandbox, link_token)


@pytest.mark.parametrize(
    ("context", "schemes"),
    [("en", ["light"]), ("ar", ["dark"]), ("de", [])],  # German is here for its long words alone
    ids=["en-light", "ar-dark", "de"],
    indirect=["context"],
)
def test_every_state_is_accessible_and_fits_320_pixels(walk: Walk, page: Page, schemes: list[Any]) -> None:
    seen = []
    for state in walk.states():
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            results = Axe().run(page)
            assert results.violations_count == 0, f"{state}, {scheme}: {results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, state
        assert page.locator("h1:visible").count() == 1, state
        assert page.title(), state
        seen.append(state)
    assert len(seen) == 28


def test_each_new_state_takes_the_focus_and_the_title(walk: Walk, page: Page) -> None:
    for state in walk.waiting_states():
        if state != "ask":
            heading = page.locator("h1:visible")
            expect(heading).to_be_focused()
            assert page.title() == heading.inner_text()


def test_the_keyboard_alone_connects(
    page: Page, bridge: Bridge, sandbox: RunningSandbox, link_token: LinkToken
) -> None:
    page.goto(f"{bridge.url}/connect-account?link_token={link_token(tenant_id='keyboard')}")
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Continue to Harvest")).to_be_focused()
    press("Tab")
    press("Enter")
    expect(page.get_by_label("Personal access token")).to_be_visible()
    press("Tab")
    expect(page.get_by_label("Personal access token")).to_be_focused()
    page.keyboard.type(sandbox.personal_token("bruno"))
    press("Enter")
    expect(page.get_by_role("heading", name="Connect this Harvest account?")).to_be_visible()
    press("Tab")
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_focused()
    press("Enter")
    expect(page.get_by_role("heading", name="Harvest is connected")).to_be_visible()

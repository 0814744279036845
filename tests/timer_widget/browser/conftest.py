"""Fixtures for the widget in a real browser, against the stub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Error, FrameLocator, Locator, Page, expect

from tests.browsers import MAX_WAIT_MS
from tests.shared import Shared

from .stub import Bridge, Host, eventually

ITEM = {"id": "WEB-12", "name": "Fix login on small screens"}
GROUP = {"id": "board-1", "name": "Website relaunch"}
KEY = {"id": "WEB-12", "group_id": "board-1"}


@pytest.fixture
def stub() -> Iterator[Bridge]:
    bridge = Bridge()
    yield bridge
    bridge.close()


@pytest.fixture
def host() -> Iterator[Host]:
    site = Host()
    yield site
    site.close()


def marked(item: object = ITEM, group: object = GROUP, tag: str = "span", more: str = "", inner: str = "") -> str:
    """Harvest's own markup."""
    data = f"data-item='{json.dumps(item)}'" + (f" data-group='{json.dumps(group)}'" if group else "")
    return f'<{tag} class="harvest-timer" {data} {more}>{inner}</{tag}>'


def element(more: str = "", item: dict[str, str] = ITEM) -> str:
    """Our own element."""
    names = f'item-id="{item["id"]}" item-name="{item["name"]}" group-id="board-1" group-name="Website relaunch"'
    return f"<harvest-timer {names} {more}></harvest-timer>"


# At most a second's frames: a panel that is higher than its window stays so.
UNTIL_IT_FITS = """html => new Promise(done => {
  let left = 60
  const look = () => (html.scrollHeight <= innerHeight || !left--) ? done() : requestAnimationFrame(look)
  look()
})"""


@dataclass
class Ticket:
    """A host page in the browser, and the ways a person deals with it."""

    page: Page
    stub: Bridge
    host: Host

    def show(self, body: str, *, config: dict[str, Any] | None = None, script: str = "", head: str = "") -> None:
        settings = {"applicationName": "Ticket Board", "permalink": f"{self.host.origin}/t/%ITEM_ID%"}
        loader = f'<script src="{self.stub.origin}/assets/platform.js" data-token-url="/harvest-token" async></script>'
        html = (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Tickets</title>'
            '<meta name="viewport" content="width=device-width">'
            f"<script>window._harvestPlatformConfig = {json.dumps(settings | (config or {}))}</script>{head}"
            f"<main><h1>Tickets</h1>{body}</main>{script or loader}"
        )
        self.page.goto(self.host.show(html))

    def open(self, body: str = element(), **more: Any) -> None:
        """Shows a page and waits until its timers know their state."""
        self.show(body, **more)
        self.is_in("ready")

    def is_in(self, *statuses: str) -> None:
        self.page.wait_for_function(
            "wanted => wanted.includes(window.HarvestBridge?.state().status)", arg=list(statuses)
        )

    def settle(self) -> None:
        """Until the page and its frames have done what they had begun: a fence behind what must not happen."""
        for frame in self.page.frames:
            frame.evaluate("new Promise(done => setTimeout(() => requestIdleCallback(done, {timeout: 1000})))")

    def wake(self, status: str) -> None:
        """Come back to the page, until it has asked again and is in this state; it asks once a second at most."""
        self.page.wait_for_function(
            "wanted => dispatchEvent(new Event('focus')) && window.HarvestBridge.state().status == wanted",
            arg=status,
            polling=100,
        )

    @property
    def button(self) -> Locator:
        return self.page.locator("harvest-timer").first.get_by_role("button").first

    @property
    def panel(self) -> FrameLocator:
        return self.page.frame_locator("#harvest-iframe")

    def press_in_panel(self, name: str) -> None:
        """Once the frame has grown round the button: a click that was aimed before falls beside it, and closes it."""
        button = self.panel.get_by_role("button", name=name)
        expect(button).to_be_visible()
        self.panel.locator("html").evaluate(UNTIL_IT_FITS)
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        button.click()

    def panel_query(self) -> dict[str, str]:
        """The parameters that the panel frame was opened with."""
        address = self.page.locator("#harvest-iframe").get_attribute("src") or ""
        return dict(parse_qsl(urlsplit(address).query))

    def sent(self, name: str) -> list[dict[str, Any]]:
        return [value for each, value in self.stub.sent if each == name]

    def soon(self, claim: Callable[[], object]) -> object:
        """Waits for a claim about the servers, with the browser's events running."""

        def holds() -> object:
            self.page.wait_for_timeout(20)
            return claim()

        return eventually(holds)


@pytest.fixture
def ticket(stub: Bridge, host: Host, page: Page) -> Ticket:
    return Ticket(page, stub, host)


@contextmanager
def one_page(browser: Browser) -> Iterator[Ticket]:
    """One profile, one page, one bridge and one host."""
    stub, host = Bridge(), Host()
    try:
        with browser.new_context(reduced_motion="reduce") as context:
            context.set_default_timeout(MAX_WAIT_MS)
            yield Ticket(context.new_page(), stub, host)
    finally:
        stub.close()
        host.close()


def is_open(ticket: Ticket) -> bool:
    with suppress(Error):
        return bool(ticket.page.evaluate("true"))
    return False


@pytest.fixture(scope="module")
def page_of_the_module(browser_of_the_module: Shared[Browser]) -> Iterator[Shared[Ticket]]:
    with Shared(lambda: one_page(browser_of_the_module.get()), is_open) as ticket:
        yield ticket


@pytest.fixture
def one(page_of_the_module: Shared[Ticket]) -> Iterator[Ticket]:
    """The page as if nothing had been on it; a test that leaves it otherwise leaves the next one another."""
    ticket = page_of_the_module.get()
    ticket.stub.forget()
    yield ticket
    try:
        clear(ticket.page)
    except Error:
        page_of_the_module.close()
        raise


def clear(page: Page) -> None:
    page.context.set_offline(False)
    page.evaluate("window.localStorage?.clear()")  # clicks that were not sent
    page.goto("about:blank")
    for window in page.context.pages:
        if window != page:
            window.close()

"""Fixtures for tests in a real browser.

Chromium's off-the-record contexts, which Playwright hands out, block third-party cookies; `test_browsers.py` proves it.
Playwright's sync API keeps an event loop in this thread, so a module that uses it has no async tests and no ORM.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, WebError, expect, sync_playwright

from tests.shared import Shared

MAX_WAIT_MS = 30_000  # for what must come to be: on a machine that is busy with other things, too
expect.set_options(timeout=MAX_WAIT_MS)
UNTIL_LOADED = "element => document.readyState == 'complete' || new Promise(done => addEventListener('load', done))"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Each new window of Chromium loads two pages of its own, for suggestions below an address bar that nobody sees: half of
# what a test in a browser cost. Of several such lists only the last counts, so Playwright's own is repeated.
DISABLED_FEATURES = [
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
]


class BrowserErrors(list[str]):
    """What the pages of a test wrote to the console as errors, uncaught exceptions included; any of it fails the test.

    A test that provokes an error says so: `browser_errors.expect("409")` forgives the lines with that text.
    """

    def __init__(self) -> None:
        super().__init__()
        self._expected: list[str] = []

    def expect(self, *texts: str) -> None:
        self._expected.extend(texts)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", self._on_web_error)

    def unexpected(self) -> list[str]:
        return [line for line in self if not any(text in line for text in self._expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.append(f"{message.location.get('url')}: {message.text}")

    def _on_web_error(self, error: WebError) -> None:
        self.append(f"uncaught: {error.error}")


def chromium_path() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        raise FileNotFoundError("Chromium is not installed; `make test` installs it (Debian package: chromium)")
    return found


@contextmanager
def running_chromium() -> Iterator[Browser]:
    switch = f"--disable-features={','.join(DISABLED_FEATURES)}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=[switch])
        yield chromium
        chromium.close()


def answers(browser: Browser) -> bool:
    """Whether it still does; that it was killed, Playwright would notice by the next call only."""
    with suppress(Error):
        browser.new_browser_cdp_session().detach()
        return True
    return False


@pytest.fixture(scope="module")
def browser_of_the_module() -> Iterator[Shared[Browser]]:
    with Shared(running_chromium, answers) as browser:
        yield browser


@pytest.fixture
def browser(browser_of_the_module: Shared[Browser]) -> Browser:
    return browser_of_the_module.get()


@pytest.fixture
def browser_errors() -> BrowserErrors:
    return BrowserErrors()


@pytest.fixture
def context(browser: Browser, browser_errors: BrowserErrors) -> Iterator[BrowserContext]:
    """A browser profile of its own: no cookies, no cache, nothing shared with another test."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin")
    context.set_default_timeout(MAX_WAIT_MS)
    browser_errors.watch(context)
    yield context
    context.close()
    assert browser_errors.unexpected() == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def until_armed(page: Page) -> None:
    """Until a button that asks once more takes the second press: 400 ms of the browser's own clock later."""
    page.wait_for_function("since => Date.now() - since > 450", arg=page.evaluate("Date.now()"))

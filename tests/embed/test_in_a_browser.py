"""The frames on a page of another site in Chromium, which blocks third-party cookies, against a real bridge."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FrameLocator, Page, expect

from tests.browsers import MAX_WAIT_MS
from tests.processes import Bridge
from tests.timer_widget.browser.stub import TYPES, Answer, Site

SEED = """
from types import SimpleNamespace
from harvest_bridge.hosts.models import HostApp
from tests.mirror.reading.conftest import connected
account = connected(SimpleNamespace(host_app=HostApp.objects.get(pk='{host}')), tenant_id='{tenant}')
{fill}
print(account.pk)
"""
INVOICES = "from tests.embed.records import filled; filled(account)"
INSIGHTS = """
from datetime import date, timedelta
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, person, project
day = date.today() - timedelta(days=date.today().weekday() + 7)
mirrored = Mirrored(account)
mirrored.put('company', {'name': 'Acme', 'currency': 'EUR', 'timezone': 'Berlin'})
mirrored.put('users', person(1, 'Dev Patel'), person(2, 'Ida Sommer'))
mirrored.put('clients', client(3))
mirrored.put('projects', project(5, budget_by='project', budget=100))
mirrored.put('time_entries', entry(1, day.isoformat(), 39), entry(2, day.isoformat(), 12, user=2))
"""
# A page without any permission beyond the bridge's script and frames.
POLICY = (
    "default-src 'none'; script-src {bridge}; frame-src {bridge}; connect-src 'self'; "
    "require-trusted-types-for 'script'"
)
DRESSES: tuple[dict[str, Any], ...] = (
    {"width": 900, "scheme": "light", "lang": "en"},
    {"width": 320, "scheme": "dark", "lang": "ar"},
)
Show = Callable[..., FrameLocator]


@pytest.fixture
def tenant() -> str:
    return f"portal-{uuid4().hex[:8]}"


class HostPage(Site):
    """A page of the host with one of our elements; `token` is what its back end answers."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.html = ""
        self.token: Callable[[], str] = str
        super().__init__(int(bridge.host_origin.rpartition(":")[2]))

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if path == "/token":
            return 200, {"Content-Type": "application/json"}, json.dumps({"token": self.token()}).encode()
        policy = POLICY.format(bridge=self.bridge.url)
        return 200, {"Content-Type": TYPES[".html"], "Content-Security-Policy": policy}, self.html.encode()


@pytest.fixture
def show(page: Page, bridge: Bridge) -> Iterator[Show]:
    with closing(HostPage(bridge)) as host:

        def shown(tag: str, token: Callable[[], str], lang: str = "en") -> FrameLocator:
            host.token = token
            host.html = (
                '<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>'
                '<meta name="viewport" content="width=device-width"><main><h1>Host</h1>'
                f'<script async src="{bridge.url}/assets/embed.js"></script>'
                f'<{tag} token-url="/token" lang="{lang}"></{tag}></main>'
            )
            page.goto(f"{host.origin}/")
            return page.frame_locator("iframe")

        yield shown


def seeded(bridge: Bridge, tenant: str, fill: str) -> str:
    code = SEED.format(host=bridge.host["host_app_id"], tenant=tenant, fill=fill)
    return bridge.manage("shell", "--no-imports", "-c", code).splitlines()[-1]


def looks_right(page: Page, axe: Axe) -> None:
    """Axe finds nothing, nothing is cut off, and the frame comes to be as high as what it shows."""
    frame = page.frames[1]
    left = MAX_WAIT_MS // 50
    while left and not frame.evaluate("document.documentElement.scrollHeight <= innerHeight && innerHeight > 150"):
        page.wait_for_timeout(50)
        left -= 1
    assert left
    for each in page.frames:
        assert each.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = axe.run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def dress(page: Page, *, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


def test_a_client_reads_opens_and_downloads_their_invoices(page: Page, bridge: Bridge, show: Show, tenant: str) -> None:
    seeded(bridge, tenant, INVOICES)
    axe = Axe()

    def token() -> str:
        return bridge.widget_token(aud="portal", client_id=3, tenant_id=tenant)

    for look in DRESSES:
        dress(page, width=look["width"], scheme=look["scheme"])
        frame = show("harvest-invoices", token, lang=look["lang"])
        expect(frame.locator(".row")).to_have_count(5)
        looks_right(page, axe)
        row = frame.locator("[data-id='4']")
        row.press("Enter")
        expect(frame.locator("h1")).to_be_focused()
        expect(frame.locator(".payments > div")).to_have_count(1)
        looks_right(page, axe)
        with page.expect_download() as download:
            frame.locator(".button.primary").click()
        assert download.value.suggested_filename == "invoice-4.html"
        page.keyboard.press("Escape")
        expect(row).to_be_focused()
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    assert page.context.cookies() == []


def test_a_visitor_who_is_not_signed_in_is_told_and_can_try_again(
    page: Page, bridge: Bridge, show: Show, tenant: str, browser_errors: Any
) -> None:
    browser_errors.expect("401")
    seeded(bridge, tenant, INVOICES)
    tokens = iter(["garbage", bridge.widget_token(aud="portal", client_id=4, tenant_id=tenant)])
    frame = show("harvest-invoices", lambda: next(tokens))
    expect(frame.get_by_role("alert")).to_contain_text("You are signed out")
    frame.get_by_role("button", name="Try again").click()
    expect(frame.locator(".row")).to_have_count(1)
    expect(page.locator("harvest-invoices")).to_have_attribute("data-harvest-state", "ready")


def test_a_manager_sees_the_plots_with_the_table_behind_each(
    page: Page, bridge: Bridge, show: Show, tenant: str
) -> None:
    account = seeded(bridge, tenant, INSIGHTS)
    asked = {"integrated_account_id": account, "scopes": ["insights"]}
    answer = bridge.api.post("/integrated-account/token", json=asked)
    axe = Axe()
    for look in DRESSES:
        dress(page, width=look["width"], scheme=look["scheme"])
        frame = show("harvest-insights", lambda: str(answer.json()["integrated_account_token"]), lang=look["lang"])
        expect(frame.locator(".heat-map tbody tr")).to_have_count(2)
        expect(frame.locator("canvas")).to_have_count(2)
        expect(frame.locator("canvas").first).to_have_js_property("isConnected", True)
        for table in frame.locator("summary").all():
            table.click()
        looks_right(page, axe)
    with page.expect_download() as download:
        frame.locator(".saving button").first.click()
    assert download.value.suggested_filename == "utilization.csv"
    assert "Dev Patel" in download.value.path().read_text()

"""An operator sees a host app's timer live in the admin, and its figures, in every dress."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from harvest_bridge.env import ROOT
from tests.browsers import BrowserErrors
from tests.processes import Bridge

PICTURES = ROOT / "var" / "screens"
SETUP = """
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from harvest_bridge.hosts.models import HostApp
from timer_widget.models import Failure, Intent, Person
if not get_user_model().objects.filter(username="previewer").exists():
    get_user_model().objects.create_superuser("previewer", "previewer@example.com", "a long pass phrase")
    host_app, now = HostApp.objects.get(pk="{host_app_id}"), timezone.now()
    person = Person.objects.create(host_app=host_app, tenant_id="seen", user_id="seen")
    for n in range(90):
        Intent.objects.create(person=person, kind="start", idempotency_key="seen-key-%s" % n, clicked_at=now,
            created_at=now - timedelta(days=n * n % 29), asked={{}}, status="done")
    for code, count in (("origin_not_allowed", 12), ("widget_token_invalid", 3)):
        Failure.objects.create(host_app=host_app, day=now.date(), code=code, count=count)
"""


@pytest.fixture
def timer_page(bridge: Bridge, page: Page, browser_errors: BrowserErrors) -> str:
    browser_errors.expect("favicon", "404")
    bridge.manage("shell", "-c", SETUP.format(host_app_id=bridge.host["host_app_id"]))
    page.goto(f"{bridge.url}/accounts/login/")
    page.locator("input[name=login]").fill("previewer")
    page.locator("input[name=password]").fill("a long pass phrase")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/**")
    return f"{bridge.url}/admin/hosts/hostapp/{bridge.host['host_app_id']}/timer/"


def test_the_preview_is_the_real_widget_over_pretend_time(timer_page: str, page: Page) -> None:
    page.goto(timer_page)
    preview = page.frame_locator("iframe[title='Preview of the timer']")
    running = preview.locator("harvest-timer[item-id=running]")
    expect(running).to_have_attribute("data-harvest-state", "running")
    preview.locator("harvest-timer[item-id=idle]").get_by_role("button").first.click()
    panel = preview.frame_locator("#harvest-iframe")
    panel.get_by_role("combobox", name="Project").fill("member")
    page.keyboard.press("Enter")
    panel.get_by_role("combobox", name="Task").fill("dev")
    page.keyboard.press("Enter")
    panel.get_by_role("button", name="Switch timer").click()
    idle = preview.locator("harvest-timer[item-id=idle]")
    expect(idle).to_have_attribute("data-harvest-state", "running")
    expect(running).to_have_attribute("data-harvest-state", "elsewhere")


@pytest.mark.parametrize(("dress", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_the_page_fits_in_every_dress(timer_page: str, page: Page, dress: str, width: int) -> None:
    page.emulate_media(color_scheme="dark" if dress == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{timer_page}?theme={dress}")
    preview = page.frame_locator("iframe[title='Preview of the timer']")
    expect(preview.locator("harvest-timer[item-id=running]")).to_have_attribute("data-harvest-state", "running")
    # Other tests of this bridge may have started timers too.
    expect(page.get_by_role("img", name=re.compile(r"\d\d+ starts in 30 days"))).to_be_visible()
    overflow = page.evaluate(
        "Math.max(...[...document.querySelectorAll('html, code')].map((e) => e.scrollWidth - e.clientWidth))"
    )
    page.screenshot(path=PICTURES / f"admin timer {dress} {width}.png", full_page=True)
    assert overflow <= 0

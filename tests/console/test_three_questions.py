"""Why does this customer's timer not work, what needs me, who did what: each within three clicks of the dashboard."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from harvest_bridge.env import ROOT
from tests.processes import Bridge

PICTURES = ROOT / "var" / "screens"
_SET_UP = """
from django.contrib.auth.models import Group, User
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp
from timer_widget.models import Person
user, _ = User.objects.get_or_create(username='sam', defaults=dict(is_staff=True, email='sam@example.com'))
user.set_password('a long pass phrase'); user.save(); user.groups.add(Group.objects.get(name='Support'))
host = HostApp.objects.get(pk='{host}')
Connection.objects.create(host_app=host, tenant_id='{tenant}', kind='account', status='needs_reauth',
    harvest_account_id=4711, harvest_account_name='Finch & Partners', harvest_user_id=1, linked_by='Alice',
    last_error=dict(code='needs_reauth', message='Harvest refused the refresh token.'))
Person.objects.create(host_app=host, tenant_id='{tenant}', user_id='u-1', name='Carmen Ruiz')
"""
_TEAR_DOWN = """
from harvest_bridge.connections.models import Connection
Connection.objects.filter(tenant_id='{tenant}').delete()
"""


@pytest.fixture
def tenant(bridge: Bridge) -> Iterator[str]:
    """One whose account must be linked again."""
    name = f"finch-{uuid4().hex[:8]}"
    bridge.manage("shell", "-c", _SET_UP.format(host=bridge.host["host_app_id"], tenant=name))
    yield name
    bridge.manage("shell", "-c", _TEAR_DOWN.format(tenant=name))


def look(page: Page, name: str) -> None:
    """Nothing is cut off, axe finds nothing, and a picture is kept, in every dress."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for dress, width in {"light": 1280, "dark": 1280, "narrow": 390}.items():
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dress == "dark")
        page.screenshot(path=PICTURES / f"{name} {dress}.png", full_page=True)
        found = Axe().run(page, context=".hb-overview")
        assert found.violations_count == 0, f"{name}, {dress}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}, {dress}: too wide"
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.evaluate("document.documentElement.classList.remove('dark')")


def test_support_finds_the_three_answers_within_three_clicks(bridge: Bridge, page: Page, tenant: str) -> None:
    page.goto(f"{bridge.url}/accounts/login/")
    page.get_by_label("Username or email").or_(page.locator("[name=login]")).first.fill("sam")
    page.locator("[name=password]").fill("a long pass phrase")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="What needs you")).to_be_visible()
    look(page, "first page")

    # Why does this customer's timer not work? One click.
    page.get_by_label("Why does a customer's timer not work?").fill(tenant)
    page.get_by_role("button", name="Find customer").click()
    expect(page.get_by_text("Must be linked again: Harvest refused the refresh token.")).to_be_visible()
    expect(page.get_by_text("You have not connected Harvest yet.")).to_be_visible()
    look(page, "tenant")

    # What needs me? None to know it, one to be there.
    page.goto(f"{bridge.url}/admin/")
    page.get_by_role("link", name="must be linked again").first.click()
    expect(page.get_by_text(tenant).first).to_be_visible()

    # Who did what? One click.
    page.goto(f"{bridge.url}/admin/")
    page.get_by_role("link", name="All of the audit").click()
    expect(page.get_by_text("ran: shell").first).to_be_visible()
    expect(page.get_by_text("signed in").first).to_be_visible()

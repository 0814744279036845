"""An account's plots as a manager sees them: drawn, readable in every dress, with nothing for axe to find."""

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
from datetime import date, timedelta
from django.contrib.auth.models import Group, User
from harvest_bridge.connections.models import Connection
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, person, project, task
given = dict(is_staff=True, is_superuser=True, email="m@example.com")
user, _ = User.objects.get_or_create(username="mona", defaults=given)
user.set_password('a long pass phrase'); user.save()
linked = Connection.objects.create(host_app_id='{host}', tenant_id='{tenant}', kind='account', status='active',
    harvest_account_id=4712, harvest_account_name='Finch', harvest_user_id=1, linked_by='Alice',
    access_roles=['administrator'])
mirrored = Mirrored(linked)
mirrored.put('users', person(1, 'Carmen Ruiz'), person(2, 'Dev Patel'))
mirrored.put('clients', client(3))
mirrored.put('projects', project(5, budget_by='project', budget=300))
mirrored.put('tasks', task(9))
day = date.today() - timedelta(days=70)
mirrored.put('time_entries', *(entry(n, str(day + timedelta(days=n)), 4 + n % 5, user=1 + n % 2) for n in range(1, 70)))
print(mirrored.mirror.pk)
"""
_TEAR_DOWN = """
from harvest_bridge.connections.models import Connection
Connection.objects.filter(tenant_id='{tenant}').delete()
"""


@pytest.fixture
def mirror_id(bridge: Bridge) -> Iterator[str]:
    name = f"plots-{uuid4().hex[:8]}"
    made = bridge.manage("shell", "-c", _SET_UP.format(host=bridge.host["host_app_id"], tenant=name))
    yield made.split()[-1]
    bridge.manage("shell", "-c", _TEAR_DOWN.format(tenant=name))


def test_plots_are_drawn_and_accessible_in_every_dress(bridge: Bridge, page: Page, mirror_id: str) -> None:
    page.goto(f"{bridge.url}/accounts/login/")
    page.locator("[name=login]").fill("mona")
    page.locator("[name=password]").fill("a long pass phrase")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="What needs you")).to_be_visible()

    page.goto(f"{bridge.url}/admin/insights/insightaccount/{mirror_id}/change/")

    for name in ("Utilization by person and week", "Margin by client", "Budgets left"):
        expect(page.get_by_role("img", name=name)).to_be_visible()
    assert page.locator(".hb-plot canvas").count() == 3
    PICTURES.mkdir(parents=True, exist_ok=True)
    for dress, width in {"light": 1280, "dark": 1280, "narrow": 390}.items():
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dress == "dark")
        page.screenshot(path=PICTURES / f"plots {dress}.png", full_page=True)
        found = Axe().run(page, context=".hb-plot")
        assert found.violations_count == 0, f"{dress}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{dress}: too wide"
    page.locator(".hb-plot details").first.click()
    expect(page.locator(".hb-plot table").first).to_contain_text("Carmen Ruiz")

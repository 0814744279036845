"""A mirror's page as an operator sees it: empty, loading, failing, whole, and compared. Pictures: `var/screens/`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account

PICTURES = ROOT / "var" / "screens"
SET_UP = """
from datetime import timedelta
from django.contrib.auth import get_user_model as m
from django.utils import timezone
from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import claims, services
from harvest_bridge.mirror.models import Mirror, Record, Run, Stream
from harvest_bridge.mirror.worker import work_on
now = timezone.now()
mirror = Mirror.objects.filter(connection='{connection}').first()
"""
OPERATOR = (
    "U = m().objects\n"
    "U.filter(username='ida').exists() or U.create_superuser('ida', 'ida@example.com', 'a long pass phrase')"
)
EMPTY = "mirror = Mirror.objects.create(connection_id='{connection}', is_paused=True); print(mirror.pk)"
LOADING = """
services.begin(mirror.connection, resources=['company', 'clients', 'projects', 'time_entries', 'invoices'])
Run.objects.create(mirror=mirror, kind='sweep', status='running', resources=['time_entries', 'invoices'],
    results=dict(company='passed', clients='passed', projects='passed'), walk=dict(totals=[200000], rows=84000),
    rows=84412, calls=46, changed=84412, started_at=now - timedelta(seconds=7), requested_by='operator: ida')
"""
WHOLE = """
Mirror.objects.exclude(pk=mirror.pk).update(is_paused=True)  # what other tests left to do
Run.objects.filter(mirror=mirror).delete()
services.begin(mirror.connection, is_paused=False)
work_on(claims.claim('test', now=timezone.now()), clock=timezone.now)
row = Record.objects.filter(stream__resource='clients', mirror=mirror).first()
Record.objects.filter(pk=row.pk).update(raw=row.raw.replace('"name":"', '"name":"Once '), digest=b'another')
"""
FAILING = """
streams = Stream.objects.filter(mirror=mirror)
later = now + timedelta(minutes=8)
streams.filter(resource='time_entries').update(state='failing', reason='harvest_unavailable', failures=5,
    detail='Harvest answered 503, and has for 20 minutes.', next_try_at=later, as_of=now - timedelta(hours=2))
streams.filter(resource='projects').update(state='partial', reason='rights', needs='administrator',
    detail='Bob is a manager, and sees the projects that he manages.')
streams.filter(resource='invoices').update(state='forbidden', reason='rights', needs='administrator',
    detail='Bob may not see invoices in Harvest.', next_try_at=later, as_of=None, swept_at=None)
"""


def look(page: Page, state: str) -> None:
    """Nothing is cut off, axe finds nothing, and a picture is kept, in every dress."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for dress, width in {"light": 1280, "dark": 1280, "narrow": 390}.items():
        page.set_viewport_size({"width": width, "height": 1000})
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dress == "dark")
        page.screenshot(path=PICTURES / f"mirror {state} {dress}.png", full_page=True)
        found = Axe().run(page, context=".hb-mirror")
        assert found.violations_count == 0, f"{state}, {dress}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{state}, {dress}: too wide"
    page.set_viewport_size({"width": 1280, "height": 1000})


@pytest.fixture
def connection(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[str]:
    found = link_account(bridge, sandbox, "alice")
    yield found
    bridge.api.delete(f"/integrated-account/{found}")


def test_a_mirror_s_page_is_readable_in_every_state(
    connection: str, page: Page, bridge: Bridge, browser_errors: BrowserErrors
) -> None:
    def do(code: str) -> str:
        return bridge.manage("shell", "--no-imports", "-c", (SET_UP + code).format(connection=connection))

    browser_errors.expect("favicon.ico")
    mirror = do(f"{OPERATOR}\n{EMPTY}").split()[-1]
    page.goto(f"{bridge.url}/accounts/login/?next=/admin/mirror/mirror/{mirror}/change/")
    page.fill("[name=login]", "ida")
    page.fill("[name=password]", "a long pass phrase")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing has been read yet: resume this mirror")).to_be_visible()
    look(page, "empty")

    do(LOADING)
    page.reload()
    expect(page.get_by_text("84,412 of 200,412 rows")).to_be_visible()
    look(page, "loading")

    do(WHOLE)  # the part that moves asks for itself, so that nobody reloads
    expect(page.locator("[data-resource=clients]").get_by_text("Complete", exact=True)).to_be_visible()
    page.reload()
    expect(page.locator("canvas").first).to_be_visible()
    look(page, "whole")

    page.goto(f"{bridge.url}/admin/mirror/mirror/{mirror}/compare/")
    page.select_option("[name=resource]", "clients")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("[data-id]").get_by_text("Differs", exact=True)).to_be_visible()
    look(page, "compared")

    do(FAILING)
    page.goto(f"{bridge.url}/admin/mirror/mirror/{mirror}/change/")
    expect(page.get_by_text("Harvest answered 503")).to_be_visible()
    look(page, "failing")
    page.goto(f"{bridge.url}/admin/mirror/mirror/")
    page.screenshot(path=PICTURES / "mirror list light.png")

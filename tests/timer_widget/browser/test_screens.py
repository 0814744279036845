"""Every screen in every dress: light, dark, forced colours, 320 px. axe finds nothing, nothing is cut off.

The pictures are kept under `var/screens/`, to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from harvest_bridge.env import ROOT
from tests.browsers import BrowserErrors

from .conftest import KEY, Ticket, element, marked
from .stub import Refusal

PICTURES = ROOT / "var" / "screens"
DRESSES: dict[str, Any] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
    "narrow": {"color_scheme": "light", "forced_colors": "none"},
}
SUGGESTED = {"project_id": 13, "task_id": 501}


def opened(ticket: Ticket, *, ready: str = "Start timer") -> None:
    ticket.open()
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name=ready)).to_be_visible()


def idle(ticket: Ticket) -> None:
    ticket.open(f"<p>{element()}</p><p>{marked()}</p><p>{marked({'id': 5}, tag='a', more='href=#')}</p>")


def running(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=754)
    idle(ticket)


def unavailable(ticket: Ticket) -> None:
    ticket.stub.refusals["session"] = Refusal(503, "unavailable", "Down for maintenance.")
    ticket.show(f"<p>{element()}</p><p>{marked()}</p>")
    ticket.is_in("unavailable")


def form(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.totals["WEB-12", "board-1"] = 12_300
    opened(ticket)


def form_with_list(ticket: Ticket) -> None:
    opened(ticket)
    ticket.panel.get_by_role("combobox", name="Project").fill("re")
    expect(ticket.panel.get_by_role("listbox", name="Project")).to_be_visible()


def form_with_errors(ticket: Ticket) -> None:
    opened(ticket)
    ticket.panel.get_by_role("button", name="Start timer").click()


def form_refused(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.refusals["start"] = Refusal(422, "harvest_rejected", "This project is closed for new time.")
    opened(ticket)
    ticket.panel.get_by_role("button", name="Start timer").click()
    expect(ticket.panel.get_by_role("alert")).to_contain_text("closed for new time")


def starting(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.delays["start"] = 2
    opened(ticket)
    ticket.panel.get_by_role("button", name="Start timer").click()


def running_elsewhere(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.run({"id": "OPS-1", "group_id": None}, seconds=4321, project=6, task=2)
    opened(ticket, ready="Switch timer")


def running_here(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=754, project=3, task=1, notes="The viewport rule was to blame")
    ticket.open()
    ticket.button.click(modifiers=["Shift"])
    expect(ticket.panel.get_by_role("button", name="Stop timer")).to_be_visible()


def loading(ticket: Ticket) -> None:
    ticket.stub.delays["projects"] = 2
    ticket.open()
    ticket.button.click()
    expect(ticket.panel.get_by_text("Loading…")).to_be_attached()


def connect(ticket: Ticket) -> None:
    ticket.stub.status = "none"
    ticket.show(element())
    ticket.is_in("signed-out")
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name="Connect Harvest")).to_be_visible()


def connecting(ticket: Ticket) -> None:
    connect(ticket)
    with ticket.page.context.expect_page():
        ticket.panel.get_by_role("button", name="Connect Harvest").click()
    expect(ticket.panel.get_by_role("button", name="Open the window again")).to_be_visible()


def relink(ticket: Ticket) -> None:
    ticket.stub.status = "needs_reauth"
    ticket.show(element())
    ticket.is_in("relink")
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name="Reconnect Harvest")).to_be_visible()


def no_projects(ticket: Ticket) -> None:
    ticket.stub.projects = []
    opened(ticket, ready="Look again")


def not_allowed(ticket: Ticket) -> None:
    ticket.stub.refusals["session"] = Refusal(403, "origin_not_allowed", "This page is not listed.")
    ticket.show(element())
    ticket.is_in("error")
    ticket.button.click()
    expect(ticket.panel.get_by_text("This page is not listed.")).to_be_visible()


@pytest.fixture(autouse=True)
def _refusals_are_expected(browser_errors: BrowserErrors) -> None:
    browser_errors.expect("Failed to load resource")


SCREENS: list[Callable[[Ticket], None]] = [
    idle,
    running,
    unavailable,
    form,
    form_with_list,
    form_with_errors,
    form_refused,
    starting,
    running_elsewhere,
    running_here,
    loading,
    connect,
    connecting,
    relink,
    no_projects,
    not_allowed,
]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_every_screen_is_accessible_and_fits(ticket: Ticket, screen: Callable[[Ticket], None]) -> None:
    ticket.page.emulate_media(reduced_motion="reduce")
    screen(ticket)
    ticket.page.add_style_tag(content="html { color-scheme: light dark }")
    for name, dress in DRESSES.items():
        ticket.page.set_viewport_size({"width": 320 if name == "narrow" else 640, "height": 640})
        ticket.page.emulate_media(**dress)
        ticket.page.wait_for_timeout(80)
        PICTURES.mkdir(parents=True, exist_ok=True)
        ticket.page.screenshot(path=PICTURES / f"{screen.__name__}-{name}.png")
        found = Axe().run(ticket.page)
        assert found.response["violations"] == [], f"{name}: {found.generate_report()}"
        assert overflow(ticket) == [0, 0], name


def overflow(ticket: Ticket) -> list[int]:
    """How far the panel reaches beyond its frame, sideways and down."""
    if not ticket.page.locator("dialog[open]").count():
        return [0, 0]
    reach: list[int] = ticket.panel.locator("html").evaluate(
        "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - innerHeight]"
    )
    return reach

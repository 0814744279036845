"""Every screen in light, dark, forced colours, at 320 px and right to left: axe finds nothing, nothing is cut off.

One page shows them all, one after the other. The pictures are kept under `var/screens/`, to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from harvest_bridge.env import ROOT

from .conftest import KEY, UNTIL_IT_FITS, Ticket, element, marked
from .history_events import some_history
from .stub import Refusal

PICTURES = ROOT / "var" / "screens"
DRESSES: dict[str, Any] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
    "narrow": {"color_scheme": "light", "forced_colors": "none"},
}
WITH_AXE = ("light", "dark")
# A question above a timer that runs, with days beside its times of day where they are not today's.
HEIGHT, HEIGHTS = 900, {"forgotten": 1100, "notices": 1100}
SUGGESTED = {"project_id": 13, "task_id": 501}


def opened(ticket: Ticket, *, ready: str = "Start timer") -> None:
    ticket.open()
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name=ready)).to_be_visible()


def details(ticket: Ticket) -> None:
    """The panel without a click's own try to start."""
    ticket.button.click(modifiers=["Shift"])


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
    ticket.press_in_panel("Start timer")


def form_refused(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.refusals["start"] = Refusal(422, "harvest_rejected", "This project is closed for new time.")
    opened(ticket)
    ticket.press_in_panel("Start timer")
    expect(ticket.panel.get_by_role("alert")).to_contain_text("closed for new time")


def starting(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.delays["start"] = 2
    opened(ticket)
    ticket.press_in_panel("Start timer")


def running_elsewhere(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.run({"id": "OPS-1", "group_id": None}, seconds=4321, project=6, task=2)
    opened(ticket, ready="Switch timer")


def running_here(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=754, project=3, task=1, notes="The viewport rule was to blame")
    ticket.stub.last_stop = (ticket.stub.now() - timedelta(minutes=40)).isoformat()
    ticket.open()
    ticket.button.click(modifiers=["Shift"])
    expect(ticket.panel.get_by_role("button", name="Stop timer")).to_be_visible()


def form_for_times(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.mode = "clock"
    opened(ticket)
    ticket.panel.get_by_label("Start", exact=True).fill("09:00")
    ticket.panel.get_by_label("End", exact=True).fill("10:30")
    expect(ticket.panel.get_by_role("button", name="Save time")).to_be_visible()


def day(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.add(5400, notes="Colours and spacing")
    ticket.stub.add(2700, notes="Kick-off with everyone who has an opinion on the colour of buttons", project_id=16)
    ticket.stub.add(3600, lock="invoiced", project_id=10)
    opened(ticket)
    ticket.panel.get_by_text("Today").click()
    expect(ticket.panel.get_by_text("3:15")).to_be_visible()


def history(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.history = some_history(ticket.stub.now())
    opened(ticket)
    ticket.press_in_panel("History")
    expect(ticket.panel.get_by_text("Firefox on Android, app.example.com").first).to_be_visible()


def old_start(ticket: Ticket) -> None:
    failed(ticket, "click_expired", "This click is more than 72 hours old.", "end", "drop")
    expect(ticket.panel.get_by_label("When did this work end?")).to_be_visible()


def edit(ticket: Ticket) -> None:
    day(ticket)
    ticket.press_in_panel("Edit Website relaunch")
    expect(ticket.panel.get_by_label("Time", exact=True)).to_have_value("1:30")
    ticket.press_in_panel("Delete")


def locked(ticket: Ticket) -> None:
    day(ticket)
    ticket.press_in_panel("Locked")
    expect(ticket.panel.get_by_text("It has been invoiced.")).to_be_visible()


def new_project(ticket: Ticket) -> None:
    ticket.stub.may_create_project = True
    ticket.stub.projects[3]["name"] = "Website"
    opened(ticket)
    ticket.press_in_panel("Create project “Website relaunch”")
    expect(ticket.panel.get_by_role("combobox", name="Client")).to_be_focused()


def switched(ticket: Ticket) -> None:
    running_elsewhere(ticket)
    ticket.press_in_panel("Switch timer")
    expect(ticket.panel.get_by_role("button", name="Undo")).to_be_visible()


def pending(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.delays["start"] = 20
    opened(ticket)
    ticket.press_in_panel("Start timer")
    expect(ticket.panel.get_by_role("alert")).to_have_text("Waiting for Harvest to confirm…")


def unconfirmed(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.refusals["start"] = Refusal(503, "harvest_unavailable", "Harvest is down.")
    opened(ticket)
    ticket.press_in_panel("Start timer")
    expect(ticket.panel.get_by_role("heading", name="This timer is not confirmed yet")).to_be_visible()


def undone(ticket: Ticket) -> None:
    failed(ticket, "harvest_rejected", "The project is archived.", "change", "drop")
    expect(ticket.panel.get_by_role("button", name="Choose another project")).to_be_visible()


def notices(ticket: Ticket) -> None:
    """What clicks came to that nobody expects."""
    ticket.stub.suggested = SUGGESTED
    told = {"kind": "stop", "entry_id": 101, "project": "Website relaunch", "task": "Design", "message": ""}
    ticket.stub.notices = [
        told | {"key": f"k.{code}", "code": code} for code in ("ended_earlier", "started_again", "changed_later")
    ]
    opened(ticket)
    expect(ticket.panel.get_by_text("was changed after this click")).to_be_visible()


def failed(ticket: Ticket, code: str, message: str, *choices: str) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.queues = True
    ticket.open(element('project-id="13" task-id="501"') + marked({"id": "OPS-1", "name": "Renew"}))
    ticket.button.click()
    expect(ticket.button).to_have_attribute("data-harvest-state", "pending")
    ticket.soon(lambda: ticket.stub.streams)
    ticket.stub.fail(code, message, *choices)
    expect(ticket.button).to_have_attribute("data-harvest-state", "decide")
    details(ticket)


def forgotten(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=14 * 3600)
    ticket.stub.forget_to_stop()
    ticket.open()
    details(ticket)
    expect(ticket.panel.get_by_role("button", name="Go on without the gap")).to_be_visible()


def stopped_for_you(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.run(KEY, seconds=14 * 3600)
    ticket.stub.forget_to_stop(status="stopped")
    ticket.open()
    details(ticket)
    expect(ticket.panel.get_by_role("button", name="Put it back")).to_be_visible()


def signing_out(ticket: Ticket) -> None:
    opened(ticket)
    ticket.press_in_panel("Sign out")
    expect(ticket.panel.get_by_role("button", name="Stay signed in")).to_be_visible()


def refused_with(ticket: Ticket, refusal: Refusal, words: str) -> None:
    ticket.open()
    ticket.stub.refusals["projects"] = refusal
    details(ticket)
    expect(ticket.panel.get_by_role("heading", name=words)).to_be_visible()


def harvest_away(ticket: Ticket) -> None:
    refused_with(ticket, Refusal(503, "harvest_unavailable", "Harvest is down."), "Harvest does not answer")


def rate_limited(ticket: Ticket) -> None:
    refused_with(ticket, Refusal(429, "harvest_rate_limited", "Slow down."), "Harvest has too much to do")


def forbidden(ticket: Ticket) -> None:
    refused_with(ticket, Refusal(403, "harvest_forbidden", "You are archived there."), "Not allowed in Harvest")


def bridge_away(ticket: Ticket) -> None:
    refused_with(ticket, Refusal(503, "unavailable", "Down for maintenance."), "The timer cannot be reached")


def offline(ticket: Ticket) -> None:
    opened(ticket)
    ticket.page.keyboard.press("Escape")
    ticket.page.context.set_offline(True)
    details(ticket)
    expect(ticket.panel.get_by_role("heading", name="You are offline")).to_be_visible()


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
        ticket.press_in_panel("Connect Harvest")
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


SCREENS: list[Callable[[Ticket], None]] = [
    idle,
    running,
    unavailable,
    form,
    form_with_list,
    form_with_errors,
    form_refused,
    form_for_times,
    day,
    history,
    old_start,
    edit,
    locked,
    new_project,
    starting,
    pending,
    unconfirmed,
    undone,
    notices,
    forgotten,
    stopped_for_you,
    running_elsewhere,
    switched,
    running_here,
    loading,
    connect,
    connecting,
    relink,
    no_projects,
    signing_out,
    not_allowed,
    forbidden,
    rate_limited,
    harvest_away,
    bridge_away,
    offline,
]


def dress(ticket: Ticket, name: str, *, height: int = HEIGHT) -> None:
    ticket.page.set_viewport_size({"width": 320 if name in ("narrow", "rtl") else 640, "height": height})
    ticket.page.emulate_media(**DRESSES.get(name, DRESSES["light"]))
    ticket.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def picture(ticket: Ticket, screen: Callable[[Ticket], None], name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    if ticket.page.locator("dialog[open]").count():
        ticket.panel.locator("html").evaluate(UNTIL_IT_FITS)
    ticket.page.screenshot(path=PICTURES / f"{screen.__name__}-{name}.png")
    assert overflow(ticket) == [0, 0], name


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_every_screen_is_accessible_and_fits(one: Ticket, screen: Callable[[Ticket], None]) -> None:
    one.page.set_viewport_size({"width": 640, "height": 900})
    screen(one)
    one.page.add_style_tag(content="html { color-scheme: light dark }")
    for name in DRESSES:
        dress(one, name, height=HEIGHTS.get(screen.__name__, HEIGHT))
        picture(one, screen, name)
        if name in WITH_AXE:
            found = Axe().run(one.page)
            assert found.response["violations"] == [], f"{name}: {found.generate_report()}"


WORDS = {
    "Start timer": "بدء المؤقت",
    "Switch timer": "تبديل المؤقت",
    "Stop timer": "إيقاف المؤقت",
}


@pytest.mark.parametrize("name", WORDS)
def test_arabic_runs_from_right_to_left_and_fits_in_320_pixels(ticket: Ticket, name: str) -> None:
    ticket.stub.language = ("ar", "rtl")
    ticket.stub.suggested = SUGGESTED
    ticket.stub.add(5400, notes="Colours and spacing")
    if name != "Start timer":
        ticket.stub.run(KEY if name == "Stop timer" else {"id": "OPS-1", "group_id": None}, seconds=754, project=3)
    dress(ticket, "rtl")
    ticket.open()
    details(ticket)
    expect(ticket.panel.get_by_role("button", name=WORDS[name])).to_be_visible()
    ticket.panel.get_by_text("اليوم").click()
    ticket.settle()  # the frame grows
    ticket.page.screenshot(path=PICTURES / f"{name.replace(' ', '_').lower()}-rtl.png")
    assert ticket.panel.locator("html").get_attribute("dir") == "rtl"
    assert overflow(ticket) == [0, 0]
    assert Axe().run(ticket.page).response["violations"] == []


def test_the_form_is_usable_at_four_hundred_percent(one: Ticket) -> None:
    """1280 pixels at 400 % are 320 by 180."""
    one.page.set_viewport_size({"width": 320, "height": 180})
    one.stub.suggested = SUGGESTED
    opened(one)
    start = one.panel.get_by_role("button", name="Start timer")
    start.scroll_into_view_if_needed()
    start.click()
    expect(one.button).to_have_attribute("data-harvest-state", "running")


def overflow(ticket: Ticket) -> list[int]:
    """How far the panel reaches beyond its frame, sideways and down."""
    if not ticket.page.locator("dialog[open]").count():
        return [0, 0]
    reach: list[int] = ticket.panel.locator("html").evaluate(
        "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - innerHeight]"
    )
    return reach

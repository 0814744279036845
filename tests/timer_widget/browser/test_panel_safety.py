"""The panel never loses what was typed, never does a thing twice, and keeps the focus; and its clocks are Harvest's."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from tests.browsers import until_armed

from .conftest import KEY, Ticket, element
from .stub import Bridge, Host

SUGGESTED = {"project_id": 13, "task_id": 501}


@pytest.fixture
def form(one: Ticket) -> Ticket:
    one.page.set_viewport_size({"width": 640, "height": 900})
    one.stub.suggested = SUGGESTED
    one.open()
    opened(one)
    return one


def opened(ticket: Ticket) -> None:
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_focused()


def time_of(ticket: Ticket) -> Locator:
    return ticket.panel.get_by_label("Time", exact=True)


def with_today(ticket: Ticket) -> None:
    """The panel opened anew, with the list of the day unfolded."""
    ticket.page.keyboard.press("Escape")
    opened(ticket)
    ticket.panel.get_by_text("Today").click()


@pytest.mark.parametrize("keys", ["Enter", "Control+Enter"])
def test_enter_again_after_time_was_saved_starts_no_timer(form: Ticket, keys: str) -> None:
    time_of(form).fill("0:30")
    form.page.keyboard.press(keys)
    expect(form.panel.get_by_text("0:30 saved.")).to_be_visible()
    expect(form.panel.get_by_role("button", name="Start timer")).to_be_enabled()
    form.page.keyboard.press(keys)
    form.page.keyboard.press(keys)
    time_of(form).fill("0:15")
    form.page.keyboard.press(keys)
    expect(form.panel.get_by_text("0:15 saved.")).to_be_visible()
    assert (len(form.sent("entry")), form.sent("start")) == (2, [])


def test_a_double_click_on_save_time_starts_no_timer(form: Ticket) -> None:
    time_of(form).fill("0:30")
    expect(form.panel.get_by_role("button", name="Save time")).to_be_visible()
    form.panel.get_by_role("button", name="Save time").dblclick()
    expect(form.panel.get_by_text("0:30 saved.")).to_be_visible()
    assert form.sent("start") == []


def test_a_timer_starts_after_time_was_saved_once_it_is_meant(form: Ticket) -> None:
    time_of(form).fill("0:30")
    form.page.keyboard.press("Enter")
    expect(form.panel.get_by_text("0:30 saved.")).to_be_visible()
    form.press_in_panel("Start timer")
    form.soon(lambda: form.sent("start"))


def test_escape_keeps_what_was_typed(form: Ticket) -> None:
    form.panel.get_by_label("Notes").fill("Half a thought")
    time_of(form).fill("1:15")
    form.page.keyboard.press("Escape")
    expect(form.page.locator("dialog")).to_be_hidden()
    form.button.click()
    expect(form.panel.get_by_label("Notes")).to_have_value("Half a thought")
    expect(time_of(form)).to_have_value("1:15")


def test_what_was_typed_for_one_item_waits_while_another_is_open(one: Ticket) -> None:
    one.page.set_viewport_size({"width": 640, "height": 900})
    other = element(item={"id": "WEB-13", "name": "Another"})
    one.stub.suggested = SUGGESTED
    one.open(element() + other)
    opened(one)
    one.panel.get_by_label("Notes").fill("Half a thought")
    one.page.keyboard.press("Escape")
    one.page.locator("harvest-timer").nth(1).get_by_role("button").first.click()
    expect(one.panel.get_by_label("Notes")).to_have_value("Another")
    one.page.keyboard.press("Escape")
    one.button.click()
    expect(one.panel.get_by_label("Notes")).to_have_value("Half a thought")
    one.press_in_panel("Cancel")
    one.button.click()
    expect(one.panel.get_by_label("Notes")).to_have_value("Fix login on small screens")


def test_escape_keeps_what_was_typed_for_a_running_timer_and_for_an_entry(one: Ticket) -> None:
    one.page.set_viewport_size({"width": 640, "height": 900})
    one.stub.run(KEY, seconds=60)
    one.stub.add(5400, notes="Colours")
    one.open()
    one.button.click(modifiers=["Shift"])
    one.panel.get_by_label("Notes").fill("Half a thought")
    one.page.keyboard.press("Escape")
    one.button.click(modifiers=["Shift"])
    expect(one.panel.get_by_label("Notes")).to_have_value("Half a thought")
    one.panel.get_by_text("Today").click()
    one.press_in_panel("Edit Website relaunch")
    one.panel.get_by_label("Notes").fill("Colours and")
    one.page.keyboard.press("Escape")
    one.button.click(modifiers=["Shift"])
    expect(one.panel.get_by_label("Notes")).to_have_value("Colours and")


def test_control_enter_saves_from_every_field(form: Ticket) -> None:
    form.stub.add(5400, notes="Colours")
    with_today(form)
    form.press_in_panel("Edit Website relaunch")
    time_of(form).fill("2")
    form.page.keyboard.press("Control+Enter")
    expect(form.panel.locator(".day-sum")).to_have_text("2:00")
    form.panel.get_by_label("Date").fill("2026-01-05")
    time_of(form).fill("1")
    form.panel.get_by_label("Date").press("Control+Enter")
    expect(form.panel.get_by_text("1:00 saved.")).to_be_visible()


def test_the_row_of_a_running_timer_ticks_and_so_does_the_sum(one: Ticket) -> None:
    one.page.set_viewport_size({"width": 640, "height": 900})
    one.stub.run(KEY, seconds=59)
    one.stub.add(59 * 60 + 58, notes="Now")
    one.stub.entries[0]["is_running"] = True
    one.open()
    one.button.click(modifiers=["Shift"])
    one.panel.get_by_text("Today").click()
    row = one.panel.locator(".entry-time")
    expect(row).to_have_text("1:00:02")
    expect(one.panel.locator(".day-sum")).to_have_text("1:00")


def test_the_head_is_that_of_the_entry_which_is_edited(form: Ticket) -> None:
    form.stub.add(5400, project_id=16)
    with_today(form)
    form.press_in_panel("Edit Client portal")
    expect(form.panel.get_by_role("heading", level=1)).to_have_text("Edit time")
    expect(form.panel.locator("header")).to_contain_text("Client portal, phase two")
    expect(form.panel.locator("header")).not_to_contain_text("Fix login")


def test_focus_is_never_lost(form: Ticket) -> None:
    form.stub.add(5400)
    with_today(form)
    form.press_in_panel("Edit Website relaunch")
    form.press_in_panel("Back")
    expect(form.panel.get_by_role("button", name="Edit Website relaunch")).to_be_focused()
    form.page.keyboard.press("Enter")
    form.press_in_panel("Delete")
    until_armed(form.page)
    form.press_in_panel("Really delete?")
    expect(form.panel.get_by_role("button", name="Undo")).to_be_focused()
    form.page.keyboard.press("Enter")
    expect(form.panel.get_by_text("Undone.")).to_be_visible()
    expect(form.panel.get_by_role("button", name="Start timer")).to_be_focused()
    time_of(form).fill("0:30")
    form.press_in_panel("Save time")
    expect(form.panel.get_by_text("0:30 saved.")).to_be_visible()
    assert form.panel.locator(":focus").count() == 1


def test_every_entry_has_a_name_of_its_own(form: Ticket) -> None:
    for notes, seconds in [("Colours", 5400), ("Spacing", 5400), ("Spacing", 2700), ("Spacing", 2700)]:
        form.stub.add(seconds, notes=notes)
    with_today(form)
    expect(form.panel.locator(".entry")).to_have_count(4)
    names = [each.get_attribute("aria-label") for each in form.panel.locator(".entry button").all()]
    assert len(set(names)) == 4
    assert "Edit Website relaunch · Design, Colours, 1:30" in names


def test_a_long_day_can_be_scrolled_by_keyboard_even_while_something_is_on_its_way(form: Ticket) -> None:
    for at in range(12):
        form.stub.add(600 + at * 60)
    with_today(form)
    expect(form.panel.get_by_role("list", name="Today")).to_have_attribute("tabindex", "0")
    form.stub.delays["start"] = 20
    form.press_in_panel("Start timer")
    expect(form.panel.locator(".entry button").first).to_be_disabled()
    found = Axe().run(form.page)
    assert found.response["violations"] == [], found.generate_report()


def test_the_time_field_previews_what_it_adds_up_to(form: Ticket) -> None:
    time_of(form).press_sequentially("1:30 + 15m")
    expect(form.panel.get_by_text("= 1:45")).to_be_visible()
    time_of(form).fill("1:45")
    expect(form.panel.get_by_text("= 1:45")).to_be_hidden()


def test_the_running_timer_can_be_edited_whole(one: Ticket) -> None:
    one.stub.run(KEY, seconds=60, project=3, task=1, notes="Viewport")
    one.open()
    one.button.click(modifiers=["Shift"])
    one.press_in_panel("Edit time")
    expect(one.panel.get_by_role("combobox", name="Project")).to_have_value("Website relaunch")
    one.panel.get_by_label("Notes").fill("The viewport rule")
    one.press_in_panel("Save")
    expect(one.panel.get_by_text("Saved.")).to_be_visible()
    assert (one.stub.running or {})["notes"] == "The viewport rule"
    assert "spent_date" not in one.sent("entry")[0]


class TestTwoZones:
    """A browser in Pacific time, a Harvest profile in Eastern time."""

    @pytest.fixture
    def pacific(self, browser: Browser, stub: Bridge, host: Host) -> Ticket:
        context = browser.new_context(timezone_id="America/Los_Angeles", reduced_motion="reduce")
        stub.timezone = "America/New_York"
        return Ticket(context.new_page(), stub, host)

    def test_a_typed_start_is_harvests_time(self, pacific: Ticket) -> None:
        pacific.stub.run(KEY, seconds=60)
        pacific.open()
        pacific.button.click(modifiers=["Shift"])
        began = pacific.panel.get_by_label("Started")
        eastern = pacific.stub.now().astimezone(ZoneInfo("America/New_York"))
        expect(began).not_to_have_value("")
        assert began.input_value()[:2] in (f"{eastern:%H}", f"{eastern - timedelta(minutes=5):%H}")
        wanted = (eastern - timedelta(hours=2)).replace(second=0, microsecond=0)
        began.fill(f"{wanted:%H:%M}")
        began.press("Enter")
        expect(pacific.panel.get_by_text(f"The timer started at {wanted:%-I:%M}")).to_be_visible()
        (sent,) = pacific.sent("beginning")
        assert datetime.fromisoformat(sent["started_at"]) == wanted

    def test_a_timer_starts_though_the_browsers_day_is_another(
        self, browser: Browser, stub: Bridge, host: Host
    ) -> None:
        """The form is there before the account's zone is known, with the browser's day in it."""
        ahead = stub.now().hour >= 12
        away = browser.new_context(timezone_id="Pacific/Kiritimati" if ahead else "Pacific/Pago_Pago")
        stub.timezone = "Europe/London" if ahead else "Pacific/Auckland"
        ticket = Ticket(away.new_page(), stub, host)
        ticket.open()
        ticket.button.click()
        expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
        expect(ticket.panel.get_by_role("button", name="Save time")).to_have_count(0)

    def test_it_says_whose_clock_it_is(self, pacific: Ticket) -> None:
        pacific.open()
        pacific.button.click()
        expect(pacific.panel.get_by_text("Times are in your Harvest time zone: Eastern Time.")).to_be_visible()

    def test_nothing_is_said_where_the_clocks_agree(self, pacific: Ticket) -> None:
        pacific.stub.timezone = "America/Tijuana"
        pacific.open()
        pacific.button.click()
        expect(pacific.panel.get_by_text("Today")).to_be_visible()
        expect(pacific.panel.get_by_text("Times are in your")).to_be_hidden()

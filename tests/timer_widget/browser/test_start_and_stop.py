"""From a click to a running timer and back, as a person sees it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from .conftest import GROUP, ITEM, KEY, Ticket, element, marked


def choose(ticket: Ticket, label: str, typed: str, option: str) -> None:
    ticket.panel.get_by_role("combobox", name=label).fill(typed)
    ticket.panel.get_by_role("option", name=option).click()


def test_a_timer_starts_from_the_panel_and_ticks_on_the_button(ticket: Ticket) -> None:
    ticket.open()
    ticket.button.click()
    choose(ticket, "Project", "relaunch", "Website relaunch")
    choose(ticket, "Task", "dev", "Development")
    ticket.press_in_panel("Start timer")
    expect(ticket.page.locator("harvest-timer")).to_have_attribute("data-harvest-state", "running")
    expect(ticket.button).to_have_attribute("data-harvest-time", "0:00:02")
    expect(ticket.page.locator("dialog")).to_be_hidden()


def test_a_start_carries_the_item_the_choice_the_notes_and_the_moment(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open(element('account-id="acme" permalink="/t/12#now"'))
    ticket.button.click()
    ticket.panel.get_by_label("Notes").fill("Found the cause")
    ticket.press_in_panel("Start timer")
    ticket.soon(lambda: ticket.sent("start"))
    (sent,) = ticket.sent("start")
    link = f"{ticket.host.origin}/t/12#now"
    assert sent["item"] == KEY | {
        "name": ITEM["name"],
        "group_name": GROUP["name"],
        "account_id": "acme",
        "permalink": link,
    }
    assert (sent["project_id"], sent["task_id"], sent["notes"]) == (13, 501, "Found the cause")
    assert re.fullmatch(r"[0-9a-z]{16,}\.1", sent["idempotency_key"])
    assert sent["clicked_at"].endswith("Z")


def test_the_notes_begin_with_the_name_of_the_item(ticket: Ticket) -> None:
    ticket.open()
    ticket.button.click()
    expect(ticket.panel.get_by_label("Notes")).to_have_value(ITEM["name"])


def test_one_click_stops_the_timer_that_runs(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=5000)
    ticket.open()
    expect(ticket.button).to_have_attribute("aria-label", f"Stop timer, {ITEM['name']}")
    ticket.button.click()
    expect(ticket.page.locator("harvest-timer")).to_have_attribute("data-harvest-state", "ready")
    assert ticket.stub.running is None
    assert ticket.page.locator("dialog").count() == 0


def test_one_click_starts_where_the_host_names_project_and_task(ticket: Ticket) -> None:
    ticket.open(element('project-code="BWC-02" task-name="Development"'))
    ticket.button.click()
    expect(ticket.page.locator("harvest-timer")).to_have_attribute("data-harvest-state", "running")
    (sent,) = ticket.sent("start")
    assert (sent["project_id"], sent["task_id"], sent["notes"]) == (13, 501, ITEM["name"])
    assert ticket.page.locator("dialog").count() == 0


def test_a_named_project_that_does_not_exist_leaves_the_choice_to_the_person(ticket: Ticket) -> None:
    ticket.open(element('project-code="NO-SUCH" task-name="Development"'))
    ticket.button.click()
    expect(ticket.panel.get_by_role("combobox", name="Project")).to_be_focused()
    assert ticket.sent("start") == []


def test_what_is_tracked_on_the_item_is_on_the_panel_and_then_on_the_button(ticket: Ticket) -> None:
    ticket.stub.totals["WEB-12", "board-1"] = 3 * 3600 + 25 * 60
    ticket.open()
    ticket.button.click()
    expect(ticket.panel.get_by_text("3:25 on this item")).to_be_visible()
    ticket.page.keyboard.press("Escape")
    expect(ticket.button).to_have_attribute("data-harvest-time", "3:25")


def test_the_total_is_told_while_a_timer_runs_and_after_it_stopped(ticket: Ticket) -> None:
    ticket.stub.totals["WEB-12", "board-1"] = 3600
    ticket.stub.run(KEY, seconds=1800)
    ticket.open()
    ticket.button.click(modifiers=["Shift"])
    expect(ticket.panel.get_by_text("1:30 on this item")).to_be_visible()
    ticket.press_in_panel("Stop timer")
    expect(ticket.panel.get_by_text("1:30 on this item")).to_be_visible()
    ticket.page.keyboard.press("Escape")
    expect(ticket.button).to_have_attribute("data-harvest-time", "1:30")


def test_notes_of_the_running_timer_can_be_changed(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=60, notes="Looking")
    ticket.open()
    ticket.page.locator("harvest-timer").get_by_role("button", name="Timer details").click()
    notes = ticket.panel.get_by_label("Notes")
    expect(notes).to_have_value("Looking")
    notes.fill("Found it")
    ticket.press_in_panel("Save notes")
    expect(ticket.panel.get_by_role("button", name="Save notes")).to_be_hidden()
    ticket.soon(lambda: (ticket.stub.running or {})["notes"] == "Found it")


def test_stopping_keeps_notes_that_were_typed_but_not_saved(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=60)
    ticket.open()
    ticket.button.click(modifiers=["Shift"])
    ticket.panel.get_by_label("Notes").fill("Done")
    ticket.press_in_panel("Stop timer")
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    assert [name for name, _ in ticket.stub.sent] == ["session", "entry", "stop"]


def test_another_timer_is_named_in_the_panel_only_and_can_be_stopped_there(ticket: Ticket) -> None:
    ticket.stub.run({"id": "OPS-1", "group_id": None}, seconds=90, project=4)
    ticket.open()
    expect(ticket.button).to_have_attribute("aria-label", f"Start timer, {ITEM['name']}, another timer is running")
    assert "Menu and brand refresh" not in ticket.page.content()
    ticket.button.click()
    expect(ticket.panel.get_by_text("Menu and brand refresh · Design")).to_be_visible()
    ticket.panel.get_by_role("button", name="Stop", exact=True).click()
    expect(ticket.panel.get_by_text("Menu and brand refresh · Design")).to_be_hidden()
    assert ticket.stub.running is None


def test_starting_here_ends_the_other_timer_on_the_same_page(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.stub.run({"id": "OPS-1", "group_id": "board-1"}, seconds=90)
    ticket.open(element() + element(item={"id": "OPS-1", "name": "Renew certificates"}))
    first, second = ticket.page.locator("harvest-timer").all()
    expect(second).to_have_attribute("data-harvest-state", "running")
    ticket.button.click()
    ticket.press_in_panel("Switch timer")
    expect(first).to_have_attribute("data-harvest-state", "running")
    expect(second).to_have_attribute("data-harvest-state", "elsewhere")


def test_the_shown_time_is_the_servers_whatever_the_computers_clock_says(ticket: Ticket) -> None:
    ticket.page.clock.install()
    ticket.page.clock.pause_at("2031-01-01T00:00:00Z")
    ticket.stub.run(KEY, seconds=3661)
    ticket.show(element())
    ticket.page.clock.run_for(2000)
    ticket.is_in("ready")
    expect(ticket.button).to_have_attribute("data-harvest-time", "1:01:01")


@pytest.mark.parametrize("jump", ["sleep", "clock"])
def test_a_sleep_or_a_clock_that_is_set_leaves_the_servers_time(ticket: Ticket, jump: str) -> None:
    """E16: eight hours asleep, when the server's clock goes on, or eight hours of a clock that somebody sets."""
    ticket.page.clock.install()
    ticket.stub.run(KEY, seconds=3600)
    ticket.open()
    if jump == "sleep":
        ticket.stub.clock_offset = timedelta(hours=8)
        ticket.page.clock.fast_forward("08:00:00")
    else:
        ticket.page.clock.set_system_time(ticket.stub.now() + timedelta(hours=8))
    expect(ticket.button).to_have_attribute("data-harvest-time", re.compile("^9:00:" if jump == "sleep" else "^1:00:"))


def test_harvests_own_markup_starts_and_stops_too(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open(marked())
    timer = ticket.page.locator(".harvest-timer")
    timer.click()
    ticket.press_in_panel("Start timer")
    expect(timer).to_have_class("harvest-timer styled running")
    timer.dispatch_event("click")
    expect(timer).to_have_class("harvest-timer styled")
    assert ticket.stub.running is None

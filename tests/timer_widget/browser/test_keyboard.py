"""Everything by keyboard alone, and what assistive technology is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import ITEM, KEY, Ticket, element, marked


def press(ticket: Ticket, *keys: str) -> None:
    for key in keys:
        ticket.page.keyboard.press(key)


@pytest.mark.parametrize(
    ("tag", "key"), [("div", "Enter"), ("div", "Space"), ("a", "Enter"), ("button", "Enter"), ("button", "Space")]
)
def test_any_tag_is_a_button_in_the_tab_order(ticket: Ticket, tag: str, key: str) -> None:
    ticket.open(marked(tag=tag, more='href="#"' if tag == "a" else ""))
    press(ticket, "Tab", key)
    expect(ticket.page.locator("dialog")).to_be_visible()


def test_a_timer_starts_and_stops_without_a_mouse(ticket: Ticket) -> None:
    ticket.open()
    press(ticket, "Tab", "Enter")
    expect(ticket.panel.get_by_role("combobox", name="Project")).to_be_focused()
    ticket.page.keyboard.type("relaunch")
    press(ticket, "Enter")
    expect(ticket.panel.get_by_role("combobox", name="Task")).to_be_focused()
    ticket.page.keyboard.type("deve")
    press(ticket, "Enter")
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_focused()
    press(ticket, "Enter")
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    expect(ticket.button).to_be_focused()
    press(ticket, "Enter")
    expect(ticket.button).to_have_attribute("data-harvest-state", "ready")


def test_escape_in_the_list_closes_the_list_and_then_the_panel(ticket: Ticket) -> None:
    ticket.open()
    ticket.button.click()
    project = ticket.panel.get_by_role("combobox", name="Project")
    expect(project).to_be_focused()
    press(ticket, "ArrowDown")
    expect(project).to_have_attribute("aria-expanded", "true")
    press(ticket, "Escape")
    expect(project).to_have_attribute("aria-expanded", "false")
    expect(ticket.page.locator("dialog")).to_be_visible()
    press(ticket, "Escape")
    expect(ticket.page.locator("dialog")).to_be_hidden()
    expect(ticket.button).to_be_focused()


def test_the_arrows_walk_through_the_list_and_tab_takes_what_they_reached(ticket: Ticket) -> None:
    ticket.open()
    ticket.button.click()
    project = ticket.panel.get_by_role("combobox", name="Project")
    expect(project).to_be_focused()
    press(ticket, "ArrowDown", "ArrowDown")
    active = project.get_attribute("aria-activedescendant")
    expect(ticket.panel.locator(f"#{active}")).to_have_text("Ticketing kioskALM-31")
    press(ticket, "Tab")
    expect(project).to_have_value("Ticketing kiosk")


def test_typing_without_choosing_leaves_the_choice_as_it_was(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open()
    ticket.button.click()
    project = ticket.panel.get_by_role("combobox", name="Project")
    project.fill("zzz")
    expect(ticket.panel.get_by_text("Nothing found")).to_be_visible()
    press(ticket, "Escape")
    expect(project).to_have_value("Website relaunch")


def test_starting_without_a_choice_says_what_is_missing_and_goes_there(ticket: Ticket) -> None:
    ticket.open()
    ticket.button.click()
    ticket.press_in_panel("Start timer")
    project = ticket.panel.get_by_role("combobox", name="Project")
    expect(project).to_be_focused()
    expect(project).to_have_accessible_description("Choose a project.")
    expect(project).to_have_attribute("aria-invalid", "true")


def test_a_project_with_one_task_needs_no_second_choice(ticket: Ticket) -> None:
    ticket.open()
    ticket.button.click()
    ticket.panel.get_by_role("combobox", name="Project").fill("internal")
    press(ticket, "Enter")
    expect(ticket.panel.get_by_role("combobox", name="Task")).to_have_value("Admin")


def test_the_list_stays_short_with_two_thousand_projects(ticket: Ticket) -> None:
    one = ticket.stub.projects[0]
    ticket.stub.projects = [one | {"id": 1000 + i, "name": f"Project {i}"} for i in range(2000)]
    ticket.open()
    ticket.button.click()
    project = ticket.panel.get_by_role("combobox", name="Project")
    expect(project).to_be_focused()
    project.fill("project 19")
    assert ticket.panel.get_by_role("option").count() == 100
    expect(ticket.panel.get_by_text("more: type to narrow down")).to_be_visible()


def test_control_enter_in_the_notes_starts(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open()
    ticket.button.click()
    ticket.panel.get_by_label("Notes").focus()
    press(ticket, "Control+Enter")
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")


def test_focus_stays_in_the_panel(ticket: Ticket) -> None:
    ticket.open(element() + '<a href="#out">Out</a>')
    ticket.button.click()
    expect(ticket.panel.get_by_role("combobox", name="Project")).to_be_focused()
    for _ in range(12):
        press(ticket, "Tab")
        assert ticket.page.evaluate("document.activeElement.localName") in ("iframe", "body", "dialog")


def test_a_start_and_a_stop_are_each_said_once_and_no_second_is(ticket: Ticket) -> None:
    ticket.open(element('project-id="13" task-id="501"'))
    ticket.page.evaluate(
        """() => { said = []; const region = document.querySelector("[role=status]");
        new MutationObserver(() => said.push(region.textContent)).observe(region, {childList: true}) }"""
    )
    ticket.button.click()
    expect(ticket.button).to_have_attribute("data-harvest-time", "0:00:02")
    ticket.button.click()
    expect(ticket.page.get_by_role("status")).to_have_text("Timer stopped: Fix login on small screens, 0:00:02")
    assert ticket.page.evaluate("said") == [
        "Timer started: Fix login on small screens",
        "Timer stopped: Fix login on small screens, 0:00:02",
    ]


def test_the_name_of_a_running_button_does_not_change_with_the_seconds(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    ticket.open()
    names = set()
    for _ in range(3):
        names.add(ticket.button.get_attribute("aria-label"))
        shown = ticket.button.get_attribute("data-harvest-time")
        expect(ticket.button).not_to_have_attribute("data-harvest-time", shown or "")
    assert names == {f"Stop timer, {ITEM['name']}"}


def test_unstyled_text_of_the_host_stays_the_name(ticket: Ticket) -> None:
    ticket.open(marked(more="data-skip-styling", inner="Track time"))
    timer = ticket.page.locator(".harvest-timer")
    expect(timer).to_have_accessible_name("Track time")
    expect(timer).to_have_accessible_description(f"Start timer, {ITEM['name']}")

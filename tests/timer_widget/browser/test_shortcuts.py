"""Keys that a host registers start and stop as a click does."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import Ticket, element

START = 'project-code="BWC-02" task-name="Development"'
TWO = element(START) + element(START, {"id": "WEB-13", "name": "Another"})


def register(ticket: Ticket, keys: str = "alt+t", given: str = "undefined") -> None:
    ticket.page.evaluate(f"keys => HarvestBridge.shortcut(keys, {given})", keys)


def state(ticket: Ticket, number: int = 0) -> Any:
    return expect(ticket.page.locator("harvest-timer").nth(number))


@pytest.mark.parametrize(
    ("keys", "pressed"),
    [("alt+t", "Alt+t"), ("Shift+ALT+t", "Alt+Shift+T"), ("ctrl+shift+7", "Control+Shift+7"), ("f9", "F9")],
)
def test_keys_start_and_stop_the_pages_timer(one: Ticket, keys: str, pressed: str) -> None:
    one.open(element(START))
    register(one, keys)
    one.page.keyboard.press(pressed)
    state(one).to_have_attribute("data-harvest-state", "running")
    one.page.keyboard.press(pressed)
    state(one).to_have_attribute("data-harvest-state", "ready")


def test_the_timer_that_has_the_focus_goes_before_the_first(one: Ticket) -> None:
    one.open(TWO)
    register(one)
    one.page.locator("harvest-timer").nth(1).get_by_role("button").first.focus()
    one.page.keyboard.press("Alt+t")
    state(one, 1).to_have_attribute("data-harvest-state", "running")


def test_with_an_item_they_do_as_a_click_on_its_timer(one: Ticket) -> None:
    one.open(TWO)
    register(one, "alt+1", "document.querySelectorAll('harvest-timer')[0]")
    register(one, "alt+2", "() => document.querySelectorAll('harvest-timer')[1]")
    one.page.keyboard.press("Alt+1")
    state(one, 0).to_have_attribute("data-harvest-state", "running")
    one.page.keyboard.press("Alt+2")
    state(one, 1).to_have_attribute("data-harvest-state", "running")
    one.page.keyboard.press("Alt+2")
    state(one, 1).to_have_attribute("data-harvest-state", "ready")


def test_keys_taken_away_do_nothing_and_others_stay(one: Ticket) -> None:
    one.open(element(START))
    register(one, "alt+1")
    register(one, "alt+2")
    register(one, "alt+1", "null")
    one.page.keyboard.press("Alt+1")
    one.page.keyboard.press("Alt+2")
    state(one).to_have_attribute("data-harvest-state", "running")
    assert len(one.sent("start")) == 1


def test_a_letter_alone_is_left_to_the_field_that_has_the_focus(one: Ticket) -> None:
    one.open(element(START) + '<input aria-label="Note"><p contenteditable>x</p>')
    register(one, "t")
    for field in ("input", "p"):
        one.page.locator(field).press("t")
    expect(one.page.locator("input")).to_have_value("t")
    assert one.sent("start") == []
    one.page.locator("h1").evaluate("() => document.activeElement.blur()")
    one.page.keyboard.press("t")
    state(one).to_have_attribute("data-harvest-state", "running")


def test_they_live_through_destroy_and_init(one: Ticket) -> None:
    one.open(element(START))
    register(one)
    one.page.evaluate("HarvestBridge.destroy(); HarvestBridge.init()")
    register(one)
    one.is_in("ready")
    one.page.keyboard.press("Alt+t")
    state(one).to_have_attribute("data-harvest-state", "running")
    assert len(one.sent("start")) == 1


def test_a_page_without_them_loads_no_code_for_them(one: Ticket) -> None:
    one.stub.requests.clear()
    one.open(element(START))
    assert "GET /assets/shortcuts.js" not in one.stub.requests
    register(one)
    assert one.stub.requests.count("GET /assets/shortcuts.js") == 1

"""No click is lost, doubled or wrong: what happens to one that cannot be sent, or whose answer is lost."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browsers import BrowserErrors

from .conftest import ITEM, KEY, Ticket, element, marked
from .stub import Refusal

NAMED = element('project-id="13" task-id="501"')
AWAY = Refusal(503, "harvest_unavailable", "Harvest is down.")


@pytest.fixture(autouse=True)
def _refusals_are_expected(browser_errors: BrowserErrors) -> None:
    browser_errors.expect("Failed to load resource", "ERR_")


def is_in(button: Locator, state: str) -> None:
    expect(button).to_have_attribute("data-harvest-state", state)


def button_of(page: Page) -> Locator:
    return page.locator("harvest-timer").get_by_role("button").first


def keys(ticket: Ticket, name: str) -> set[str]:
    return {each["idempotency_key"] for each in ticket.sent(name)}


def kept(page: Page) -> list[str]:
    names: list[str] = page.evaluate(
        "Object.keys(localStorage).filter(name => name.startsWith('harvest-bridge:click:'))"
    )
    return names


def listen(page: Page) -> None:
    page.evaluate(
        "heard = []; for (const name of ['started', 'stopped', 'pending', 'error'])"
        "addEventListener('harvest-timer:' + name, ({detail}) => heard.push([name, detail.code ?? null]))"
    )


def test_a_click_shows_in_the_same_moment(ticket: Ticket) -> None:
    """E9 asks for 100 ms; it is the task of the click itself."""
    ticket.stub.run(KEY, seconds=60)
    held = ticket.stub.held["stop"] = threading.Event()
    ticket.open(NAMED + marked())
    press = "() => { const button = document.querySelector('span.harvest-timer'); button.click(); return button.title }"
    assert ticket.page.evaluate(press) == f"Stopping…, {ITEM['name']}"
    expect(ticket.button).to_have_text("Stopping…")
    held.set()
    is_in(ticket.button, "ready")


def test_a_start_and_a_stop_without_a_network_are_shown_and_sent_once_in_order(ticket: Ticket) -> None:
    ticket.open(NAMED)
    listen(ticket.page)
    ticket.page.context.set_offline(True)
    ticket.button.click()
    expect(ticket.button).to_have_text("Waiting to be sent")
    expect(ticket.button).to_have_attribute(
        "aria-label", f"Stop timer, {ITEM['name']}, Waiting to be sent, You are offline."
    )
    expect(ticket.button).to_have_attribute("data-harvest-time", "0:00:01")
    ticket.button.dispatch_event("click")
    expect(ticket.button).to_have_attribute(
        "aria-label", f"Start timer, {ITEM['name']}, Waiting to be sent, You are offline."
    )
    assert len(kept(ticket.page)) == 2
    ticket.page.context.set_offline(False)
    is_in(ticket.button, "ready")
    clicks = [(name, value["clicked_at"]) for name, value in ticket.stub.sent if name != "session"]
    assert [name for name, _ in clicks] == ["start", "stop"]
    assert clicks[0][1] < clicks[1][1]
    (stop,) = ticket.sent("stop")
    assert (stop["entry_id"], stop["timer_started_at"].endswith("Z")) == (101, True)
    assert ticket.page.evaluate("heard.map(([name]) => name)") == ["pending", "pending", "started", "stopped"]
    assert kept(ticket.page) == []


def test_a_stop_while_harvest_is_down_outlives_a_reload_and_is_the_same_click(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=60)
    ticket.stub.refusals["stop"] = AWAY
    ticket.open(NAMED)
    ticket.button.click()
    is_in(ticket.button, "waiting")
    ticket.page.reload()
    is_in(ticket.button, "waiting")
    expect(ticket.button).to_have_text("Waiting to be sent")
    del ticket.stub.refusals["stop"]
    ticket.wake("ready")
    is_in(ticket.button, "ready")
    assert (len(keys(ticket, "stop")), len(ticket.stub.answered)) == (1, 1)


def test_a_tab_that_opens_later_sends_what_a_closed_one_left(ticket: Ticket) -> None:
    ticket.stub.refusals["start"] = AWAY
    ticket.open(NAMED)
    ticket.button.click()
    is_in(ticket.button, "waiting")
    other = ticket.page.context.new_page()
    other.goto(ticket.page.url)
    is_in(button_of(other), "waiting")
    ticket.page.close()
    del ticket.stub.refusals["start"]
    is_in(button_of(other), "running")
    assert len(keys(ticket, "start")) == 1
    assert kept(other) == []


def test_a_click_in_one_tab_shows_in_the_others_before_it_is_sent(ticket: Ticket) -> None:
    ticket.open(NAMED)
    other = ticket.page.context.new_page()
    other.goto(ticket.page.url)
    is_in(button_of(other), "ready")
    ticket.stub.refusals["start"] = ticket.stub.refusals["stop"] = AWAY
    ticket.button.click()
    is_in(button_of(other), "waiting")
    button_of(other).click()
    expect(ticket.button).to_have_attribute("title", f"Start timer, {ITEM['name']}, Waiting to be sent")
    ticket.stub.refusals.clear()
    ticket.soon(lambda: ticket.stub.running is None and len(ticket.stub.answered) == 2)
    is_in(ticket.button, "ready")
    assert (len(keys(ticket, "start")), len(keys(ticket, "stop"))) == (1, 1)


def test_nobody_else_sends_what_a_person_left(ticket: Ticket) -> None:
    ticket.stub.refusals["start"] = AWAY
    ticket.open(NAMED)
    ticket.button.click()
    is_in(ticket.button, "waiting")
    ticket.stub.refusals.clear()
    ticket.stub.person = "2"
    ticket.page.reload()
    ticket.is_in("ready")
    ticket.settle()
    assert (ticket.stub.running, len(kept(ticket.page))) == (None, 1)
    ticket.stub.person = "1"
    ticket.page.reload()
    is_in(ticket.button, "running")


def test_a_page_that_may_store_nothing_keeps_its_clicks_for_as_long_as_it_lives(ticket: Ticket) -> None:
    ticket.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    ticket.open(NAMED)
    ticket.page.context.set_offline(True)
    ticket.button.click()
    is_in(ticket.button, "waiting")
    ticket.button.dispatch_event("click")
    ticket.page.context.set_offline(False)
    ticket.soon(lambda: [name for name, _ in ticket.stub.sent] == ["session", "start", "stop"])


def test_the_second_press_of_a_double_click_is_the_same_press(ticket: Ticket) -> None:
    ticket.open(NAMED)
    ticket.button.dblclick()
    is_in(ticket.button, "running")
    ticket.settle()
    assert (len(ticket.sent("start")), ticket.sent("stop")) == (1, [])


def test_a_click_that_the_server_has_taken_is_pending_until_it_is_done(ticket: Ticket) -> None:
    ticket.open(NAMED)
    ticket.stub.queues = True
    ticket.button.click()
    expect(ticket.button).to_have_text("Waiting for Harvest")
    ticket.button.dispatch_event("click")
    ticket.soon(lambda: ticket.sent("stop"))
    (start,), (stop,) = ticket.sent("start"), ticket.sent("stop")
    assert (stop["start_key"], "entry_id" in stop) == (start["idempotency_key"], False)
    ticket.soon(lambda: kept(ticket.page) == [])
    ticket.stub.catch_up()
    is_in(ticket.button, "ready")


def test_a_click_that_failed_is_shown_with_what_can_be_done(ticket: Ticket) -> None:
    ticket.open(NAMED)
    listen(ticket.page)
    ticket.stub.queues = True
    ticket.button.click()
    is_in(ticket.button, "pending")
    ticket.soon(lambda: ticket.stub.streams)
    ticket.stub.fail("harvest_rejected", "The project is archived.", "change", "copy", "drop")
    expect(ticket.button).to_have_text("Needs your decision")
    assert ticket.page.evaluate("heard") == [["pending", None], ["error", "harvest_rejected"]]
    ticket.button.dispatch_event("click")
    expect(ticket.panel.get_by_text("The project is archived.")).to_be_visible()
    ticket.press_in_panel("Choose another project")
    ticket.panel.get_by_role("combobox", name="Project").fill("Member")
    ticket.page.keyboard.press("Enter")
    ticket.panel.get_by_role("combobox", name="Task").fill("Design")
    ticket.page.keyboard.press("Enter")
    ticket.stub.queues = False
    ticket.press_in_panel("Use this project")
    ticket.soon(lambda: ticket.sent("clicks/decision"))
    (decision,) = ticket.sent("clicks/decision")
    assert decision == {
        "key": ticket.sent("start")[0]["idempotency_key"],
        "decision": "change",
        "project_id": 12,
        "task_id": 500,
    }
    expect(ticket.page.locator("harvest-timer")).to_have_attribute("data-harvest-state", "running")


def test_try_again_is_the_same_click(ticket: Ticket) -> None:
    ticket.open(NAMED)
    ticket.stub.queues = True
    ticket.button.click()
    is_in(ticket.button, "pending")
    ticket.soon(lambda: ticket.stub.streams)
    ticket.stub.fail("harvest_forbidden", "Not now.", "retry", "drop")
    expect(ticket.button).to_have_text("Try again")
    ticket.button.dispatch_event("click")
    is_in(ticket.button, "running")
    (decision,) = ticket.sent("clicks/decision")
    assert decision == {"key": ticket.sent("start")[0]["idempotency_key"], "decision": "retry"}
    assert len(ticket.sent("start")) == 1


def test_a_start_that_is_made_in_the_panel_without_a_network_waits_there_too(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open()
    ticket.button.click()
    ticket.panel.get_by_label("Notes").fill("Between us")
    ticket.page.context.set_offline(True)
    ticket.press_in_panel("Start timer")
    expect(ticket.panel.get_by_role("heading", name="This timer is not confirmed yet")).to_be_visible()
    stored: Any = ticket.page.evaluate("JSON.stringify(localStorage)")
    assert "Between us" not in stored
    ticket.page.context.set_offline(False)
    expect(ticket.panel.get_by_role("button", name="Stop timer")).to_be_visible()
    expect(ticket.panel.get_by_label("Notes")).to_have_value("Between us")


def test_an_undo_of_a_switch_without_a_network_shows_the_earlier_timer_with_the_time_of_both(one: Ticket) -> None:
    earlier = {"id": "OPS-1", "name": "Renew the certificate"}
    one.stub.run({"id": "OPS-1", "group_id": "board-1"}, seconds=5400)
    one.open(element('project-id="13" task-id="501"') + element(item=earlier))
    mistaken, before = one.page.locator("harvest-timer").all()
    mistaken.get_by_role("button").first.click()
    expect(mistaken).to_have_attribute("data-harvest-state", "running")
    mistaken.get_by_role("button", name="Timer details, with undo of the switch").click()
    expect(one.panel.get_by_role("button", name="Undo")).to_be_focused()
    one.page.context.set_offline(True)
    one.page.keyboard.press("Enter")
    expect(before).to_have_attribute("data-harvest-state", "waiting")
    expect(before.get_by_role("button").first).to_have_attribute("data-harvest-time", re.compile("^1:12:"))
    expect(mistaken).to_have_attribute("data-harvest-state", "waiting")


def test_a_stop_that_came_to_something_else_is_told_once_and_stands_in_the_panel(ticket: Ticket) -> None:
    ticket.open()
    ticket.page.evaluate("heard = []; addEventListener('harvest-timer:notice', ({detail}) => heard.push(detail))")
    notice = {
        "key": "k.1",
        "kind": "stop",
        "entry_id": 101,
        "code": "ended_earlier",
        "project": "Website relaunch",
        "task": "Design",
        "message": "It was stopped twice.",
    }
    ticket.stub.notices = [notice, notice | {"key": "k.2", "code": "as_wanted"}]
    ticket.soon(lambda: ticket.stub.streams)
    for _ in range(2):
        ticket.stub.push()
    ticket.page.wait_for_function("heard.length")
    ticket.settle()
    assert ticket.page.evaluate("heard.map(({key, code}) => [key, code])") == [["k.1", "ended_earlier"]]
    assert "Website" not in ticket.page.evaluate("JSON.stringify(heard)")
    ticket.button.click()
    said = ticket.panel.get_by_text("Website relaunch · Design had ended elsewhere meanwhile; the earlier end holds.")
    expect(said).to_be_visible()
    expect(ticket.panel.locator(".unsettled-click")).to_have_count(1)

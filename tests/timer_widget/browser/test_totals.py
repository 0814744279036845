"""What is tracked on a ticket stands on its button when the page opens, for one call of the whole page."""

from __future__ import annotations

import threading

from playwright.sync_api import expect

from tests.browsers import BrowserErrors

from .conftest import ITEM, KEY, Ticket, element, marked
from .stub import Refusal

HOURS = 3600


def test_idle_buttons_show_their_totals_at_load_for_one_call(one: Ticket) -> None:
    one.stub.totals = {(f"T-{number}", "board-1"): number * HOURS for number in range(1, 101)}
    tickets = [element(item={"id": f"T-{number}", "name": "x"}) for number in range(1, 201)]
    one.open("".join(tickets))
    buttons = one.page.locator("harvest-timer [part=button]")
    expect(buttons.nth(0)).to_have_attribute("data-harvest-time", "1:00")
    expect(buttons.nth(99)).to_have_attribute("data-harvest-time", "100:00")
    expect(buttons.nth(100)).not_to_have_attribute("data-harvest-time", "0:00")
    assert [len(ids) for ids in one.stub.totals_asked] == [200]


def test_harvests_markup_shows_them_as_well(one: Ticket) -> None:
    one.stub.totals["2", "board-1"] = 5400
    one.open(marked({"id": "2"}))
    expect(one.page.locator(".harvest-timer")).to_have_attribute("data-harvest-time", "1:30")


def test_everybodys_time_stands_beside_ones_own_and_the_name_tells_them_apart(one: Ticket) -> None:
    one.stub.totals["WEB-12", "board-1"] = 5100
    one.stub.others = {("WEB-12", "board-1"): 3 * HOURS}
    one.open()
    expect(one.button).to_have_attribute("data-harvest-time", "1:25 / 4:25")
    expect(one.button).to_have_attribute("title", f"Start timer, {ITEM['name']}, 1:25 by you, 4:25 by everyone")


def test_a_total_that_does_not_count_all_time_says_from_when_it_counts(one: Ticket) -> None:
    one.stub.totals["WEB-12", "board-1"] = 5100
    one.stub.since = "2026-08-30"
    one.open()
    expect(one.button).to_have_attribute("title", f"Start timer, {ITEM['name']}, 1:25 by you since Aug 30, 2026")


def test_timers_that_come_later_are_asked_for_and_no_other_again(one: Ticket) -> None:
    one.stub.totals["T-2", "board-1"] = HOURS
    one.open()
    one.soon(lambda: one.stub.totals_asked == [["WEB-12"]])
    one.page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)",
        element(item={"id": "T-2", "name": "x"}),
    )
    expect(one.page.locator("harvest-timer").nth(1).locator("[part=button]")).to_have_attribute(
        "data-harvest-time", "1:00"
    )
    assert one.stub.totals_asked == [["WEB-12"], ["T-2"]]


def test_totals_that_cannot_be_had_change_nothing(one: Ticket, browser_errors: BrowserErrors) -> None:
    browser_errors.expect("503")
    one.stub.refusals["totals"] = Refusal(503, "database_unavailable", "Away.")
    one.stub.suggested = {"project_id": 13, "task_id": 501}
    one.open(element('project-code="BWC-02" task-name="Development"'))
    one.soon(lambda: one.stub.totals_asked)
    expect(one.button).to_have_attribute("data-harvest-state", "ready")
    one.button.click()
    expect(one.button).to_have_attribute("data-harvest-state", "running")


def test_slow_totals_keep_no_click_waiting(one: Ticket) -> None:
    one.stub.delays["totals"] = 60
    one.open(element('project-code="BWC-02" task-name="Development"'))
    one.soon(lambda: "POST /timer/totals" in one.stub.requests)
    one.button.click()
    expect(one.button).to_have_attribute("data-harvest-state", "running")


def test_time_that_is_added_in_the_panel_joins_both_totals(one: Ticket) -> None:
    one.stub.suggested = {"project_id": 13, "task_id": 501}
    one.stub.others = {("WEB-12", "board-1"): HOURS}
    one.open()
    expect(one.button).to_have_attribute("data-harvest-time", "0:00 / 1:00")
    one.button.click()
    one.panel.get_by_label("Time", exact=True).fill("60m")
    one.press_in_panel("Save time")
    expect(one.panel.get_by_text("1:00 saved.")).to_be_visible()
    expect(one.page.locator("harvest-timer [part=button]")).to_have_attribute("data-harvest-time", "1:00 / 2:00")


def test_totals_that_a_change_overtakes_are_asked_for_again(one: Ticket) -> None:
    one.stub.suggested = {"project_id": 13, "task_id": 501}
    arrive = one.stub.held["totals"] = threading.Event()
    one.open()
    one.soon(lambda: "totals" not in one.stub.held)
    one.button.click()
    one.panel.get_by_label("Time", exact=True).fill("90m")
    one.press_in_panel("Save time")
    expect(one.panel.get_by_text("1:30 saved.")).to_be_visible()
    arrive.set()
    one.soon(lambda: len(one.stub.totals_asked) == 2)
    expect(one.page.locator("harvest-timer [part=button]")).to_have_attribute("data-harvest-time", "1:30")


def test_a_stopped_timers_time_joins_both_totals(one: Ticket) -> None:
    one.stub.totals["WEB-12", "board-1"] = HOURS
    one.stub.others = {("WEB-12", "board-1"): HOURS}
    one.stub.totals["T-2", "board-1"] = HOURS
    one.stub.run(KEY, seconds=1800)
    one.open(element() + element(item={"id": "T-2", "name": "Other"}))
    expect(one.page.get_by_role("button", name="Other")).to_have_attribute("data-harvest-time", "1:00")
    one.button.click()
    expect(one.button).to_have_attribute("data-harvest-time", "1:30 / 2:30")

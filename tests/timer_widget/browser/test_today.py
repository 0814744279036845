"""Today in the panel holds what runs, whatever order the answers come in."""

from __future__ import annotations

import threading

from playwright.sync_api import expect

from .conftest import KEY, Ticket


def test_a_timer_that_starts_while_today_is_being_read_is_in_it(one: Ticket) -> None:
    arrives = one.stub.held["day"] = threading.Event()
    one.open()
    one.button.click()
    expect(one.panel.get_by_role("button", name="Start timer")).to_be_visible()
    one.soon(lambda: "day" not in one.stub.held)
    one.stub.add(60)
    one.stub.entries[0]["is_running"] = True
    one.stub.run(KEY, seconds=60)
    one.stub.push()
    expect(one.panel.get_by_role("button", name="Stop timer")).to_be_visible()
    arrives.set()
    one.panel.get_by_text("Today").click()
    expect(one.panel.locator(".entries [data-running]")).to_be_visible()
    one.soon(lambda: not one.stub.under_way)
    expect(one.panel.get_by_text("Nothing tracked")).to_be_hidden()


def test_a_timer_that_runs_since_yesterday_is_in_today_and_not_in_its_sum(one: Ticket) -> None:
    one.stub.run(KEY, seconds=25 * 3600, notes="All night")
    one.stub.add(3600)
    one.open()
    one.button.click(modifiers=["Shift"])
    expect(one.panel.get_by_role("button", name="Stop timer")).to_be_visible()
    one.panel.get_by_text("Today").click()
    row = one.panel.locator(".entry", has=one.panel.locator("[data-running]"))
    expect(row).to_contain_text("Running since")
    expect(row).to_contain_text("All night")
    expect(row.locator("[data-running]")).to_contain_text("25:00:")
    expect(one.panel.locator(".day-sum")).to_have_text("1:00")

"""The history of an item in the panel: read when it is wanted, in the person's words, and as a file."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .conftest import Ticket
from .history_events import some_history
from .test_screens import SUGGESTED, opened


def test_it_is_read_once_it_is_wanted_and_tells_who_did_what_and_what_came_of_it(ticket: Ticket) -> None:
    ticket.stub.suggested = SUGGESTED
    ticket.stub.history = some_history(ticket.stub.now())
    opened(ticket)
    assert ticket.stub.history_asked == 0
    ticket.press_in_panel("History")
    events = ticket.panel.get_by_role("list", name="History").get_by_role("listitem")
    expect(events).to_have_count(7)
    assert ticket.stub.history_asked == 1
    expect(events.nth(0)).to_contain_text("You: Stop")
    expect(events.nth(0)).to_contain_text("Done later")
    expect(events.nth(1)).to_contain_text("Notes: Fix → Fixed the login")
    expect(events.nth(2)).to_contain_text("An operator decided")
    expect(events.nth(3)).to_contain_text("Bruno Beck: Stop")
    expect(events.nth(0)).to_contain_text("Firefox on Android")
    expect(events.nth(5)).to_contain_text("Forgotten timer: Keep all time")
    expect(events.nth(6).locator(".history-what")).to_contain_text(
        re.compile(r"^Stopped by itself at .+ \(forgotten\)$")
    )
    expect(events.nth(6)).to_contain_text("Worked until")
    expect(events.nth(6)).not_to_contain_text("You")
    with ticket.page.expect_download() as download:
        ticket.panel.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename == "timer-history-from-2025-11-29.csv"
    expect(ticket.panel.get_by_text("Goes back to Nov 29, 2025.")).to_be_visible()
    ticket.press_in_panel("Back")
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()

"""The whole path, as a newcomer walks it: a click on a ticket becomes a time entry that links back to the ticket."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.boards import running_board
from tests.browsers import BrowserErrors, until_armed
from tests.processes import Bridge

NOTED_OFFSETS = """
from timer_widget.models import Intent
print(list(Intent.objects.order_by("-created_at").values_list("clock_offset_seconds", flat=True)[:4])[::-1])
"""


@pytest.fixture
def board_url(bridge: Bridge, tmp_path: Path) -> Iterator[str]:
    """Of a customer of its own, whose people have linked no account yet."""
    tenant = uuid.uuid4().hex
    with running_board(bridge.host_origin, bridge_url=bridge.url, keys=bridge.host, folder=tmp_path, tenant=tenant):
        yield bridge.host_origin


def connect(page: Page, who: str) -> None:
    """From the open panel through Harvest's consent and back, in the popup."""
    panel = page.frame_locator("dialog iframe")
    with page.expect_popup() as opened:
        panel.get_by_role("button", name="Connect Harvest").click()
    popup = opened.value
    popup.get_by_role("link", name=who).click()
    popup.get_by_role("button", name="Allow").click()
    popup.get_by_role("button", name="Connect", exact=True).click()
    expect(popup.get_by_text("Harvest is connected")).to_be_visible()


def correct_and_add(page: Page, sandbox: RunningSandbox) -> None:
    """In the panel: a start pressed too late, a stop, and an hour and a half by hand, taken back and brought back."""
    panel = page.frame_locator("dialog iframe")
    press = lambda name: panel.get_by_role("button", name=name).click()  # noqa: E731 - a word for the lines below
    page.locator("#ticket-12 .harvest-timer").click(modifiers=["Shift"])
    press("Start 15 minutes earlier")
    expect(panel.get_by_role("timer")).to_contain_text("0:15:")
    press("Stop timer")
    panel.get_by_label("Time", exact=True).fill("90m")
    press("Save time")
    expect(panel.get_by_text("1:30 saved.")).to_be_visible()
    assert sorted(float(entry.hours) for entry in sandbox.entries_on("12")) == [0.25, 1.5]
    panel.get_by_text("Today").click()
    panel.locator(".entry", has_text="1:30").get_by_role("button").click()
    press("Delete")
    until_armed(page)
    press("Really delete?")
    expect(panel.get_by_text("1:30 deleted.")).to_be_visible()
    assert len(sandbox.entries_on("12")) == 1
    press("Undo")
    expect(panel.get_by_text("Undone.")).to_be_visible()
    assert len(sandbox.entries_on("12")) == 2


@pytest.mark.on_every_database
def test_a_newcomers_click_becomes_a_time_entry_that_links_back(
    board_url: str, page: Page, sandbox: RunningSandbox
) -> None:
    page.goto(board_url)
    page.locator("#ticket-12 .harvest-timer").click()
    connect(page, "Alice Okafor")
    page.frame_locator("dialog iframe").get_by_role("button", name="Start timer").click()

    expect(page.locator("#ticket-12 .harvest-timer")).to_have_class("harvest-timer styled running")
    expect(page.locator("#heard")).to_contain_text("harvest-timer:started")
    expect(page.locator("#told")).to_contain_text("Alice Okafor started a timer")
    entry = sandbox.running("alice")
    assert entry is not None
    assert (entry.project.code, entry.task.name) == ("NW-STORE", "Development")
    reference = entry.external_reference
    assert reference is not None
    assert (reference.id, reference.group_id) == ("12", "store")

    correct_and_add(page, sandbox)

    page.goto(f"{sandbox.url}/timesheet/{sandbox.account.id}/{sandbox.user('alice').id}")
    with page.expect_popup() as opened:
        page.locator(f'a[href="{board_url}/tickets/12"]').first.click()
    expect(opened.value.get_by_role("heading", name="Checkout loses the discount code")).to_be_visible()


def test_a_browser_whose_clock_is_hours_wrong_counts_what_was_worked(
    board_url: str, bridge: Bridge, page: Page, sandbox: RunningSandbox, browser_errors: BrowserErrors
) -> None:
    """Clicked while offline, where the moment is the browser's to tell: first five hours behind, then five ahead."""
    browser_errors.expect("ERR_INTERNET_DISCONNECTED")
    page.context.clock.install(time=datetime.now(UTC) - timedelta(hours=5))
    page.goto(board_url)
    button = page.locator("#ticket-12 .harvest-timer")
    button.click()
    connect(page, "Alice Okafor")
    page.frame_locator("dialog iframe").get_by_role("button", name="Start timer").click()
    expect(button).to_have_attribute("data-harvest-state", "running")
    for popup in page.context.pages[1:]:
        popup.close()  # which closes itself in a moment, and has a clock until then
    for hours in (-5, 5):
        page.context.clock.set_system_time(datetime.now(UTC) + timedelta(hours=hours))
        page.reload()
        expect(button).to_have_attribute("data-harvest-state", "running")
        for running in (False, True):
            page.context.clock.fast_forward(600)  # or it would be the second press of a double click
            page.context.set_offline(True)
            button.click()
            expect(button).to_have_attribute("data-harvest-state", "waiting")
            page.context.set_offline(False)
            expect(button).to_have_attribute("data-harvest-state", "running" if running else "ready")
            assert (sandbox.running("alice") is not None) is running
    assert {float(entry.hours) for entry in sandbox.entries_on("12")} <= {0.0, 0.01, 0.02}
    offsets = json.loads(bridge.manage("shell", "--no-imports", "-c", NOTED_OFFSETS))
    assert [round(seconds / 3600) for seconds in offsets] == [5, 5, -5, -5]

"""The demo's "Deal won" button: linked, planned, done as one watches, found in Harvest, and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.boards import running_board
from tests.browsers import MAX_WAIT_MS, BrowserErrors
from tests.processes import running_bridge

UNTIL_A_WORKER_RUNS = 5 * MAX_WAIT_MS  # it is started beside the page, and begins when it can


@pytest.fixture
def board_url(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[str]:
    """Of a customer who has linked nothing yet, over a bridge and a worker of its own."""
    with running_bridge(tmp_path, harvest_url=sandbox.url, with_worker=True) as bridge:
        keys = bridge.host
        with running_board(bridge.host_origin, bridge_url=bridge.url, keys=keys, folder=tmp_path, tenant="alpenhof"):
            yield bridge.host_origin


def link_harvest(page: Page, dialog: Locator) -> None:
    """An administrator's window of its own, and back."""
    with page.expect_popup() as opened:
        dialog.get_by_role("link", name="Link Harvest").click()
    window = opened.value
    window.get_by_text("Continue to Harvest").click()
    window.get_by_role("link", name="Alice Okafor").click()
    window.get_by_role("button", name="Allow").click()
    window.get_by_role("button", name="Connect", exact=True).click()
    expect(window.get_by_text("Harvest is connected")).to_be_visible()
    window.close()


def test_a_deal_that_is_won_is_shown_first_then_done_in_harvest_and_taken_back(
    board_url: str, page: Page, sandbox: RunningSandbox, browser_errors: BrowserErrors
) -> None:
    browser_errors.expect("409")  # of the plan, while no account is linked
    page.goto(board_url)
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Deal won: Booking app for mountain huts").click()
    link_harvest(page, dialog)
    dialog.get_by_role("button", name="It is linked: go on").click()

    expect(dialog.get_by_text("It adds 1 client, 1 project, 1 task")).to_be_visible()
    expect(dialog.locator(".steps li.create").first).to_contain_text("Alpenhof Cabins")
    expect(dialog.locator(".calls summary")).to_contain_text("of them change something")
    assert "Alpenhof Cabins" not in [client.name for client in sandbox.account.clients]

    dialog.get_by_role("button", name="Do this in Harvest").click()
    in_harvest = dialog.get_by_role("link", name="Project in Harvest")
    expect(in_harvest).to_have_attribute("href", re.compile(r"/projects/\d+$"), timeout=UNTIL_A_WORKER_RUNS)
    made = [project for project in sandbox.account.projects if project.code == "AC-BOOK"]
    assert [(one.name, one.client.name, one.is_active) for one in made] == [("Booking app", "Alpenhof Cabins", True)]

    dialog.get_by_role("button", name="Undo…").click()
    expect(dialog.get_by_text("This would be taken back.")).to_be_visible()
    dialog.get_by_role("button", name="Take it back").click()
    expect(dialog.get_by_text("Taken back. What somebody had used")).to_be_visible()
    assert "AC-BOOK" not in [project.code for project in sandbox.account.projects]

    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Deal won: Ward planning, phase 2").click()
    expect(dialog.get_by_role("alert")).to_contain_text("'Meridian Health' is close")
    expect(dialog.get_by_role("button", name="Do this in Harvest")).to_have_count(0)

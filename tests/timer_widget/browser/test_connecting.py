"""Linking one's Harvest account from the panel, and every way in which it can go wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import BrowserErrors

from .conftest import Ticket
from .stub import Refusal


@pytest.fixture
def unlinked(ticket: Ticket) -> Ticket:
    ticket.stub.status = "none"
    ticket.show('<harvest-timer item-id="1" item-name="One"></harvest-timer>')
    ticket.is_in("signed-out")
    return ticket


def connect(ticket: Ticket) -> Page:
    ticket.button.click()
    with ticket.page.context.expect_page() as opened:
        ticket.press_in_panel("Connect Harvest")
    return opened.value


def test_the_button_says_that_harvest_has_to_be_connected(unlinked: Ticket) -> None:
    expect(unlinked.button).to_have_attribute("aria-label", "Connect Harvest, One")
    expect(unlinked.button).to_have_text("Connect Harvest")


def test_the_panel_is_ready_after_linking_without_a_reload(unlinked: Ticket) -> None:
    popup = connect(unlinked)
    popup.wait_for_url(f"{unlinked.stub.origin}/connect")
    expect(unlinked.panel.get_by_text("Continue in the Harvest window")).to_be_visible()
    unlinked.stub.status = "active"
    expect(unlinked.panel.get_by_role("combobox", name="Project")).to_be_focused()
    expect(unlinked.button).to_have_text("Start timer")
    assert unlinked.page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_linking_ends_well_when_the_provider_cuts_the_tie_to_the_window(unlinked: Ticket) -> None:
    unlinked.stub.connect_headers = {"Cross-Origin-Opener-Policy": "same-origin"}
    popup = connect(unlinked)
    expect(popup.get_by_role("heading", name="Allow access?")).to_be_visible()
    expect(unlinked.panel.get_by_text("Not connected yet")).to_be_visible()  # the window looks closed from here
    unlinked.stub.status = "active"
    expect(unlinked.panel.get_by_role("combobox", name="Project")).to_be_visible()


def test_a_window_that_was_closed_too_early_can_be_opened_again(unlinked: Ticket) -> None:
    connect(unlinked).close()
    expect(unlinked.panel.get_by_text("Not connected yet")).to_be_visible()
    with unlinked.page.context.expect_page():
        unlinked.press_in_panel("Connect Harvest")
    expect(unlinked.panel.get_by_text("Continue in the Harvest window")).to_be_visible()


def test_a_window_that_the_browser_held_back_is_offered_as_a_link(unlinked: Ticket) -> None:
    unlinked.page.add_init_script("window.open = () => null")
    unlinked.page.reload()
    unlinked.is_in("signed-out")
    unlinked.button.click()
    unlinked.press_in_panel("Connect Harvest")
    link = unlinked.panel.get_by_role("link", name="Open Harvest")
    expect(link).to_have_attribute("href", f"{unlinked.stub.origin}/connect")
    unlinked.stub.status = "active"
    expect(unlinked.panel.get_by_role("combobox", name="Project")).to_be_visible()


def test_a_refused_consent_is_told_at_once_by_our_callback_page(unlinked: Ticket) -> None:
    unlinked.stub.connect_page = (
        '<!doctype html><title>Denied</title><body data-outcome="denied"><p role="alert">You did not allow access.</p>'
        '<script src="/static/connections/window.js"></script>'
    )
    connect(unlinked)
    expect(unlinked.panel.get_by_text("Harvest was not connected")).to_be_visible()
    expect(unlinked.panel.get_by_role("button", name="Connect Harvest")).to_be_enabled()


def test_a_word_of_denial_from_another_site_is_not_believed(unlinked: Ticket) -> None:
    connect(unlinked)
    message = "{type: 'harvest-bridge:connect', outcome: 'denied'}"
    unlinked.page.evaluate(f"document.querySelector('#harvest-iframe').contentWindow.postMessage({message}, '*')")
    unlinked.settle()
    expect(unlinked.panel.get_by_text("Continue in the Harvest window")).to_be_visible()


def test_a_server_that_cannot_begin_the_linking_says_why(unlinked: Ticket, browser_errors: BrowserErrors) -> None:
    browser_errors.expect("503")
    unlinked.stub.refusals["connect"] = Refusal(503, "harvest_unavailable", "Harvest does not answer.")
    connect(unlinked)
    expect(unlinked.panel.get_by_text("Harvest does not answer.")).to_be_visible()


def test_a_link_that_harvest_ended_is_made_again(ticket: Ticket) -> None:
    ticket.stub.status = "needs_reauth"
    ticket.show('<harvest-timer item-id="1"></harvest-timer>')
    ticket.is_in("relink")
    ticket.button.click()
    with ticket.page.context.expect_page():
        ticket.press_in_panel("Reconnect Harvest")
    ticket.stub.status = "active"
    expect(ticket.panel.get_by_role("combobox", name="Project")).to_be_visible()


def test_the_page_is_told_once_that_a_person_has_to_sign_in(ticket: Ticket) -> None:
    ticket.stub.status = "none"
    listen = (
        "<script>seen = []; addEventListener('harvest-timer:auth-needed', (e) => seen.push(e.detail.status))</script>"
    )
    ticket.show('<harvest-timer item-id="1"></harvest-timer>', head=listen)
    ticket.is_in("signed-out")
    ticket.page.evaluate("dispatchEvent(new Event('focus'))")
    ticket.settle()
    assert ticket.page.evaluate("seen") == ["signed-out"]

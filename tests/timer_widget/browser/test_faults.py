"""What people and pages see when something is away, refused or wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browsers import BrowserErrors

from .conftest import ITEM, KEY, Ticket, element
from .stub import Refusal

GREY = "rgb(105, 111, 120)"
AWAY = Refusal(503, "unavailable", "Down for maintenance.")


@pytest.fixture(autouse=True)
def _refusals_are_expected(browser_errors: BrowserErrors) -> None:
    browser_errors.expect("Failed to load resource")


def test_a_bridge_that_is_away_shows_and_recovers_by_itself(ticket: Ticket) -> None:
    ticket.show(element(), script=" ")
    ticket.page.add_script_tag(url=f"{ticket.stub.origin}/assets/platform.js")
    ticket.page.evaluate("HarvestBridge.init({tokenUrl: '/harvest-token'})")
    ticket.stub.is_down = True
    ticket.page.reload()
    ticket.stub.is_down = False
    ticket.page.add_script_tag(url=f"{ticket.stub.origin}/assets/platform.js")
    ticket.stub.is_down = True
    ticket.page.evaluate("HarvestBridge.init({tokenUrl: '/harvest-token'})")
    ticket.is_in("unavailable")
    expect(ticket.button).to_have_attribute("data-harvest-state", "unavailable")
    ticket.stub.is_down = False
    ticket.button.click()
    ticket.is_in("ready")


def test_an_api_that_goes_away_later_shows_and_comes_back(ticket: Ticket) -> None:
    ticket.open()
    ticket.stub.refusals["state"] = AWAY
    ticket.wake("unavailable")
    name = f"Start timer, {ITEM['name']}, Cannot be read just now, Down for maintenance."
    expect(ticket.button).to_have_attribute("aria-label", name)
    expect(ticket.button).to_have_text("Cannot be read just now")
    del ticket.stub.refusals["state"]
    ticket.is_in("ready")


def test_a_running_timer_keeps_ticking_while_the_api_is_away(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=60)
    ticket.open()
    ticket.stub.refusals["state"] = AWAY
    ticket.wake("unavailable")
    shown = ticket.button.get_attribute("data-harvest-time")
    expect(ticket.button).not_to_have_attribute("data-harvest-time", shown or "")


@pytest.mark.parametrize("trouble", ["revoked", "unread", "unread without the last known timer"])
def test_a_state_that_cannot_be_read_is_never_told_as_a_stop(ticket: Ticket, trouble: str) -> None:
    ticket.stub.run(KEY, seconds=60)
    ticket.open()
    told = "told = []; for (const name of ['stopped', 'started', 'switched', 'updated'])"
    ticket.page.evaluate(told + "addEventListener('harvest-timer:' + name, () => told.push(name))")
    if trouble == "revoked":
        ticket.stub.status = "needs_reauth"
    ticket.stub.is_known = False
    ticket.stub.keeps_running = trouble == "unread"
    ticket.wake("relink" if trouble == "revoked" else "unavailable")
    shown = "Reconnect Harvest" if trouble == "revoked" else "Cannot be read just now"
    expect(ticket.button).to_have_text(shown)
    expect(ticket.button).to_have_css("background-color", GREY)
    expect(ticket.button).to_have_attribute("data-harvest-time", re.compile("^0:0"))
    ticket.stub.status, ticket.stub.is_known = "active", True
    ticket.wake("ready")
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    ticket.settle()
    assert ticket.page.evaluate("told") == []
    assert ticket.page.locator(".harvest-announcer").text_content() == ""


def test_an_expired_session_is_renewed_with_a_new_token_unseen(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open()
    ticket.stub.live_sessions.clear()
    ticket.button.click()
    ticket.press_in_panel("Start timer")
    expect(ticket.page.locator("harvest-timer")).to_have_attribute("data-harvest-state", "running")
    assert ticket.host.tokens == 2
    assert len(ticket.sent("start")) == 1


def test_a_replayed_token_is_replaced_once(ticket: Ticket) -> None:
    ticket.stub.refusals["session"] = Refusal(401, "widget_token_replayed", "Used before.")
    ticket.show(element())
    ticket.is_in("error")
    assert ticket.host.tokens == 2


def test_an_origin_that_is_not_listed_is_told_on_the_button_and_in_the_panel(ticket: Ticket) -> None:
    ticket.stub.refusals["session"] = Refusal(403, "origin_not_allowed", "This page is not listed.")
    ticket.show(element())
    ticket.is_in("error")
    expect(ticket.button).to_have_attribute("title", f"Timer unavailable, {ITEM['name']}, This page is not listed.")
    ticket.button.click()
    expect(ticket.panel.get_by_text("This page is not listed.")).to_be_visible()


def test_a_page_without_a_source_of_tokens_offers_to_sign_in_and_asks_the_server_once(ticket: Ticket) -> None:
    ticket.show(element(), script=f'<script src="{ticket.stub.origin}/assets/platform.js"></script>')
    ticket.is_in("signed-out")
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name="Connect Harvest")).to_be_visible()
    ticket.settle()
    assert len(ticket.sent("session")) == 1


def test_a_token_source_that_comes_late_is_used(ticket: Ticket) -> None:
    ticket.show(element(), script=f'<script src="{ticket.stub.origin}/assets/platform.js"></script>')
    ticket.is_in("signed-out")
    ticket.page.evaluate("HarvestBridge.init({token: async () => 'from-the-host'})")
    ticket.is_in("ready")
    assert ticket.sent("session")[-1]["token"] == "from-the-host"


def test_what_harvest_refused_is_said_in_its_words_and_the_form_stays(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.stub.refusals["start"] = Refusal(422, "harvest_rejected", "The project is closed.")
    ticket.open()
    ticket.button.click()
    ticket.panel.get_by_label("Notes").fill("Keep me")
    ticket.press_in_panel("Start timer")
    expect(ticket.panel.get_by_role("alert")).to_have_text("That did not work: The project is closed.")
    expect(ticket.panel.get_by_label("Notes")).to_have_value("Keep me")


def test_a_refused_click_shows_on_the_button_and_reaches_the_page(ticket: Ticket) -> None:
    ticket.stub.refusals["start"] = Refusal(422, "harvest_rejected", "The project is closed.")
    ticket.open(element('project-id="13" task-id="501"'))
    ticket.page.evaluate("addEventListener('harvest-timer:error', (e) => { seen = e.detail })")
    ticket.button.click()
    expect(ticket.button).to_have_attribute("aria-label", f"Try again, {ITEM['name']}, The project is closed.")
    expect(ticket.page.get_by_role("status")).to_have_text("The project is closed.")
    seen = ticket.page.evaluate("seen")
    assert (seen["code"], seen["status"], seen["item"]["id"]) == ("harvest_rejected", 422, "WEB-12")


def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_key(ticket: Ticket) -> None:
    ticket.open(element('project-id="13" task-id="501"'))
    lost = []

    def lose_the_first(route: object) -> None:
        if lost:
            route.continue_()  # type: ignore[attr-defined]
        else:
            lost.append(route.request.post_data_json)  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]

    ticket.page.route("**/timer/start", lose_the_first)
    ticket.button.click()
    expect(ticket.page.locator("harvest-timer")).to_have_attribute("data-harvest-state", "running")
    assert ticket.sent("start")[0]["idempotency_key"] == lost[0]["idempotency_key"]
    assert ticket.sent("start")[0]["clicked_at"] == lost[0]["clicked_at"]


def test_a_person_without_projects_is_told_whom_to_ask(ticket: Ticket) -> None:
    ticket.stub.projects = []
    ticket.open()
    ticket.button.click()
    expect(ticket.panel.get_by_text("An administrator of Fernwood Studio can add you")).to_be_visible()
    ticket.stub.projects = type(ticket.stub)().projects
    ticket.press_in_panel("Look again")
    expect(ticket.panel.get_by_role("combobox", name="Project")).to_be_visible()


def test_being_asked_to_slow_down_changes_nothing_that_people_see(ticket: Ticket) -> None:
    ticket.open()
    ticket.stub.refusals["state"] = Refusal(429, "too_many_requests", "Slow down.", **{"Retry-After": "30"})
    asked_before = len(ticket.stub.requests)

    def asked_again() -> bool:
        ticket.page.evaluate("dispatchEvent(new Event('focus'))")
        return any(each.startswith("GET /timer/state") for each in ticket.stub.requests[asked_before:])

    ticket.soon(asked_again)
    ticket.settle()
    assert ticket.page.evaluate("HarvestBridge.state().status") == "ready"

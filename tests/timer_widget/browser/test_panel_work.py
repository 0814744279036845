"""What people do in the panel beside start and stop: time by hand, corrections, undo, their day, their account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browsers import until_armed

from .conftest import ITEM, KEY, Ticket, element

SUGGESTED = {"project_id": 13, "task_id": 501}


@pytest.fixture
def form(one: Ticket) -> Ticket:
    """The panel with a choice already made."""
    one.page.set_viewport_size({"width": 640, "height": 900})
    one.stub.suggested = SUGGESTED
    one.open()
    one.button.click()
    expect(one.panel.get_by_role("button", name="Start timer")).to_be_focused()
    return one


def press(ticket: Ticket, name: str) -> None:
    ticket.press_in_panel(name)


@pytest.mark.parametrize("source", ["item", "group", "rule"])
def test_one_click_starts_on_what_is_known_without_a_dialog(one: Ticket, source: str) -> None:
    one.stub.suggested = SUGGESTED | {"from": source}
    one.open()
    one.button.click()
    expect(one.button).to_have_attribute("data-harvest-state", "running")
    assert one.page.locator("dialog").count() == 0
    assert one.sent("start")[0]["project_id"] == 13
    one.button.click(modifiers=["Shift"])
    expect(
        one.panel.get_by_role("status").filter(has_text="Started on Website relaunch · Development.")
    ).to_be_visible()


def test_hours_are_saved_without_a_timer_however_they_are_written(form: Ticket) -> None:
    time = form.panel.get_by_label("Time", exact=True)
    time.fill("soon")
    press(form, "Save time")
    expect(time).to_have_accessible_description("Write 1:30, 1.5 or 90m.")
    time.fill("90m")
    form.panel.get_by_label("Date").fill("2026-01-05")
    press(form, "Save time")
    expect(form.panel.get_by_text("1:30 saved.")).to_be_visible()
    expect(form.panel.get_by_text("1:30 on this item")).to_be_visible()
    (sent,) = form.sent("entry")
    assert (sent["hours"], sent["spent_date"], sent["item"]["id"]) == ("1.5", "2026-01-05", ITEM["id"])
    assert sent["idempotency_key"]
    assert form.stub.running is None


def test_another_day_without_a_time_asks_for_one(form: Ticket) -> None:
    form.panel.get_by_label("Date").fill("2026-01-05")
    press(form, "Save time")
    expect(form.panel.get_by_label("Time", exact=True)).to_have_accessible_description("How much time was it?")
    assert form.sent("start") == form.sent("entry") == []


def test_a_day_chosen_before_the_account_told_its_own_is_kept(one: Ticket) -> None:
    one.stub.suggested = SUGGESTED
    one.stub.delays["day"] = 1
    one.open()
    one.button.click(modifiers=["Shift"])
    one.panel.get_by_label("Date").fill("2026-01-05")
    expect(one.panel.get_by_text("Today")).to_be_visible()
    expect(one.panel.get_by_label("Date")).to_have_value("2026-01-05")
    expect(one.panel.get_by_role("button", name="Save time")).to_be_visible()


def test_an_account_with_times_takes_a_start_and_an_end(one: Ticket) -> None:
    one.stub.mode = "clock"
    one.stub.suggested = SUGGESTED
    one.open()
    one.button.click()
    one.panel.get_by_label("Start", exact=True).fill("09:00")
    one.panel.get_by_label("End", exact=True).fill("10:30")
    press(one, "Save time")
    expect(one.panel.get_by_text("1:30 saved.")).to_be_visible()
    (sent,) = one.sent("entry")
    assert (sent["started_time"], sent["ended_time"], "hours" in sent) == ("09:00", "10:30", False)


def test_an_entry_is_changed_and_deleted_and_brought_back(form: Ticket) -> None:
    form.stub.add(5400, notes="Colours")
    form.page.keyboard.press("Escape")
    form.button.click()
    form.panel.get_by_text("Today").click()
    press(form, "Edit Website relaunch · Design")
    form.panel.get_by_label("Notes").fill("Colours and spacing")
    form.panel.get_by_label("Time", exact=True).fill("2")
    press(form, "Save")
    expect(form.panel.get_by_text("Colours and spacing")).to_be_visible()
    expect(form.panel.locator(".day-sum")).to_have_text("2:00")
    press(form, "Edit Website relaunch · Design")
    press(form, "Delete")
    until_armed(form.page)
    press(form, "Really delete?")
    expect(form.panel.get_by_text("2:00 deleted.")).to_be_visible()
    assert form.stub.entries == []
    press(form, "Undo")
    expect(form.panel.get_by_text("Undone.")).to_be_visible()
    assert len(form.stub.entries) == 1


def test_a_double_click_deletes_nothing(form: Ticket) -> None:
    form.stub.add(5400)
    form.page.keyboard.press("Escape")
    form.button.click()
    form.panel.get_by_text("Today").click()
    press(form, "Edit Website relaunch · Design")
    form.panel.get_by_role("button", name="Delete").dblclick()
    form.settle()
    assert len(form.stub.entries) == 1


def test_a_late_start_is_corrected_by_minutes_by_the_clock_and_to_the_last_stop(one: Ticket) -> None:
    one.stub.run(KEY, seconds=60)
    one.stub.last_stop = (one.stub.now() - timedelta(minutes=40)).isoformat()
    one.open()
    one.button.click(modifiers=["Shift"])
    press(one, "Start 15 minutes earlier")
    expect(one.panel.get_by_role("timer")).to_contain_text("0:16:")
    one.press_in_panel("Since my last stop")
    expect(one.panel.get_by_role("timer")).to_contain_text("0:40:")
    moment = one.stub.now() - timedelta(hours=1)
    one.panel.get_by_label("Started").fill(f"{moment:%H:%M}")
    one.panel.get_by_label("Started").press("Enter")
    expect(one.panel.get_by_role("timer")).to_contain_text("1:00:")
    assert len(one.sent("beginning")) == 3


def test_the_start_of_a_continued_timer_is_corrected_from_where_it_was_continued(one: Ticket) -> None:
    one.stub.run(KEY, seconds=600)
    assert one.stub.running
    one.stub.running["seconds_before"] = 1800
    one.stub.add(2400)
    one.stub.entries[0] |= {"is_running": True, "began_at": one.stub.running["started_at"]}
    one.stub.entries[0]["entry_id"] = one.stub.running["entry_id"]
    one.open()
    one.button.click(modifiers=["Shift"])
    press(one, "Start 5 minutes earlier")
    expect(one.panel.get_by_role("timer")).to_contain_text("0:45:")


def test_a_switch_by_one_click_can_be_undone_from_the_details(one: Ticket) -> None:
    one.stub.run({"id": "OPS-1", "group_id": None}, seconds=90)
    one.open(element('project-id="13" task-id="501"'))
    one.button.click()
    one.page.locator("harvest-timer").get_by_role("button", name="Timer details, with undo of the switch").click()
    expect(one.panel.get_by_text("which keeps its time.")).to_be_visible()
    expect(one.panel.get_by_role("button", name="Undo")).to_be_focused()
    one.page.keyboard.press("Enter")
    expect(one.button).to_have_attribute("data-harvest-state", "elsewhere")
    assert one.sent("undo")[0]["previous_id"] == 101


def test_a_project_is_made_from_the_group_by_those_who_may(one: Ticket) -> None:
    one.stub.may_create_project = True
    one.stub.projects[3]["name"] = "Website"
    one.open()
    one.button.click()
    press(one, "Create project “Website relaunch”")
    one.page.keyboard.type("brigh")
    one.page.keyboard.press("Enter")
    press(one, "Create project")
    expect(one.panel.get_by_role("combobox", name="Project")).to_have_value("Website relaunch")
    assert one.sent("project")[0]["client_id"] == 2


def test_recent_projects_are_on_top_with_the_task_used_there(one: Ticket) -> None:
    one.stub.recent = [{"project_id": 16, "task_id": 503}]
    one.open()
    one.button.click()
    expect(one.panel.get_by_role("combobox", name="Project")).to_be_focused()
    one.page.keyboard.press("ArrowDown")
    expect(one.panel.get_by_role("option").first).to_contain_text("Client portal")
    one.page.keyboard.press("Enter")
    expect(one.panel.get_by_role("combobox", name="Task")).to_have_value("Research")


def test_signing_out_leads_back_to_connecting(form: Ticket) -> None:
    press(form, "Sign out")
    press(form, "Sign out")
    expect(form.panel.get_by_role("button", name="Connect Harvest")).to_be_visible()
    expect(form.button).to_have_text("Connect Harvest")


def test_switching_accounts_lets_go_of_the_old_one_and_takes_the_new(form: Ticket) -> None:
    with form.page.context.expect_page() as opened:
        press(form, "Switch account")
    opened.value.wait_for_url(f"{form.stub.origin}/connect")
    assert form.stub.status == "none"
    form.stub.status = "active"
    expect(form.panel.get_by_role("button", name="Start timer")).to_be_visible()


def test_the_hosts_template_makes_the_notes(one: Ticket) -> None:
    one.open(element('notes-template="[%ITEM_ID%] %ITEM_NAME%"'))
    one.button.click()
    expect(one.panel.get_by_label("Notes")).to_have_value(f"[{ITEM['id']}] {ITEM['name']}")

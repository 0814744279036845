"""A forgotten timer: the page hears of it, its button leads to the answers, and each is one click."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from .conftest import KEY, Ticket, element

NAMED = element('project-id="13" task-id="501"')


def listen(ticket: Ticket, name: str) -> None:
    ticket.page.evaluate(
        "name => { heard = []; addEventListener('harvest-timer:' + name, ({detail}) => heard.push(detail)) }", name
    )


def test_a_timer_that_was_forgotten_is_told_to_the_page_and_stopped_at_the_last_sign(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=14 * 3600)
    ticket.open(NAMED)
    listen(ticket, "forgotten")
    ticket.soon(lambda: ticket.stub.streams)
    found = ticket.stub.forget_to_stop()
    ticket.stub.push()
    expect(ticket.button).to_have_text("Needs your decision")
    ticket.stub.push()
    (told,) = ticket.page.evaluate("heard")
    assert (told["key"], told["item"], told["status"]) == (found["id"], KEY, "open")
    assert (told["likely_stop_at"], told["answers"]) == (found["likely_stop_at"], ["stop", "continue", "move", "keep"])
    ticket.button.click()
    expect(ticket.panel.get_by_role("list", name="Forgotten timers")).to_contain_text("The last sign of you was at")
    ticket.press_in_panel("Stop at")
    expect(ticket.button).to_have_attribute("data-harvest-state", "ready")
    (answer,) = ticket.sent("forgotten")
    assert (answer["answer"], answer["stop_at"]) == ("stop", found["likely_stop_at"])
    assert {"idempotency_key", "clicked_at"} <= set(answer)


def test_people_say_when_they_really_stopped_on_the_clock_of_their_account(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=14 * 3600)
    ticket.stub.timezone, ticket.stub.clock = "UTC", "24h"
    found = ticket.stub.forget_to_stop()
    ticket.open(NAMED)
    expect(ticket.button).to_have_text("Needs your decision")
    ticket.button.click()
    question = ticket.panel.get_by_role("list", name="Forgotten timers")
    due, likely = (datetime.fromisoformat(found[name]).astimezone(UTC) for name in ("due_at", "likely_stop_at"))
    expect(question).to_contain_text(re.compile(rf"because the work day ended at .*{due:%H:%M}\."))
    expect(question.get_by_role("button", name=re.compile(rf"^Stop at .*{likely:%H:%M}$"))).to_be_visible()
    field = question.get_by_label("You stopped working at")
    expect(field).to_have_value(f"{likely:%Y-%m-%dT%H:%M}")

    for wrong in (
        ticket.stub.now() + timedelta(hours=1),
        datetime.fromisoformat(found["began_at"]) - timedelta(hours=1),
    ):
        field.fill(f"{wrong.astimezone(UTC):%Y-%m-%dT%H:%M}")
        question.get_by_role("button", name="Go on without the gap").click()
        expect(question).to_contain_text("Choose a moment from")
        expect(field).to_be_focused()
    assert ticket.sent("forgotten") == []

    really = likely - timedelta(minutes=90)
    field.fill(f"{really:%Y-%m-%dT%H:%M}")
    expect(question).not_to_contain_text("Choose a moment from")
    ticket.stub.push()
    expect(field).to_have_value(f"{really:%Y-%m-%dT%H:%M}")
    question.get_by_role("button", name=re.compile(rf"^Stop at .*{really:%H:%M}$")).click()
    expect(ticket.button).to_have_attribute("data-harvest-state", "ready")
    (answer,) = ticket.sent("forgotten")
    assert answer["answer"] == "stop"
    assert datetime.fromisoformat(answer["stop_at"]) == really.replace(second=0, microsecond=0)


def test_the_gap_goes_to_a_project_that_the_form_chooses(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=14 * 3600)
    found = ticket.stub.forget_to_stop()
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open(NAMED)
    expect(ticket.button).to_have_text("Needs your decision")
    ticket.button.click()
    ticket.press_in_panel("Move the gap")
    ticket.press_in_panel("Move the gap here")
    expect(ticket.panel.get_by_role("button", name="Stop timer")).to_be_visible()
    (answer,) = ticket.sent("forgotten")
    assert (answer["answer"], answer["forgotten_id"], answer["project_id"]) == ("move", found["id"], 13)
    assert answer["stop_at"] == found["likely_stop_at"]


def test_who_tracks_nothing_is_reminded_where_an_operator_wants_it(ticket: Ticket) -> None:
    now = ticket.stub.now()
    begins, ends = ((now + timedelta(hours=hours)).isoformat() for hours in (-1, 1))
    ticket.stub.reminder = {"after_seconds": 1, "begins_at": begins, "ends_at": ends}
    ticket.open(NAMED)
    listen(ticket, "reminder")
    expect(ticket.button).to_have_text("You are not tracking")
    ticket.page.wait_for_function("heard.length > 0")
    ticket.button.click()
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    expect(ticket.button).not_to_have_text("You are not tracking")

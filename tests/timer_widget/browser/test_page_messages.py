"""Pages that listen to Harvest's messages hear of every start and stop once, however it was pressed (widget.md A4)."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from .conftest import KEY, Ticket, element, marked

LISTEN = """<script>seen = []; addEventListener("message", ({ data, origin }) => /^timer:/.test(data?.type) &&
    seen.push({ ...data, origin }))</script>"""
CHOICE = 'project-id="13" task-id="501"'
OTHER = {"id": "2", "name": "Two"}


def heard(ticket: Ticket, count: int) -> list[dict[str, Any]]:
    """All messages, once there are so many and no more came for a while."""
    ticket.page.wait_for_function("count => seen.length >= count", arg=count)
    ticket.settle()
    seen: list[dict[str, Any]] = ticket.page.evaluate("seen")
    assert all(each["origin"] == ticket.stub.origin for each in seen)
    return seen


def test_one_click_tells_the_page_of_start_switch_and_stop(ticket: Ticket) -> None:
    ticket.open(element(f'{CHOICE} permalink="/t/12" account-id="acme"') + element(CHOICE, item=OTHER), head=LISTEN)
    first, second = (each.get_by_role("button").first for each in ticket.page.locator("harvest-timer").all())
    for press in (first, second, second):
        count = len(ticket.page.evaluate("seen")) + 1
        press.dispatch_event("click")
        heard(ticket, count)
    started, switched, stopped = ticket.page.evaluate("seen")
    link = f"{ticket.host.origin}/t/12"
    assert started["value"]["external_reference"] == KEY | {"account_id": "acme", "permalink": link}
    assert (started["type"], started["item_id"], started["group_id"]) == ("timer:started", "WEB-12", "board-1")
    assert (switched["type"], switched["item_id"]) == ("timer:started", "2")
    assert switched["value"]["external_reference"]["id"] == "2"
    assert stopped == {"type": "timer:stopped", "origin": ticket.stub.origin}


def test_a_page_that_keeps_its_own_button_by_the_messages_is_right_after_each_click(ticket: Ticket) -> None:
    own = """<output>Start</output><script>addEventListener("message", ({ data: { type } }) => {
        if (type == "timer:started") document.querySelector("output").value = "Stop"
        if (type == "timer:stopped") document.querySelector("output").value = "Start" })</script>"""
    default = """data-default='{"project_id":13,"task_id":501}'"""
    ticket.open(marked(more=default) + own)
    for word in ("Stop", "Start", "Stop"):
        ticket.page.locator("span.harvest-timer").dispatch_event("click")
        expect(ticket.page.locator("output")).to_have_text(word)


def test_the_hosts_own_code_and_other_devices_are_told_of_too(ticket: Ticket) -> None:
    ticket.open(head=LISTEN)
    wish = {"item": OTHER, "default": {"project_id": 13, "task_id": 501}}
    ticket.page.evaluate("wish => HarvestBridge.start(wish)", wish)
    heard(ticket, 1)
    ticket.stub.halt()
    ticket.soon(lambda: ticket.stub.streams)
    ticket.stub.push()
    assert [each["type"] for each in heard(ticket, 2)] == ["timer:started", "timer:stopped"]
    ticket.stub.run(None)  # something that is no item of this page
    ticket.stub.push()
    assert len(heard(ticket, 2)) == 2


def test_what_the_panel_tells_is_told_once(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.open(head=LISTEN)
    ticket.button.click()
    ticket.press_in_panel("Start timer")
    expect(ticket.page.locator("dialog")).to_be_hidden()
    assert [each["type"] for each in heard(ticket, 1)] == ["timer:started"]
    ticket.button.click(modifiers=["Shift"])
    ticket.press_in_panel("Stop timer")
    assert [each["type"] for each in heard(ticket, 2)] == ["timer:started", "timer:stopped"]


def test_an_id_with_spaces_round_it_starts_with_one_press_and_stops_with_the_next(ticket: Ticket) -> None:
    spaced = f'<harvest-timer item-id=" 77\n" item-name="x" group-id="&nbsp;g&#8203;" {CHOICE}></harvest-timer>'
    json = """data-item='{"id": "1340 \\n", "name": "y"}' data-default='{"project_id": 13, "task_id": 501}'"""
    ticket.open(f'{spaced}<span class="harvest-timer" {json}></span>')
    for timer in (ticket.page.locator("harvest-timer"), ticket.page.locator("span.harvest-timer")):
        button = timer.get_by_role("button").first if timer.evaluate("e => !!e.shadowRoot") else timer
        button.click()
        expect(timer).to_have_attribute("data-harvest-state", "running")
        button.dispatch_event("click")
        expect(timer).to_have_attribute("data-harvest-state", "ready")
    assert [each["item"]["id"] for each in ticket.sent("start")] == ["77", "1340"]
    assert len(ticket.sent("stop")) == 2


def test_ids_too_long_for_a_number_stay_apart(ticket: Ticket) -> None:
    ids = ("12345678901234567890", "12345678901234567891")
    ticket.open("".join(f"<span class='harvest-timer' data-item='{{\"id\": {each}}}'></span>" for each in ids))
    names = [each.get_attribute("aria-label") for each in ticket.page.locator("span.harvest-timer").all()]
    assert names == [f"Start timer, {each}" for each in ids]

"""Harvest's markup contract (widget.md A0 to A7, A11): a page written for Harvest's script works with ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import ITEM, KEY, Ticket, marked

TIMER = ".harvest-timer"


def open_panel(ticket: Ticket, body: str, **more: object) -> dict[str, str]:
    ticket.open(body, **more)  # type: ignore[arg-type]
    ticket.page.locator(TIMER).first.click()
    return ticket.panel_query()


def warnings_of(page: Page) -> list[str]:
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text) if message.type == "warning" else None)
    return seen


def test_the_frame_gets_every_parameter_of_the_markup(ticket: Ticket) -> None:
    query = open_panel(
        ticket,
        marked(more="""data-account='{"id":7}' data-default='{"project_code":"BWC-02","project_name":"Website"}'"""),
    )
    assert query == {
        "origin": ticket.host.origin,
        "service": "127.0.0.1",
        "app_name": "Ticket Board",
        "permalink": f"{ticket.host.origin}/t/WEB-12",
        "external_item_id": "WEB-12",
        "external_item_name": ITEM["name"],
        "external_group_id": "board-1",
        "external_group_name": "Website relaunch",
        "external_account_id": "7",
        "default_project_code": "BWC-02",
        "default_project_name": "Website",
    }


def test_a_default_stands_in_the_form(ticket: Ticket) -> None:
    open_panel(ticket, marked(more="""data-default='{"project_name":"Member app"}'"""))
    expect(ticket.panel.get_by_role("combobox", name="Project")).to_have_value("Member app")


def test_a_missing_group_is_no_group(ticket: Ticket) -> None:
    query = open_panel(ticket, marked(group=None))
    assert "external_group_id" not in query


def test_the_group_may_be_called_project_as_in_old_pages(ticket: Ticket) -> None:
    query = open_panel(ticket, marked(group=None, more="""data-project='{"id":5,"name":"Old"}'"""))
    assert (query["external_group_id"], query["external_group_name"]) == ("5", "Old")


def test_group_beats_project(ticket: Ticket) -> None:
    query = open_panel(ticket, marked(more="""data-project='{"id":5,"name":"Old"}'"""))
    assert query["external_group_id"] == "board-1"


@pytest.mark.parametrize("item_id", [1337, 0, "issues/12", "a b&c"])
def test_ids_are_strings_and_stay_as_they_are(ticket: Ticket, item_id: object) -> None:
    assert open_panel(ticket, marked({"id": item_id, "name": "x"}))["external_item_id"] == str(item_id)


def test_a_slash_in_an_id_stays_a_slash_in_the_permalink(ticket: Ticket) -> None:
    query = open_panel(ticket, marked({"id": "issues/12", "name": "x"}))
    assert query["permalink"] == f"{ticket.host.origin}/t/issues/12"


@pytest.mark.parametrize("item", ['{"id":', '{"name":"no id"}', "[]", "null", '{"id":""}', '{"id":{}}'])
def test_an_item_without_a_usable_id_warns_once_and_times_without_a_reference(ticket: Ticket, item: str) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    seen = warnings_of(ticket.page)
    ticket.open(f"<span class='harvest-timer' data-item='{item}' data-permalink='/t/1'></span>" + marked())
    timer = ticket.page.locator(TIMER).first
    expect(timer).to_have_attribute("aria-label", re.compile("^Start timer"))
    timer.click()
    query = ticket.panel_query()
    assert not {"external_item_id", "permalink"} & set(query)
    ticket.press_in_panel("Start timer")
    ticket.soon(lambda: ticket.sent("start"))
    assert ticket.sent("start")[0]["item"] is None
    expect(ticket.page.locator("dialog")).to_be_hidden()
    timer.click()
    expect(ticket.panel.get_by_role("button", name="Stop timer")).to_be_visible()
    assert len([text for text in seen if "no item id" in text]) == 1


def test_a_placeholder_is_filled_wherever_it_stands(ticket: Ticket) -> None:
    template = "https://x.test/%ACCOUNT_ID%/%GROUP_ID%/%PROJECT_ID%/%ITEM_ID%?again=%ITEM_ID%"
    query = open_panel(ticket, marked(more="""data-account='{"id":"a"}'"""), config={"permalink": template})
    assert query["permalink"] == "https://x.test/a/board-1/board-1/WEB-12?again=WEB-12"


def test_a_permalink_with_an_open_placeholder_is_dropped_with_a_warning(ticket: Ticket) -> None:
    seen = warnings_of(ticket.page)
    query = open_panel(ticket, marked(group=None), config={"permalink": "https://x.test/%GROUP_ID%/%ITEM_ID%"})
    assert "permalink" not in query
    assert any("permalink dropped" in text for text in seen)


def test_an_element_may_bring_its_own_permalink(ticket: Ticket) -> None:
    query = open_panel(ticket, marked(more='data-permalink="/mine?a=1"'))
    assert query["permalink"] == f"{ticket.host.origin}/mine?a=1"


@pytest.mark.parametrize(
    "link",
    [
        *("javascript:alert(1)", "data:text/html,x", "http://" + "x" * 2100),
        *("{&quot;url&quot;:&quot;/t/1&quot;}", "/t/{{ id }}", "https://x.test/${id}", "[object Object]", "/t/100%"),
    ],
)
def test_a_permalink_that_is_no_web_address_is_dropped_with_a_warning(ticket: Ticket, link: str) -> None:
    seen = warnings_of(ticket.page)
    query = open_panel(ticket, marked(more=f'data-permalink="{link}"'))
    assert "permalink" not in query
    assert any("permalink dropped" in text for text in seen)


@pytest.mark.parametrize(
    ("more", "config", "styled"),
    [
        ("", {}, True),
        ("data-skip-styling", {}, False),
        ('data-skip-styling="true"', {}, False),
        ('data-skip-styling="false"', {}, True),
        ("", {"skipStyling": True}, False),
    ],
)
def test_styling_can_be_skipped(ticket: Ticket, more: str, config: dict[str, bool], styled: bool) -> None:
    ticket.open(marked(more=more), config=config)
    classes = (ticket.page.locator(TIMER).get_attribute("class") or "").split()
    assert ("styled" in classes) is styled


def test_the_content_of_an_element_stays_and_an_empty_one_gets_an_icon(ticket: Ticket) -> None:
    ticket.open(marked(inner="<b>Track</b>") + marked())
    full, empty = ticket.page.locator(TIMER).all()
    assert full.inner_html() == "<b>Track</b>"
    assert empty.inner_html() == '<span class="harvest-timer-icon"></span>'


def test_attributes_count_as_they_are_at_the_click(ticket: Ticket) -> None:
    ticket.open(marked())
    ticket.page.eval_on_selector(TIMER, """e => e.dataset.item = '{"id":"new","name":"New"}'""")
    ticket.page.locator(TIMER).click()
    assert ticket.panel_query()["external_item_id"] == "new"


def test_the_running_class_is_on_the_element_and_its_children_and_nowhere_else(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    ticket.open(marked(inner="<i></i><b></b>") + marked({"id": "other"}) + marked(group={"id": "elsewhere"}))
    first, other, elsewhere = ticket.page.locator(TIMER).all()
    expect(first).to_have_class(re.compile(r"\brunning\b"))
    assert ticket.page.locator(".running").count() == 3
    expect(other).not_to_have_class(re.compile(r"\brunning\b"))
    expect(elsewhere).not_to_have_class(re.compile(r"\brunning\b"))


def test_an_item_without_group_is_running_when_its_entry_has_none(ticket: Ticket) -> None:
    ticket.stub.run({"id": "WEB-12", "group_id": None})
    ticket.open(marked(group=None))
    expect(ticket.page.locator(TIMER)).to_have_class(re.compile(r"\brunning\b"))


def test_an_element_that_comes_late_is_running_at_once(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    ticket.open(marked({"id": "other"}))
    ticket.page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", marked())
    assert ticket.page.locator(TIMER).last.get_attribute("class") == "harvest-timer styled running"


def test_ready_fires_once_on_the_body_after_the_first_scan(ticket: Ticket) -> None:
    listen = """<script>seen = []; addEventListener("harvest-event:ready", (e) => seen.push(
        [e.target.tagName, e.cancelable, document.querySelector(".harvest-timer").dataset.listening]))</script>"""
    ticket.open(marked(), head=listen)
    ticket.page.evaluate("HarvestPlatform.findTimers()")
    assert ticket.page.evaluate("seen") == [["BODY", True, "true"]]


def test_the_messaging_element_is_made_hidden_and_marked_ready(ticket: Ticket) -> None:
    ticket.open(marked())
    messaging = ticket.page.locator("#harvest-messaging")
    expect(messaging).to_be_hidden()
    expect(messaging).to_have_attribute("data-ready", "true")


def test_a_messaging_element_of_the_page_is_used(ticket: Ticket) -> None:
    ticket.open(marked() + '<div id="harvest-messaging" hidden></div>')
    assert ticket.page.locator("#harvest-messaging").count() == 1
    expect(ticket.page.locator("#harvest-messaging")).to_have_attribute("data-ready", "true")


LATE = f"""const late = document.createElement("a");
late.dataset.item = '{json.dumps(ITEM)}'; document.body.append(late);
const messaging = document.querySelector("#harvest-messaging");"""

ADD_EVENTS = {
    "native detail": "new CustomEvent('harvest-event:timers:add', {detail: {element: late}})",
    "on the event": "Object.assign(new Event('harvest-event:timers:add'), {element: late})",
    "jQuery object": "new CustomEvent('harvest-event:timers:add', {detail: {element: {jquery: '1.7', 0: late}}})",
}


@pytest.mark.parametrize("event", ADD_EVENTS.values(), ids=ADD_EVENTS)
def test_a_late_element_is_added_by_event(ticket: Ticket, event: str) -> None:
    ticket.open(marked())
    ticket.page.evaluate(f"() => {{ {LATE} messaging.dispatchEvent({event}) }}")
    expect(ticket.page.locator("a.harvest-timer")).to_have_attribute("data-listening", "true")


def test_chrome_add_scans_the_page_again(ticket: Ticket) -> None:
    ticket.open(marked())
    ticket.page.evaluate(f"""() => {{ {LATE} late.className = "harvest-timer";
        messaging.dispatchEvent(new Event("harvest-event:timers:chrome:add")) }}""")
    expect(ticket.page.locator("a.harvest-timer")).to_have_attribute("data-listening", "true")


@pytest.mark.parametrize("moment", ["before our script", "after our script"])
def test_a_page_with_jquery_1_adds_timers_through_it(ticket: Ticket, node_packages: Path, moment: str) -> None:
    ticket.host.show((node_packages / "jquery" / "dist" / "jquery.js").read_text(), "/jquery.js")
    tag = '<script src="/jquery.js"></script>'
    ticket.open(marked(), head=tag if moment.startswith("before") else "")
    if moment.startswith("after"):
        ticket.page.add_script_tag(url="/jquery.js")
    assert ticket.page.evaluate("jQuery.fn.jquery") == "1.12.4"
    ticket.page.evaluate(
        f"() => {{ {LATE} jQuery(messaging).trigger({{type: 'harvest-event:timers:add', element: jQuery(late)}}) }}"
    )
    expect(ticket.page.locator("a.harvest-timer")).to_have_attribute("data-listening", "true")


@pytest.mark.parametrize("where", ["the page", "inside the frame"])
def test_escape_closes_from(ticket: Ticket, where: str) -> None:
    open_panel(ticket, marked())
    start = ticket.panel.get_by_role("button", name="Start timer")
    expect(start).to_be_visible()
    if where == "the page":
        ticket.page.locator("dialog").evaluate("e => { e.tabIndex = 0; e.focus() }")
    else:
        start.focus()
    ticket.page.keyboard.press("Escape")
    expect(ticket.page.locator("dialog")).to_be_hidden()
    expect(ticket.page.locator(TIMER)).to_be_focused()


def test_a_click_stays_with_the_timer_and_keeps_its_default(ticket: Ticket) -> None:
    ticket.open(marked(tag="a", more='href="#there"'))
    ticket.page.evaluate("reached = 0; document.body.addEventListener('click', () => reached++)")
    ticket.page.locator(TIMER).click()
    assert ticket.page.evaluate("reached") == 0
    assert ticket.page.url.endswith("#there")


def test_the_overlay_has_the_ids_and_classes_that_pages_style(ticket: Ticket) -> None:
    style = "<style>#harvest-iframe { width: 333px } .harvest-overlay { background: rgb(1, 2, 3) }</style>"
    ticket.open(marked(), head=style)
    ticket.page.locator(TIMER).click()
    frame = ticket.page.locator("dialog.harvest-overlay > iframe#harvest-iframe")
    assert frame.evaluate("e => getComputedStyle(e).width") == "333px"
    assert ticket.page.locator("dialog").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(1, 2, 3)"


def test_a_click_on_the_overlay_closes(ticket: Ticket) -> None:
    ticket.open(marked())
    ticket.page.locator(TIMER).click()
    expect(ticket.page.locator("dialog")).to_be_visible()
    ticket.page.mouse.click(5, 5)
    expect(ticket.page.locator("dialog")).to_be_hidden()


def test_the_frame_grows_to_what_it_holds(ticket: Ticket) -> None:
    ticket.open(marked())
    ticket.page.locator(TIMER).click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    height = ticket.panel.locator("main").evaluate("e => Math.ceil(e.getBoundingClientRect().height)")
    expect(ticket.page.locator("#harvest-iframe")).to_have_css("height", f"{height}px")


def say(ticket: Ticket, message: dict[str, object], origin: str, source: str = "frame.contentWindow") -> None:
    ticket.page.evaluate(
        f"""([data, origin]) => {{ const frame = document.querySelector("#harvest-iframe");
        dispatchEvent(new MessageEvent("message", {{ data, origin, source: {source} }})) }}""",
        [message, origin],
    )


STARTED = {"type": "timer:started", "value": {"external_reference": {"id": "other", "group_id": "board-1"}}}
STARTED_OLD = {"type": "timer:started", "item_id": "other", "group_id": "board-1"}


@pytest.mark.parametrize("message", [STARTED, STARTED_OLD], ids=["newer", "older"])
def test_both_shapes_of_started_mark_the_timer_and_stopped_clears_it(
    ticket: Ticket, message: dict[str, object]
) -> None:
    open_panel(ticket, marked() + marked({"id": "other"}))
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    ticket.settle()  # What the panel reads brings the true state, which would win.
    say(ticket, message, ticket.stub.origin)
    other = ticket.page.locator(TIMER).nth(1)
    expect(other).to_have_class("harvest-timer styled running")
    say(ticket, {"type": "timer:stopped"}, ticket.stub.origin)
    expect(other).to_have_class("harvest-timer styled")


@pytest.mark.parametrize("message", [STARTED, {"type": "frame:close"}], ids=["started", "close"])
def test_a_message_from_a_foreign_origin_or_window_is_ignored(ticket: Ticket, message: dict[str, object]) -> None:
    open_panel(ticket, marked() + marked({"id": "other"}))
    say(ticket, message, "https://evil.test")
    say(ticket, message, ticket.stub.origin, source="window")
    ticket.settle()
    expect(ticket.page.locator(TIMER).nth(1)).to_have_class("harvest-timer styled")
    expect(ticket.page.locator("dialog")).to_be_visible()


@pytest.mark.parametrize(
    "data", [None, 5, "height:300", {"type": "timer:started"}, {"type": "frame:resize", "value": {}}]
)
def test_a_malformed_message_is_ignored(ticket: Ticket, data: object) -> None:
    open_panel(ticket, marked())
    say(ticket, data, ticket.stub.origin)  # type: ignore[arg-type]
    expect(ticket.page.locator("dialog")).to_be_visible()


def test_the_page_hears_started_in_both_shapes_and_before_close(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    listen = "<script>seen = []; addEventListener('message', (e) => seen.push(e.data))</script>"
    open_panel(ticket, marked(), head=listen)
    ticket.press_in_panel("Start timer")
    ticket.page.wait_for_function("seen.some(({ type }) => type == 'frame:close')")
    expect(ticket.page.locator("dialog")).to_be_hidden()
    seen = [each for each in ticket.page.evaluate("seen") if each["type"] in ("timer:started", "frame:close")]
    assert [each["type"] for each in seen] == ["timer:started", "frame:close"]
    assert (seen[0]["item_id"], seen[0]["group_id"]) == ("WEB-12", "board-1")
    assert seen[0]["value"]["external_reference"]["id"] == "WEB-12"


def test_the_script_may_be_loaded_twice(ticket: Ticket) -> None:
    tag = f'<script src="{ticket.stub.origin}/assets/platform.js" data-token-url="/harvest-token"></script>'
    ticket.open(marked(), script=tag + tag)
    assert ticket.page.locator("iframe").count() == 1
    ticket.page.locator(TIMER).click()
    expect(ticket.page.locator("dialog")).to_have_count(1)


def test_the_script_may_stand_in_the_head_before_there_is_a_body(ticket: Ticket) -> None:
    tag = f'<script src="{ticket.stub.origin}/assets/platform.js" data-token-url="/harvest-token"></script>'
    ticket.open(marked(), head=tag, script=" ")
    expect(ticket.page.locator(TIMER)).to_have_attribute("data-listening", "true")


def test_the_script_may_be_injected_by_another(ticket: Ticket) -> None:
    code = f"""const s = document.createElement("script"); s.src = "{ticket.stub.origin}/assets/platform.js";
        s.dataset.tokenUrl = "/harvest-token"; document.head.append(s)"""
    ticket.open(marked(), script=f"<script>{code}</script>")
    expect(ticket.page.locator(TIMER)).to_have_attribute("data-listening", "true")


def test_the_settings_may_stand_in_an_attribute_of_the_script(ticket: Ticket) -> None:
    settings = json.dumps({"applicationName": "From the tag", "permalink": "https://x.test/%ITEM_ID%"})
    tag = f"""<script src="{ticket.stub.origin}/assets/platform.js" data-token-url="/harvest-token"
        data-platform-config='{settings}'></script>"""
    ticket.show(marked(), script=f"<script>delete window._harvestPlatformConfig</script>{tag}")
    ticket.is_in("ready")
    ticket.page.locator(TIMER).click()
    assert ticket.panel_query()["app_name"] == "From the tag"


def test_a_page_without_any_settings_still_works(ticket: Ticket) -> None:
    tag = f'<script src="{ticket.stub.origin}/assets/platform.js" data-token-url="/harvest-token"></script>'
    ticket.show(marked(), script=f"<script>delete window._harvestPlatformConfig</script>{tag}")
    ticket.is_in("ready")
    ticket.page.locator(TIMER).click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()


def test_the_timesheet_is_one_link_away(ticket: Ticket) -> None:
    open_panel(ticket, marked())
    link = ticket.panel.get_by_role("link", name="My timesheet (opens a new window)")
    expect(link).to_have_attribute("href", "https://fernwood.harvestapp.example/time")

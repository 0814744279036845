"""Pages with the strictest policies, pages that rebuild themselves, and what the widget costs a page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browsers import BrowserErrors

from .conftest import ITEM, KEY, Ticket, element, marked

POLICY = (
    "default-src 'none'; script-src {own} {bridge}; frame-src {bridge}; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def strict(ticket: Ticket, body: str) -> None:
    """A page with default-src 'none', Trusted Types without any policy, and cross-origin isolation."""
    ticket.host.show(f"_harvestPlatformConfig = {{permalink: '{ticket.host.origin}/t/%ITEM_ID%'}}", "/config.js")
    html = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Strict</title><script src="/config.js"></script>'
        f'{body}<script src="{ticket.stub.origin}/assets/platform.js" data-token-url="/harvest-token"></script>'
    )
    policy = POLICY.format(own=ticket.host.origin, bridge=ticket.stub.origin)
    headers = {
        "Content_Security_Policy": policy,
        "Cross_Origin_Embedder_Policy": "require-corp",
        "Cross_Origin_Opener_Policy": "same-origin",
    }
    ticket.page.add_init_script(
        "reports = []; addEventListener('securitypolicyviolation', (e) => reports.push(e.violatedDirective))"
    )
    ticket.page.goto(ticket.host.show(html, **headers))
    ticket.is_in("ready")


def test_a_strict_page_starts_and_stops_without_one_policy_report(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    strict(ticket, element() + marked({"id": "2"}))
    ticket.button.click()
    ticket.press_in_panel("Start timer")
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    ticket.button.dispatch_event("click")
    expect(ticket.button).to_have_attribute("data-harvest-state", "ready")
    assert ticket.page.evaluate("reports") == []


def test_buttons_on_a_strict_page_look_as_they_should(ticket: Ticket) -> None:
    strict(ticket, element() + marked({"id": "2"}))
    sizes = [timer.bounding_box() or {} for timer in (ticket.button, ticket.page.locator(".harvest-timer").first)]
    assert sizes[0]["height"] == 30
    assert (sizes[1]["width"], sizes[1]["height"]) == (24, 24)


def test_our_frames_report_nothing_either(ticket: Ticket, browser_errors: BrowserErrors) -> None:
    strict(ticket, element())
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    assert browser_errors == []


@pytest.mark.parametrize("count", [1, 100])
def test_a_page_costs_five_requests_one_stream_and_one_frame_whatever_the_number_of_timers(
    ticket: Ticket, count: int
) -> None:
    ticket.open("".join(element(item={"id": str(i), "name": "x"}) for i in range(count)))
    ticket.soon(lambda: "POST /timer/totals" in ticket.stub.requests)
    ticket.settle()
    paths = [each.split("?")[0] for each in ticket.stub.requests]
    assert paths[:4] == [
        "GET /assets/platform.js",
        "GET /platform/controller",
        "GET /static/timer_widget/frame.js",
        "POST /timer/session",
    ]
    assert sorted(paths[4:]) == ["GET /timer/stream", "POST /timer/totals"]  # at once, on two connections
    assert len(ticket.page.frames) == 2


def test_a_page_without_timers_costs_the_script_alone(ticket: Ticket) -> None:
    ticket.show("<p>Nothing to track</p>")
    ticket.settle()
    assert ticket.stub.requests == ["GET /assets/platform.js"]


def test_opening_the_panel_again_asks_only_for_what_may_have_changed(ticket: Ticket) -> None:
    ticket.open(element() + element(item={"id": "2", "name": "Two"}))
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    ticket.page.keyboard.press("Escape")
    ticket.stub.requests.clear()
    ticket.page.locator("harvest-timer").nth(1).get_by_role("button").first.click()
    expect(ticket.panel.get_by_role("heading", name="Two")).to_be_visible()
    expect(ticket.panel.get_by_label("Notes")).to_have_value("Two")
    asked = {each.split("?")[0] for each in ticket.stub.requests}
    assert asked <= {f"GET /timer/{name}" for name in ("suggestion", "state", "projects", "day")}
    assert len(ticket.page.frames) == 3


def test_the_load_event_does_not_wait_for_the_bridge(ticket: Ticket) -> None:
    order = """<script>seen = []; addEventListener("load", () => seen.push(document.querySelectorAll("iframe").length))
        </script>"""
    ticket.open(head=order)
    assert ticket.page.evaluate("seen") == [0]


def test_a_body_that_is_replaced_keeps_its_timers_right(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    ticket.open(marked() + element())
    ticket.page.evaluate("""() => { const copy = document.body.cloneNode(true); document.body.replaceWith(copy) }""")
    expect(ticket.page.locator("span.harvest-timer")).to_have_class("harvest-timer styled running")
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    ticket.page.locator("span.harvest-timer").click()
    expect(ticket.button).to_have_attribute("data-harvest-state", "ready")
    assert ticket.stub.sessions == 1


def test_a_framework_that_overwrites_the_class_gets_it_back(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    ticket.open(marked())
    ticket.page.eval_on_selector("span.harvest-timer", "e => e.className = 'harvest-timer mine'")
    expect(ticket.page.locator("span.harvest-timer")).to_have_class("harvest-timer mine styled running")


def test_five_hundred_comings_and_goings_leave_nothing_behind(ticket: Ticket) -> None:
    ticket.open(marked() + element())
    ticket.page.evaluate(
        """async (html) => { const box = document.createElement("div"); document.body.append(box);
        for (let i = 0; i < 500; i++) { box.innerHTML = html; await null; box.append(box.firstChild); await null }
        box.innerHTML = ""; await null }""",
        marked() + element(),
    )
    ticket.page.evaluate("HarvestPlatform.findTimers()")
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    ticket.page.locator("span.harvest-timer").click()
    ticket.press_in_panel("Start timer")
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    assert len(ticket.sent("start")) == 1


def test_a_timer_inside_another_components_shadow_root_works(ticket: Ticket) -> None:
    ticket.stub.run(KEY)
    ticket.open('<div id="shell"></div>' + marked({"id": "x"}))
    ticket.page.evaluate(
        "html => document.querySelector('#shell').attachShadow({mode: 'open'}).innerHTML = html", element()
    )
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    ticket.page.eval_on_selector("#shell", "e => e.shadowRoot.firstChild.setAttribute('item-id', 'new')")
    expect(ticket.button).to_have_attribute("data-harvest-state", "elsewhere")


def test_the_page_hears_of_every_change_once_with_data(ticket: Ticket) -> None:
    listen = """<script>seen = []; for (const name of ["ready", "started", "switched", "stopped", "error"])
        addEventListener("harvest-timer:" + name, (e) => seen.push({name, at: e.target.localName, ...e.detail}))
        </script>"""
    other = {"id": "2", "name": "Two"}
    choice = 'project-id="13" task-id="501"'
    ticket.open(element(choice) + element(choice, item=other), head=listen)
    first, second = (each.get_by_role("button").first for each in ticket.page.locator("harvest-timer").all())
    first.click()
    expect(first).to_have_attribute("data-harvest-state", "running")
    second.click()
    expect(second).to_have_attribute("data-harvest-state", "running")
    second.dispatch_event("click")
    expect(second).to_have_attribute("data-harvest-state", "ready")
    seen: list[dict[str, Any]] = ticket.page.evaluate("seen")
    assert [each["name"] for each in seen] == ["ready", "started", "switched", "stopped"]
    assert (seen[1]["item"], seen[1]["at"], seen[1]["entry_id"]) == (KEY, "harvest-timer", 101)
    assert seen[2]["previous"]["item"] == KEY
    assert seen[3]["item"] == {"id": "2", "group_id": "board-1"}


def test_nothing_of_harvest_but_ids_and_times_reaches_the_page(ticket: Ticket) -> None:
    ticket.stub.run(KEY, notes="Secret notes", project=4)
    ticket.open()
    ticket.button.click(modifiers=["Shift"])
    expect(ticket.panel.get_by_label("Notes")).to_have_value("Secret notes")
    known = ticket.page.content() + str(ticket.page.evaluate("JSON.stringify(HarvestBridge.state())"))
    for secret in ("Secret notes", "Menu and brand", "Café", "Alice", "alice@example.com", "hb_ts_"):
        assert secret not in known


def test_no_cookie_is_set_or_sent(ticket: Ticket) -> None:
    ticket.open()
    ticket.button.click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    assert ticket.page.context.cookies() == []


def test_the_hosts_code_can_start_stop_and_ask(ticket: Ticket) -> None:
    ticket.open()
    wish = {"item": ITEM, "group": {"id": "board-1"}, "default": {"project_id": 13, "task_id": 501}}
    assert ticket.page.evaluate("wish => HarvestBridge.start(wish)", wish) == "started"
    state = ticket.page.evaluate("HarvestBridge.state()")
    assert (set(state), set(state["running"])) == ({"status", "message", "running"}, {"item", "entry_id", "since"})
    assert (state["status"], state["running"]["item"]) == ("ready", KEY)
    assert ticket.page.evaluate("wish => HarvestBridge.start(wish)", wish) == "running"
    assert ticket.page.evaluate("HarvestBridge.stop()") == "stopped"
    assert ticket.page.evaluate("HarvestBridge.state().running") is None
    assert ticket.page.evaluate("HarvestBridge.stop()") == "idle"
    assert ticket.page.evaluate("wish => HarvestBridge.start(wish)", {"item": ITEM}) == "panel"
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    assert len(ticket.sent("start")) == 1


@pytest.mark.parametrize("body", ["<p>No timer here</p>", element()])
def test_the_hosts_code_may_start_before_anything_is_loaded(ticket: Ticket, body: str) -> None:
    early = """<script>const wish = {item: {id: "early"}, default: {project_id: 13, task_id: 501}}
        for (const name of ["DOMContentLoaded", "load"])
          addEventListener(name, () => window[name] = HarvestBridge.start(wish).catch(({ code }) => code))</script>"""
    script = f'<script src="{ticket.stub.origin}/assets/platform.js" data-token-url="/harvest-token"></script>'
    ticket.show(body, head=early, script=script)
    assert ticket.page.evaluate("DOMContentLoaded") == "started"
    assert ticket.page.evaluate("load") == "started"
    assert ticket.page.evaluate("HarvestBridge.state().running.item.id") == "early"
    assert len(ticket.sent("start")) == 1


@pytest.mark.parametrize("given", ["", "null", "{}", "'7'", "{item: {}}", "{item: {id: ' '}}", "document.body"])
def test_a_start_without_an_id_is_refused_with_a_code(ticket: Ticket, given: str) -> None:
    ticket.open()
    refused = ticket.page.evaluate(
        f"HarvestBridge.start({given}).catch(({{ code, message }}) => ({{ code, message }}))"
    )
    assert refused == {"code": "item_required", "message": "An item needs an id."}


def test_destroy_takes_everything_back_and_init_begins_again(ticket: Ticket) -> None:
    ticket.open(marked() + element())
    ticket.page.evaluate("HarvestBridge.destroy()")
    assert ticket.page.locator("iframe, dialog, #harvest-messaging, [role=status]").count() == 0
    assert ticket.page.evaluate("document.adoptedStyleSheets.length") == 0
    ticket.page.eval_on_selector("span.harvest-timer", "e => e.click()")
    assert ticket.page.locator("dialog").count() == 0
    ticket.page.evaluate("HarvestBridge.init({})")
    ticket.is_in("ready")
    ticket.page.locator("span.harvest-timer").click()
    expect(ticket.page.locator("dialog")).to_be_visible()


def test_a_name_with_markup_and_direction_marks_stays_text(ticket: Ticket) -> None:
    name = "<img src=x onerror=alert(1)> \u202egnp.exe"
    ticket.open(element().replace(ITEM["name"], name.replace("<", "&lt;")))
    ticket.button.click()
    expect(ticket.panel.get_by_role("heading", level=1)).to_have_text(name)
    assert ticket.panel.locator("img").count() == 0


def test_a_megabyte_in_an_attribute_harms_nothing(ticket: Ticket) -> None:
    ticket.open(marked({"id": "1", "name": "x" * 1_000_000}) + element())
    ticket.page.locator("span.harvest-timer").click()
    expect(ticket.panel.get_by_role("button", name="Start timer")).to_be_visible()
    assert len(ticket.panel_query()["external_item_name"]) == 500

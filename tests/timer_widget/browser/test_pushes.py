"""A change made on one page shows on the others at once: another tab, another site of the host app (E13, E15)."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.browsers import BrowserErrors
from tests.processes import START_SECONDS, Bridge

from .conftest import KEY, Ticket, element
from .stub import Host, eventually

PAGE = """<!doctype html><title>x</title><div class="harvest-timer" data-item='{{"id":"T-9","name":"Nine"}}'
  data-default='{{"project_code":"NW-STORE","task_name":"Development"}}'></div>
<script>_harvestPlatformConfig = {{token: async () => (await (await fetch("/token")).text())}}</script>
<script src="{bridge}/assets/platform.js"></script>"""
RUNNING, IDLE = "harvest-timer styled running", "harvest-timer styled"


@pytest.fixture
def sites(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[list[Host]]:
    """Two sites of the host app, each with a page and tokens for the same person."""
    hosts = [Host(int(bridge.host_origin.rpartition(":")[2])), Host()]
    code = (
        "from harvest_bridge.hosts.models import HostApp; from harvest_bridge.hosts.services import allow_origin; "
        f"allow_origin(host_app=HostApp.objects.get(pk='{bridge.host['host_app_id']}'), origin='{hosts[1].origin}')"
    )
    bridge.manage("shell", "-c", code)
    yield hosts
    for host in hosts:
        host.close()


def open_page(bridge: Bridge, host: Host, context: BrowserContext, person: str) -> Page:
    page = context.new_page()
    page.route("**/token", lambda route: route.fulfill(body=bridge.widget_token(sub=person, origin=host.origin)))
    page.goto(host.show(PAGE.format(bridge=bridge.url)))
    return page


def link(bridge: Bridge, page: Page) -> None:
    page.locator(".harvest-timer").click()
    with page.expect_popup() as opened:
        page.frame_locator("dialog iframe").get_by_role("button", name="Connect Harvest").click()
    opened.value.get_by_role("link", name="Alice Okafor").click()
    opened.value.get_by_role("button", name="Allow").click()
    opened.value.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator(".harvest-timer")).to_have_attribute("data-harvest-state", "ready")
    page.keyboard.press("Escape")


def test_a_start_and_a_stop_show_on_another_site(
    bridge: Bridge, sites: list[Host], context: BrowserContext, sandbox: RunningSandbox
) -> None:
    one = open_page(bridge, sites[0], context, "pushed")
    link(bridge, one)
    with context.expect_event("response", lambda response: response.url.endswith("/timer/stream")):
        other = open_page(bridge, sites[1], context, "pushed")
    expect(other.locator(".harvest-timer")).to_have_attribute("data-harvest-state", "ready")
    for wanted in (RUNNING, IDLE):
        one.bring_to_front()
        one.locator(".harvest-timer").dispatch_event("click")
        expect(one.locator(".harvest-timer")).to_have_class(wanted)
        expect(other.locator(".harvest-timer")).to_have_class(wanted)


def test_a_timer_started_and_stopped_in_harvest_itself_shows_without_a_question_of_the_page(
    bridge: Bridge, sites: list[Host], context: BrowserContext, sandbox: RunningSandbox
) -> None:
    with context.expect_event("response", lambda response: response.url.endswith("/timer/stream")):
        page = open_page(bridge, sites[0], context, "in-harvest")
        link(bridge, page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/timer/")[2]))
    project, task = sandbox.pick("alice")
    reference = {"id": "T-9", "group_id": None, "permalink": f"{sites[0].origin}/t/9"}
    body = {"project_id": project.id, "task_id": task.id, "spent_date": sandbox.now().date().isoformat()}
    entry = sandbox.post("/v2/time_entries", "alice", json=body | {"external_reference": reference}).json()
    expect(page.locator(".harvest-timer")).to_have_class(RUNNING, timeout=20_000)
    sandbox.patch(f"/v2/time_entries/{entry['id']}/stop", "alice")
    expect(page.locator(".harvest-timer")).to_have_class(IDLE, timeout=20_000)
    assert "state" not in asked


def test_a_push_is_shown_and_told_to_the_page_once(ticket: Ticket) -> None:
    ticket.open()
    ticket.page.evaluate("seen = []; addEventListener('harvest-timer:started', (e) => seen.push(e.detail.entry_id))")
    ticket.soon(lambda: ticket.stub.streams)
    ticket.stub.run(KEY, seconds=60)
    ticket.stub.push()
    ticket.stub.push()
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    assert ticket.page.evaluate("seen") == [101]


def test_a_push_that_comes_while_the_panel_still_reads_is_not_undone_by_what_it_read(ticket: Ticket) -> None:
    ticket.open()
    ticket.soon(lambda: ticket.stub.streams)
    arrives = ticket.stub.held["projects"] = threading.Event()
    ticket.button.click(modifiers=["Shift"])
    ticket.soon(lambda: "projects" not in ticket.stub.held)
    ticket.stub.run(KEY, seconds=60)
    ticket.stub.push()
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    arrives.set()
    ticket.soon(lambda: "projects" not in {each.path.rpartition("/")[2] for each in ticket.stub.under_way})
    expect(ticket.panel.get_by_role("button", name="Stop timer")).to_be_visible()
    ticket.press_in_panel("Stop timer")
    expect(ticket.button).to_have_attribute("data-harvest-state", "ready")


def test_ten_tabs_follow_one_stream_and_the_next_one_goes_on_where_it_ended(ticket: Ticket) -> None:
    ticket.open()
    ticket.soon(lambda: ticket.stub.streams)
    tabs = [ticket.page.context.new_page() for _ in range(9)]
    for tab in tabs:
        tab.goto(ticket.page.url)
        tab.wait_for_function("window.HarvestBridge?.state().status == 'ready'")
    ticket.stub.run(KEY, seconds=60)
    ticket.stub.push()
    for tab in tabs:
        expect(tab.locator("harvest-timer")).to_have_attribute("data-harvest-state", "running")
    assert [stream.last_id for stream in ticket.stub.streams] == [None]
    ticket.page.close()
    ticket.stub.streams[0].end()
    tabs[0].wait_for_function("true")
    eventually(lambda: len(ticket.stub.streams) == 2)
    ticket.stub.halt()
    ticket.stub.push()
    for tab in tabs:
        expect(tab.locator("harvest-timer")).to_have_attribute("data-harvest-state", "ready")
    assert [stream.last_id for stream in ticket.stub.streams] == [None, "1"]


def test_a_stop_while_we_are_down_is_done_once_we_are_back(
    bridge: Bridge, sites: list[Host], context: BrowserContext, browser_errors: BrowserErrors
) -> None:
    browser_errors.expect("Failed to load resource", "ERR_")
    page = open_page(bridge, sites[0], context, "restarted")
    link(bridge, page)
    timer = page.locator(".harvest-timer")
    timer.click()
    expect(timer).to_have_class(RUNNING)
    bridge.web.stop()
    timer.dispatch_event("click")
    expect(timer).to_have_attribute("data-harvest-state", "waiting")
    bridge.web.start()
    bridge.web.wait_until_ready(timeout=START_SECONDS)
    expect(timer).to_have_class(IDLE, timeout=20_000)  # five seconds are promised; it took half a minute


def test_a_stream_that_breaks_is_opened_again_after_a_look(ticket: Ticket, browser_errors: BrowserErrors) -> None:
    browser_errors.expect("Failed to load resource", "ERR_")
    ticket.open(element())
    (stream,) = ticket.stub.streams or ticket.soon(lambda: ticket.stub.streams)  # type: ignore[misc]
    ticket.stub.run(KEY, seconds=60)
    stream.end()
    expect(ticket.button).to_have_attribute("data-harvest-state", "running")
    ticket.soon(lambda: len(ticket.stub.streams) == 2)

"""The frame by itself, as pages embed it that follow Harvest's widget documentation (widget.md A7)."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from playwright.sync_api import FrameLocator, expect

from .conftest import KEY, Ticket, marked

ITEM = {"external_item_id": "WEB-12", "external_item_name": "Fix login", "external_group_id": "board-1"}


def embed(ticket: Ticket, **more: str) -> FrameLocator:
    """A page with our script, for the session, and a frame of its own making."""
    query = urlencode({"origin": ticket.host.origin, **ITEM, "permalink": "https://x.test/1", **more})
    listen = "<script>seen = []; addEventListener('message', (e) => seen.push(e.data))</script>"
    frame = (
        f'<iframe id="mine" title="Timer" width="500" height="500" src="{ticket.stub.origin}/platform/timer?{query}">'
    )
    ticket.open(marked({"id": "x"}) + frame + "</iframe>", head=listen)
    return ticket.page.frame_locator("#mine")


def test_the_raw_frame_starts_a_timer_and_says_so(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    frame = embed(ticket)
    frame.get_by_role("button", name="Start timer").click()
    ticket.page.wait_for_function("seen.some((each) => each?.type == 'frame:close')")
    types = [
        each["type"] for each in ticket.page.evaluate("seen") if each.get("type") in ("timer:started", "frame:close")
    ]
    assert types == ["timer:started", "frame:close"]
    assert ticket.sent("start")[0]["item"]["permalink"] == "https://x.test/1"


def test_every_parameter_of_the_vendors_frame_goes_where_it_belongs(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    more = {
        "external_group_name": "Board",
        "external_account_id": "acme",
        "app_name": "Ticket Board",
        "service": "x.test",
    }
    frame = embed(ticket, **more, base_url="https://x.test/old", permalink="https://x.test/%GROUP_ID%/%ITEM_ID%")
    expect(frame.get_by_text("Board", exact=True)).to_be_visible()
    expect(frame.get_by_label("Notes")).to_have_value("Fix login")
    frame.get_by_role("button", name="Start timer").click()
    ticket.soon(lambda: ticket.sent("start"))
    assert ticket.sent("start")[0]["item"] == {
        "id": "WEB-12",
        "name": "Fix login",
        "group_id": "board-1",
        "group_name": "Board",
        "account_id": "acme",
        "permalink": "https://x.test/board-1/WEB-12",
    }


def test_it_tells_its_height(ticket: Ticket) -> None:
    embed(ticket)
    ticket.page.wait_for_function("seen.some((each) => each?.type == 'frame:resize' && each.value > 300)")
    assert all(
        isinstance(each["value"], int) for each in ticket.page.evaluate("seen.filter(e => e.type == 'frame:resize')")
    )


def test_a_frame_that_cannot_be_closed_offers_no_way_to(ticket: Ticket) -> None:
    ticket.stub.suggested = {"project_id": 13, "task_id": 501}
    frame = embed(ticket, closable="false")
    frame.get_by_role("button", name="Start timer").click()
    expect(frame.get_by_role("button", name="Stop timer")).to_be_visible()
    assert frame.get_by_role("button", name="Close").count() == 0
    assert frame.get_by_role("button", name="Cancel").count() == 0
    assert "frame:close" not in [each.get("type") for each in ticket.page.evaluate("seen")]


def test_a_chromeless_frame_has_no_branding(ticket: Ticket) -> None:
    frame = embed(ticket, chromeless="true")
    expect(frame.get_by_role("button", name="Start timer")).to_be_visible()
    expect(frame.get_by_role("link", name="My timesheet")).to_have_count(0)


def test_a_default_stands_in_the_form(ticket: Ticket) -> None:
    frame = embed(ticket, default_project_code="BWC-02")
    expect(frame.get_by_role("combobox", name="Project")).to_have_value("Website relaunch")


def test_a_running_timer_shows_in_the_raw_frame(ticket: Ticket) -> None:
    ticket.stub.run(KEY, seconds=3725)
    frame = embed(ticket)
    expect(frame.get_by_role("timer")).to_have_text(re.compile(r"1:02:[01]\d"))  # it ticks


def test_a_frame_without_an_item_tracks_time_without_a_reference(ticket: Ticket) -> None:
    frame = embed(ticket, external_item_id="", external_item_name="Weekly call")
    expect(frame.get_by_role("combobox", name="Project")).to_be_visible()
    expect(frame.get_by_label("Notes")).to_have_value("Weekly call")


def test_a_frame_on_a_page_without_our_script_offers_to_sign_in(ticket: Ticket) -> None:
    query = urlencode({"origin": ticket.host.origin, **ITEM})
    ticket.show(f'<iframe title="t" src="{ticket.stub.origin}/platform/timer?{query}"></iframe>', script=" ")
    frame = ticket.page.frame_locator("iframe")
    expect(frame.get_by_role("button", name="Connect Harvest")).to_be_visible()


def test_our_script_takes_over_a_frame_that_began_alone(ticket: Ticket) -> None:
    query = urlencode({"origin": ticket.host.origin, **ITEM})
    body = f'<iframe title="t" src="{ticket.stub.origin}/platform/timer?{query}"></iframe>' + marked({"id": "x"})
    ticket.show(body, script=" ")
    frame = ticket.page.frame_locator("iframe[title=t]")
    expect(frame.get_by_role("button", name="Connect Harvest")).to_be_visible()
    ticket.page.evaluate("_harvestPlatformConfig.tokenUrl = '/harvest-token'")
    ticket.page.add_script_tag(url=f"{ticket.stub.origin}/assets/platform.js")
    expect(frame.get_by_role("combobox", name="Project")).to_be_visible()

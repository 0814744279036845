"""The timesheet, where a person sees what a click became."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from harvest_bridge.sandbox.testing import RunningSandbox

TICKET = {"id": "T-7", "group_id": "board", "permalink": "https://tickets.example/T-7"}


def address(harvest: RunningSandbox, who: str = "carmen", query: str = "") -> str:
    return f"{harvest.url}/timesheet/{harvest.account.id}/{harvest.user(who).id}{query}"


def sheet(harvest: RunningSandbox, who: str = "carmen", query: str = "") -> str:
    answer = httpx.get(address(harvest, who, query))
    assert answer.status_code == 200
    return answer.text


def test_a_running_timer_shows_with_its_link_back(harvest: RunningSandbox, track: Any) -> None:
    day = (harvest.now() - timedelta(days=2)).date().isoformat()
    track(notes="Cart page", external_reference=TICKET, spent_date=day)
    harvest.advance(25 * 60)
    page = sheet(harvest, query=f"?day={day}")
    assert 'class="running"' in page
    assert "0:25" in page
    assert 'href="https://tickets.example/T-7"' in page
    assert "Open T-7 on tickets.example" in page


def test_what_people_typed_is_text_and_a_script_is_no_link(harvest: RunningSandbox, track: Any) -> None:
    reference = {"id": "1", "permalink": "javascript:alert(1)"}
    day = track(notes="<script>alert(1)</script>", external_reference=reference, hours=1)["spent_date"]
    page = sheet(harvest, query=f"?day={day}")
    assert "&lt;script&gt;alert(1)" in page
    assert "javascript:" not in page


def test_the_week_adds_up_like_the_list(harvest: RunningSandbox) -> None:
    entry = harvest.entries("carmen")[0]
    monday = entry.spent_date - timedelta(days=entry.spent_date.weekday())
    span = {"from": str(monday), "to": str(monday + timedelta(days=6))}
    listed = harvest.get("/v2/time_entries", "carmen", params=span).json()["time_entries"]
    minutes = round(sum(one["hours"] for one in listed) * 60)
    week = sheet(harvest, query=f"?view=week&day={monday}")
    assert re.findall(r">(\d+:\d\d)<", week)[-1] == f"{minutes // 60}:{minutes % 60:02}"


ELSEWHERE = "A timer runs on <a"


def test_a_timer_on_another_day_is_announced(harvest: RunningSandbox, track: Any) -> None:
    track(spent_date="2026-01-05")
    assert ELSEWHERE in sheet(harvest, query="?day=2026-06-01")
    assert ELSEWHERE not in sheet(harvest, query="?day=2026-01-05")
    assert ELSEWHERE not in sheet(harvest, query="?view=week&day=2026-01-06")


def test_accounts_with_times_show_them(harvest: RunningSandbox, track: Any) -> None:
    track("alice", account=harvest.studio, spent_date="2026-01-05", started_time="8:00am", ended_time="9:30am")
    user = harvest.user("alice", harvest.studio)
    page = httpx.get(f"{harvest.url}/timesheet/{harvest.studio.id}/{user.id}?day=2026-01-05").text
    assert "8:00am – 9:30am" in page


@pytest.mark.parametrize("path", ["/timesheet/1/1", "/timesheet/1408215/1", "/timesheet/x/y"])
def test_nobody_has_no_timesheet(harvest: RunningSandbox, path: str) -> None:
    assert httpx.get(harvest.url + path).status_code == 404


def test_pages_forbid_scripts_from_elsewhere_and_frames(harvest: RunningSandbox) -> None:
    policy = httpx.get(address(harvest)).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_an_open_sheet_shows_a_new_entry_by_itself(harvest: RunningSandbox, page: Page, track: Any) -> None:
    page.goto(address(harvest, query="?day=2026-01-04"))
    expect(page.get_by_text("No time on this day yet")).to_be_visible()
    track(spent_date="2026-01-04", notes="Just clicked")
    expect(page.get_by_text("Just clicked")).to_be_visible()


def consent_url(harvest: RunningSandbox, query: str = "") -> str:
    return (
        f"{harvest.url}/oauth2/authorize?client_id=sandbox-client&response_type=code"
        f"&redirect_uri={harvest.url}/health/ready&state=s{query}"
    )


def test_a_person_signs_in_chooses_and_allows(harvest: RunningSandbox, page: Page) -> None:
    page.goto(consent_url(harvest))
    page.get_by_role("link", name="Alice Okafor").click()
    page.get_by_role("checkbox", name="Fennel & Finch Harvest").uncheck()
    page.get_by_role("checkbox", name="Okafor Studio").check()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url("**/health/ready?code=*")
    assert f"scope=harvest%3A{harvest.studio.id}&state=s" in page.url


PAGES = {
    "people": lambda harvest: consent_url(harvest),
    "consent": lambda harvest: consent_url(harvest, f"&identity_id={harvest.identity('alice').id}"),
    "refusal": lambda harvest: f"{harvest.url}/oauth2/authorize?client_id=nobody",
    "day": lambda harvest: address(harvest, query=f"?day={harvest.entries('carmen')[0].spent_date}"),
    "week": lambda harvest: address(harvest, query=f"?view=week&day={harvest.entries('carmen')[0].spent_date}"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible_in_both_schemes_and_fit_a_narrow_screen(
    harvest: RunningSandbox, browser: Browser, name: str, scheme: Any
) -> None:
    with browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 700}) as context:
        page = context.new_page()
        page.goto(PAGES[name](harvest))
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()

"""Sliding windows per token, REFERENCE §3."""

from __future__ import annotations

import pytest

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.limits import Limits
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.testing import RunningSandbox

REPORT = "/v2/reports/time/team?from=20261101&to=20261102"


def spend(harvest: RunningSandbox, count: int, path: str = "/v2/users/me", who: str = "carmen") -> list[int]:
    return [harvest.get(path, who).status_code for _ in range(count)]


def test_a_hundred_requests_and_then_a_429_that_says_when(harvest: RunningSandbox) -> None:
    assert spend(harvest, 100) == [200] * 100
    refused = harvest.get("/v2/users/me", "carmen")
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "text/html"
    assert 1 <= int(refused.headers["retry-after"]) <= 15


def test_the_window_slides(harvest: RunningSandbox) -> None:
    harvest.switch(requests_per_window=10, window_seconds=15)
    spend(harvest, 5)
    harvest.advance(10)
    spend(harvest, 5)
    harvest.advance(6)
    assert spend(harvest, 6) == [200] * 5 + [429]


def test_waiting_as_told_is_enough(harvest: RunningSandbox) -> None:
    harvest.switch(requests_per_window=3, window_seconds=15)
    spend(harvest, 3)
    harvest.advance(int(harvest.get("/v2/users/me", "carmen").headers["retry-after"]))
    assert spend(harvest, 1) == [200]


def test_refused_requests_cost_nothing(harvest: RunningSandbox) -> None:
    harvest.switch(requests_per_window=3)
    assert spend(harvest, 50)[3:] == [429] * 47
    harvest.advance(15)
    assert spend(harvest, 3) == [200] * 3


def test_each_token_has_its_own_budget(harvest: RunningSandbox) -> None:
    harvest.switch(requests_per_window=2)
    assert spend(harvest, 3) == [200, 200, 429]
    assert spend(harvest, 2, who="dev") == [200, 200]


@pytest.mark.parametrize(("per", "dev"), [("user", 200), ("account", 429)])
def test_a_budget_can_be_shared(harvest: RunningSandbox, per: str, dev: int) -> None:
    harvest.switch(requests_per_window=2, budget_per=per)
    spend(harvest, 2)
    other = {"Authorization": f"Bearer {harvest.token_for('carmen')}"}
    assert harvest.get("/v2/users/me", "carmen", headers=other).status_code == 429
    assert harvest.get("/v2/users/me", "dev").status_code == dev


def test_reports_have_a_budget_of_their_own(harvest: RunningSandbox) -> None:
    harvest.switch(report_requests_per_window=2)
    assert spend(harvest, 3, REPORT) == [200, 200, 429]
    assert spend(harvest, 1) == [200]
    assert 800 < int(harvest.get(REPORT, "carmen").headers["retry-after"]) <= 900


def test_the_recorded_429_has_neither_body_nor_retry_after(harvest: RunningSandbox) -> None:
    harvest.switch(requests_per_window=1, throttled_body="empty")
    spend(harvest, 1)
    refused = harvest.get("/v2/users/me", "carmen")
    assert (refused.status_code, refused.content, refused.headers["content-type"]) == (429, b"", "text/html")
    assert "retry-after" not in refused.headers


def test_the_429_can_be_json(harvest: RunningSandbox) -> None:
    harvest.switch(requests_per_window=1, throttled_body="json")
    spend(harvest, 1)
    refused = harvest.get("/v2/users/me", "carmen")
    assert refused.json()["message"] == "This request has been throttled."


def test_a_clock_set_back_does_not_lock_anybody_out(harvest: RunningSandbox) -> None:
    harvest.switch(requests_per_window=2)
    harvest.advance(3600)
    spend(harvest, 2)
    harvest.advance(-3600)
    assert spend(harvest, 1) == [200]


def test_a_request_leaves_the_window_at_the_moment_its_length_is_over() -> None:
    now = 1000.0
    switches = Switches()
    switches.requests_per_window, switches.window_seconds = 1, 15
    limits = Limits(Clock(lambda: now), switches)
    assert limits.admit("token", is_report=False) is None
    now += 14.999
    assert limits.admit("token", is_report=False) == 1
    now = 1015.0
    assert limits.admit("token", is_report=False) is None

"""Trouble to order: over a real socket, each kind as a client meets it."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

ME = "/v2/users/me"


def start_body(harvest: RunningSandbox) -> dict[str, Any]:
    project, task = harvest.pick("carmen")
    return {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-02"}


def test_a_status_is_answered_and_nothing_applied(harvest: RunningSandbox) -> None:
    harvest.fault("status", status=503, retry_after=7, body='{"message":"Busy"}')
    answer = harvest.post("/v2/time_entries", "carmen", json=start_body(harvest))
    assert (answer.status_code, answer.headers["retry-after"], answer.json()) == (503, "7", {"message": "Busy"})
    assert harvest.running("carmen") is None
    assert harvest.get(ME).status_code == 200


def test_an_html_page_comes_from_the_edge(harvest: RunningSandbox) -> None:
    harvest.fault("html_error")
    answer = harvest.get(ME)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=UTF-8")


@pytest.mark.parametrize(("kind", "is_applied"), [("reset", False), ("lost_answer", True)])
def test_a_cut_connection_may_have_been_obeyed_or_not(harvest: RunningSandbox, kind: str, is_applied: bool) -> None:
    harvest.fault(kind, method="POST", path="/v2/time_entries")
    with pytest.raises(httpx.ReadError):
        harvest.post("/v2/time_entries", "carmen", json=start_body(harvest))
    assert (harvest.running("carmen") is not None) is is_applied
    assert harvest.requests("POST", "/v2/time_entries")[-1].status == 0


def test_a_request_whose_connection_was_cut_may_be_carried_out_later(harvest: RunningSandbox) -> None:
    harvest.fault("late_arrival", method="POST", path="/v2/time_entries", seconds=20)
    with pytest.raises(httpx.ReadError):
        harvest.post("/v2/time_entries", "carmen", json=start_body(harvest))
    assert harvest.running("carmen") is None
    harvest.advance(20)
    while (received := harvest.requests("POST", "/v2/time_entries")[-1]).outcome is None:
        time.sleep(0.01)
    assert (received.status, received.outcome) == (0, 201)
    assert harvest.running("carmen") is not None


def test_a_truncated_answer_is_good_http_and_bad_json(harvest: RunningSandbox) -> None:
    harvest.fault("truncated_json")
    answer = harvest.get(ME)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


def test_a_cut_body_ends_before_its_length(harvest: RunningSandbox) -> None:
    harvest.fault("cut_body")
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        harvest.get(ME)


@pytest.mark.parametrize("kind", ["slow_body", "latency"])
def test_slowness_takes_its_time_and_loses_nothing(harvest: RunningSandbox, kind: str) -> None:
    whole = harvest.get(ME).json()
    harvest.fault(kind, seconds=0.2)
    begun = time.monotonic()
    assert harvest.get(ME).json() == whole
    assert time.monotonic() - begun >= 0.2


def test_latency_can_be_general(harvest: RunningSandbox) -> None:
    harvest.switch(latency_seconds=0.05)
    begun = time.monotonic()
    harvest.get(ME)
    assert time.monotonic() - begun >= 0.05


def test_a_fault_waits_for_its_requests_and_counts_them(harvest: RunningSandbox) -> None:
    harvest.fault("status", method="GET", path="/v2/clients*", status=500, times=2, after=1)
    paths = ["/v2/clients", ME, "/v2/clients/1", "/v2/clients", "/v2/clients"]
    assert [harvest.get(path).status_code for path in paths] == [200, 200, 500, 500, 200]


def test_a_fault_without_end_lasts_until_it_is_cleared(harvest: RunningSandbox) -> None:
    harvest.fault("status", status=500, times=None)
    assert [harvest.get(ME).status_code for _ in range(5)] == [500] * 5
    harvest.clear_faults()
    assert harvest.get(ME).status_code == 200


def test_the_token_endpoint_can_fail_too(harvest: RunningSandbox) -> None:
    harvest.fault("status", path="/api/v2/oauth2/token", status=503)
    assert harvest.post("/api/v2/oauth2/token").status_code == 503


def test_the_journal_keeps_what_was_really_sent(harvest: RunningSandbox) -> None:
    harvest.post("/v2/time_entries", "carmen", json={"project_id": 1}, params={"a": "b c"})
    harvest.get("/v2/a%2Fb/%2e%2e/c%41")
    posted = harvest.requests("POST")[-1]
    assert (posted.target, posted.json, posted.status) == ("POST /v2/time_entries?a=b+c", {"project_id": 1}, 422)
    assert posted.headers["harvest-account-id"] == str(harvest.account.id)
    assert harvest.requests("GET", "/v2/a*")[-1].path == "/v2/a%2Fb/%2e%2e/c%41"


def test_the_date_header_follows_the_sandboxs_clock(harvest: RunningSandbox) -> None:
    harvest.clock.offset = -86_400.0
    answer = harvest.get(ME)
    assert answer.headers["date"] == harvest.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert answer.headers.get_list("date") == [answer.headers["date"]]

"""What is seen of a request: a row in the request log, an id on its answer, a trace that goes on to Harvest."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import httpx
import pytest

from harvest_bridge.console.supervisor import stop_all
from tests.logged import logged
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import CONNECTION, RECORDED_TOKEN
from tests.proxy.drop_in.recorder import Recorder, reply

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def plain(identity: object) -> str:
    return str(identity).replace("-", "")


def test_each_way_to_harvest_leaves_a_row(bridge: Bridge, harvest: httpx.Client, linked: str) -> None:
    account = {"integrated_account_id": linked}
    session = bridge.api.post(
        "/timer/session",
        json={"token": bridge.widget_token(), "origin": bridge.host_origin},
        headers={"Authorization": ""},
    ).json()["session"]
    answers = {
        "drop-in": harvest.get("/v2/users/1?per_page=3"),
        "list": harvest.get("/v2/time_entries", params={"per_page": 1}),
        "write": harvest.post("/v2/clients", json={"name": uuid.uuid4().hex}),
        "no key": httpx.get(f"{bridge.url}/v2/users/me", trust_env=False),
        "envelope": bridge.api.get("/proxy/time_entries", params=account | {"limit": 1}),
        "custom": bridge.api.get("/custom/users/me", params=account),
        "unified": bridge.api.get("/unified/user-directory/roles", params=account),
        "timer": bridge.api.get("/timer/state", headers={"Authorization": f"Bearer {session}"}),
        "nowhere": bridge.api.get("/proxy/nothing_of_harvest/secret-name"),
    }
    ids = {name: answer.headers["x-request-id"] for name, answer in answers.items()}
    rows = logged(bridge, ids.values())
    seen = {name: rows[request_id] for name, request_id in ids.items()}
    assert {name: (row["area"], row["template"], row["caller"]) for name, row in seen.items()} == {
        "drop-in": ("drop-in", "/v2/users/{id}", "api_key"),
        "list": ("drop-in", "/v2/time_entries", "api_key"),
        "write": ("drop-in", "/v2/clients", "api_key"),
        "no key": ("drop-in", "/v2/users/me", ""),
        "envelope": ("envelope", "/proxy/time_entries", "api_key"),
        "custom": ("envelope", "/custom/users/me", "api_key"),
        "unified": ("unified", "/unified/user-directory/roles", "api_key"),
        "timer": ("timer", "/timer/state", "timer_session"),
        "nowhere": ("envelope", "/proxy/{other}/{other}", "api_key"),
    }
    for name in ("drop-in", "list", "write", "envelope", "custom", "unified"):
        row, answer = seen[name], answers[name]
        assert (row["status"], plain(row["connection_id"])) == (answer.status_code, plain(linked)), name
        assert plain(row["host_app_id"]) == plain(bridge.host["host_app_id"])
        assert row["harvest_microseconds"] > 0, name
        assert row["harvest_calls"] == 1, name
        assert row["budget_remaining"] == int(answer.headers["ratelimit-remaining"]), name
        assert row["bytes_out"] == int(answer.headers["content-length"]), name
    assert seen["write"]["bytes_in"] == len(answers["write"].request.content)
    assert (seen["no key"]["status"], seen["no key"]["code"]) == (401, "missing_token")
    assert seen["no key"]["host_app_id"] is None
    assert seen["nowhere"]["code"] == "unknown_resource"
    assert "secret-name" not in str(rows)


@pytest.mark.parametrize(
    "path",
    ["/v2/users/me", "/v2/%2e%2e", "/proxy/clients", "/health/live", "/health/ready", "/admin/", "/nowhere", "/"],
)
def test_every_answer_carries_the_callers_request_id(bridge: Bridge, path: str) -> None:
    request_id = f"Root=1-{uuid.uuid4()}"
    with httpx.Client(trust_env=False) as client:
        answer = client.get(bridge.url + path, headers={"X-Request-Id": request_id})
        assert answer.headers.get_list("x-request-id") == [request_id]
        assert client.get(bridge.url + path).headers["x-request-id"] not in ("", request_id)


def test_lines_of_the_log_name_the_request(bridge: Bridge) -> None:
    request_id = uuid.uuid4().hex
    httpx.get(f"{bridge.url}/v2/users/me", headers={"X-Request-Id": request_id}, trust_env=False)
    assert f"request_id={request_id}" in bridge.web.log.read_text()


def test_harvests_own_request_id_comes_back_beside_ours(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(reply(x_request_id="harvests"))
    answer = client.get("/v2/users/me", headers={"X-Request-Id": "callers"})
    assert answer.headers.get_list("x-request-id") == ["callers"]
    assert answer.headers["x-harvest-request-id"] == "harvests"


@pytest.mark.parametrize("path", ["/v2/users/me", "/custom/users/me"])
def test_a_trace_goes_on_to_harvest_with_a_parent_of_ours(
    recorded_bridge: Bridge, client: httpx.Client, upstream: Recorder, path: str
) -> None:
    account = {"integrated_account_id": recorded_bridge.connection_id} if path.startswith("/custom") else {}  # type: ignore[attr-defined]
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=1"}
    client.get(path, params=account, headers=headers)
    [asked] = upstream.requests
    parents = [value for name, value in asked.headers if name == "traceparent"]
    assert len(parents) == 1
    version, trace_id, parent_id, flags = parents[0].split("-")
    assert (version, trace_id, flags) == ("00", TRACE, "01")
    assert parent_id != PARENT
    assert asked.header("tracestate") == "vendor=1"


def test_an_invalid_trace_goes_nowhere(client: httpx.Client, upstream: Recorder) -> None:
    client.get("/v2/users/me", headers={"traceparent": f"00-{TRACE}-{'0' * 16}-01", "tracestate": "vendor=1"})
    [asked] = upstream.requests
    assert not {"traceparent", "tracestate"} & {name for name, _ in asked.headers}


def test_a_stream_of_events_counts_until_it_begins(bridge: Bridge) -> None:
    """It stays open as long as its page: its end would say nothing about us."""
    asked = {"token": bridge.widget_token(), "origin": bridge.host_origin}
    session = httpx.post(f"{bridge.url}/timer/session", json=asked, trust_env=False).json()["session"]
    headers = {"Authorization": f"Bearer {session}"}
    began = time.monotonic()
    with httpx.stream("GET", f"{bridge.url}/timer/stream", headers=headers, trust_env=False) as events:
        next(events.iter_raw())
        begun_within = time.monotonic() - began
        time.sleep(0.5)
    [row] = logged(bridge, [events.headers["x-request-id"]]).values()
    assert (row["template"], row["caller"], row["status"], row["code"]) == ("/timer/stream", "timer_session", 200, "")
    assert row["own_microseconds"] <= begun_within * 1e6


def test_time_is_told_apart(client: httpx.Client, recorded_bridge: Bridge, upstream: Recorder) -> None:
    client.get("/v2/users/me")

    def slowly(request: object, connection: object) -> None:
        time.sleep(0.3)
        connection.sendall(reply())  # type: ignore[attr-defined]

    upstream.reset(respond=slowly)
    began = time.monotonic()
    request_id = client.get("/v2/users/me").headers["x-request-id"]
    answered = (time.monotonic() - began) * 1e6
    [row] = logged(recorded_bridge, [request_id]).values()
    whole = (time.monotonic() - began) * 1e6  # until it was written down, which is after the answer
    assert 290_000 < row["harvest_microseconds"] <= answered
    assert row["own_microseconds"] <= whole - row["harvest_microseconds"]


@pytest.mark.django_db  # so that it runs on PostgreSQL too
def test_what_was_written_survives_a_kill_and_a_stop_writes_the_rest(tmp_path: Path, upstream: Recorder) -> None:
    """What a killed process still held, at most about a second's worth, is lost: nothing else is."""
    with running_bridge(tmp_path, harvest_url=upstream.url) as bridge:
        code = CONNECTION.format(host=bridge.host["host_app_id"], token=RECORDED_TOKEN)
        bridge.manage("shell", "--no-imports", "-c", code)
        headers = {"Harvest-Account-Id": "42"}
        before = [bridge.api.get("/v2/users/me", headers=headers).headers["x-request-id"] for _ in range(5)]
        logged(bridge, before)
        bridge.api.get("/v2/users/me", headers=headers)
        bridge.web.kill()
        bridge.web.start()
        bridge.web.wait_until_ready()
        after = [bridge.api.get("/v2/users/me", headers=headers).headers["x-request-id"] for _ in range(5)]
        stop_all([bridge.web])
        assert len(logged(bridge, before + after)) == 10

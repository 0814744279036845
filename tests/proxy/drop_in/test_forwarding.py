"""What a Harvest client sees through us is what Harvest said."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.bench.cores import cpu_seconds
from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorder, raw_exchange, reply


def test_a_record_comes_back_as_harvest_sent_it(harvest: httpx.Client, sandbox: RunningSandbox) -> None:
    direct = sandbox.get("/v2/users/me", "alice", account=sandbox.account)
    through = harvest.get("/v2/users/me")
    assert (through.status_code, through.content) == (200, direct.content)


def test_a_list_differs_in_its_links_alone(bridge: Bridge, harvest: httpx.Client, sandbox: RunningSandbox) -> None:
    direct = sandbox.get("/v2/time_entries?per_page=7&page=2", "alice", account=sandbox.account)
    through = harvest.get("/v2/time_entries?per_page=7&page=2")
    body, links = direct.content.split(b'"links"')
    assert through.content == body + b'"links"' + links.replace(sandbox.url.encode(), bridge.url.encode())
    assert through.json()["links"]["next"].startswith(f"{bridge.url}/v2/time_entries?")
    assert int(through.headers["content-length"]) == len(through.content)


def test_a_write_answers_201_with_a_location_at_us(bridge: Bridge, harvest: httpx.Client) -> None:
    created = harvest.post("/v2/clients", json={"name": "Pear & Plum"})
    assert created.status_code == 201
    assert created.headers["location"] == f"{bridge.url}/api/v2/clients/{created.json()['id']}"
    assert harvest.get(created.headers["location"]).json() == created.json()


def test_a_receipt_goes_up_as_multipart(harvest: httpx.Client, sandbox: RunningSandbox) -> None:
    project, _ = sandbox.pick("alice")
    category = harvest.get("/v2/expense_categories").json()["expense_categories"][0]
    fields = {
        "project_id": project.id,
        "expense_category_id": category["id"],
        "spent_date": "2026-11-20",
        "total_cost": 9,
    }
    receipt = ("lunch.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 600, "image/png")
    created = harvest.post("/v2/expenses", data=fields, files={"receipt": receipt})
    assert created.status_code == 201, created.text
    assert created.json()["receipt"]["file_name"] == "lunch.png"
    [received] = sandbox.requests("POST", "/v2/expenses")
    assert receipt[1] in received.body


def test_a_form_is_a_form(harvest: httpx.Client) -> None:
    created = harvest.post("/v2/tasks", data={"name": "Grafting"})
    assert (created.status_code, created.json()["name"]) == (201, "Grafting")


def test_head_has_the_headers_alone(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\netag: x\r\n\r\n")
    answer = client.head("/v2/files/1")
    assert (answer.headers["content-length"], answer.headers["etag"], answer.content) == ("5", "x", b"")


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_stays_without_one(client: httpx.Client, upstream: Recorder, status: int) -> None:
    upstream.reset(f"HTTP/1.1 {status} X\r\netag: x\r\n\r\n".encode())
    answer = client.get("/v2/clients")
    assert (answer.status_code, answer.headers["etag"], answer.content) == (status, "x", b"")


@pytest.mark.parametrize("status", [200, 203, 400, 403, 404, 418, 422, 520])
def test_any_status_and_any_body_come_back(client: httpx.Client, upstream: Recorder, status: int) -> None:
    upstream.reset(reply(b"<h1>\xff</h1>", status=status, content_type="text/html"))
    answer = client.post("/v2/clients", content=b"\x00\xff not json")
    assert (answer.status_code, answer.content) == (status, b"<h1>\xff</h1>")
    assert upstream.requests[0].body == b"\x00\xff not json"


def test_a_caller_may_ask_before_it_sends(recorded_bridge: Bridge, upstream: Recorder) -> None:
    head = (
        f"POST /v2/clients HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {recorded_bridge.host['api_key']}\r\n"
        "Harvest-Account-Id: 42\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    )
    answer = raw_exchange(recorded_bridge.url, head.encode() + b"{}")
    assert answer.startswith(b"HTTP/1.1 100")
    assert b"HTTP/1.1 200" in answer
    assert (upstream.requests[0].body, upstream.requests[0].header("expect")) == (b"{}", None)


def test_one_who_is_refused_is_not_asked_to_send(recorded_bridge: Bridge, upstream: Recorder) -> None:
    head = (
        "POST /v2/clients HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
    )
    answer = raw_exchange(recorded_bridge.url, head.encode())
    assert answer.startswith(b"HTTP/1.1 401")
    assert upstream.requests == []


def test_a_thousand_idle_connections_cost_nothing(recorded_bridge: Bridge, upstream: Recorder) -> None:
    head = (
        f"GET /v2/users/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {recorded_bridge.host['api_key']}\r\n"
        "Harvest-Account-Id: 42\r\n\r\n"
    )
    port, began = int(recorded_bridge.url.rpartition(":")[2]), cpu_seconds(recorded_bridge.web.pid)
    with ExitStack() as opened:
        for _ in range(1000):
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            connection.sendall(head.encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        before = cpu_seconds(recorded_bridge.web.pid)
        time.sleep(1.5)
        # Less than serving them cost; uvicorn closes the oldest meanwhile.
        assert cpu_seconds(recorded_bridge.web.pid) - before < (before - began) / 2

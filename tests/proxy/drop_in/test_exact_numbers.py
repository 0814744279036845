"""Numbers pass the envelope as they were written, both ways; on /v2 every byte does (test_forwarding.py)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorder, reply

NUMBERS = b'{"a":1.10,"b":[-0.0,1e2,1E+2,0.1000000000000000055511151231257827,12345678901234567890123,{"c":2.50}]}'
LIST = b'{"clients":[{"id":1,"rate":1.10}],"per_page":1,"total_entries":1,"next_page":null,"links":{"next":null}}'


@pytest.fixture
def account(recorded_bridge: Bridge) -> dict[str, Any]:
    return {"integrated_account_id": recorded_bridge.connection_id}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/custom/v2/clients", "/proxy/clients"])
def test_numbers_of_a_body_arrive_as_they_were_written(
    client: httpx.Client, upstream: Recorder, account: dict[str, Any], path: str
) -> None:
    for headers in ({}, {"Idempotency-Key": path}):
        upstream.reset()
        answer = client.post(path, params=account, content=NUMBERS, headers=headers)
        assert answer.status_code in (200, 201), answer.content
        assert [request.body for request in upstream.requests] == [NUMBERS]


def test_numbers_of_a_restated_call_arrive_as_they_were_written(
    client: httpx.Client, upstream: Recorder, account: dict[str, Any]
) -> None:
    config = b'{"methodConfig": {"method": "PATCH", "query": {"rate": [1.10, 2]}, "body": ' + NUMBERS + b"}}"
    client.post("/custom/v2/clients/7", params=account, content=config)
    [request] = upstream.requests
    assert (request.target, request.body) == ("/v2/clients/7?rate=1.10&rate=2", NUMBERS)


@pytest.mark.parametrize("path", ["/custom/v2/clients/7", "/proxy/clients/7"])
def test_numbers_of_a_record_come_back_as_they_were_written(
    client: httpx.Client, upstream: Recorder, account: dict[str, Any], path: str
) -> None:
    upstream.reset(reply(NUMBERS))
    assert NUMBERS in client.get(path, params=account).content


@pytest.mark.parametrize("path", ["/custom/v2/clients", "/proxy/clients"])
def test_numbers_of_a_list_come_back_as_they_were_written(
    client: httpx.Client, upstream: Recorder, account: dict[str, Any], path: str
) -> None:
    upstream.reset(reply(LIST))
    answer = client.get(path, params=account)
    assert b'"result":[{"id":1,"rate":1.10}]' in answer.content
    assert answer.json()["next_cursor"] is None


def test_numbers_of_a_writes_answer_come_back_as_they_were_written(
    client: httpx.Client, upstream: Recorder, account: dict[str, Any]
) -> None:
    upstream.reset(reply(NUMBERS))
    for _ in range(2):  # the second time out of what is kept
        answer = client.post(
            "/custom/v2/clients",
            params=account,
            json={"name": "x"},
            headers={"Idempotency-Key": "numbers-of-an-answer"},
        )
        assert NUMBERS in answer.content

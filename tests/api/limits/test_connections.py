"""Half-open connections are ended, and however many there are, others are served; with h11 as with httptools."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from harvest_bridge.api.limits.connections import MOST_HEAD_BYTES
from harvest_bridge.file_descriptors import shares_of
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.api.limits.raw import connect, head, heard, status_of
from tests.processes import Bridge, running_bridge


@pytest.fixture(scope="module", params=["h11", "httptools"])
def bridge(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox
) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp(f"limits-{request.param}")
    settings = {"UVICORN_HTTP": request.param, "MAX_CONNECTIONS": "60", "MAX_CONNECTIONS_PER_ADDRESS": "50"}
    settings["UVICORN_H11_MAX_INCOMPLETE_EVENT_SIZE"] = str(MOST_HEAD_BYTES)
    with running_bridge(folder, harvest_url=sandbox_of_the_session.url, **settings) as running:
        yield running


def test_a_head_that_does_not_come_is_not_waited_for(bridge: Bridge) -> None:
    """Really waited for, so once; test_connections_in_time.py has the other cases."""
    with closing(connect(bridge)) as connection:
        connection.sendall(b"GET /health/live HT")
        assert status_of(heard(connection)) == 408


def test_a_head_without_end_is_cut_off(bridge: Bridge) -> None:
    with closing(connect(bridge)) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\n")
        with ExitStack() as ignoring:
            ignoring.enter_context(pytest.raises(OSError))
            for _ in range(100_000):
                connection.sendall(b"X-More: " + b"a" * 1000 + b"\r\n")


def test_an_address_that_is_too_long_is_refused(bridge: Bridge) -> None:
    answer = httpx.get(f"{bridge.url}/v2/clients?name={'a' * 17_000}", trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (414, "address_too_long")


@pytest.mark.parametrize("path", ["/ping", "/connect-account", "/v2/clients"])
def test_a_content_type_that_is_long_to_read_is_refused(bridge: Bridge, path: str) -> None:
    answer = httpx.get(f"{bridge.url}{path}", headers={"Content-Type": ";" * 50_000}, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (431, "request_head_too_long")


@contextmanager
def idle(bridge: Bridge, count: int) -> Iterator[None]:
    with ExitStack() as open_ones:
        for _ in range(count):
            open_ones.enter_context(closing(connect(bridge)))
        yield


def test_one_address_gets_so_many_connections_and_others_are_told_when_to_come_back(bridge: Bridge) -> None:
    with idle(bridge, 50):
        with closing(connect(bridge)) as one_more:
            answer = heard(one_more)
        assert status_of(answer) == 503
        assert b"\r\nretry-after: " in answer
    until(lambda: httpx.get(f"{bridge.url}/health/live", trust_env=False).status_code == 200)


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_the_shares_fit_into_what_there_is() -> None:
    for descriptors in (256, 512, 1024, 4096, 16_384):
        found = shares_of(descriptors)
        assert found.threads * 3 + found.to_harvest + found.connections + 64 <= descriptors
        assert min(found.threads, found.to_harvest, found.connections) > 0


def ask(url: str) -> httpx.Response | str:
    try:
        return httpx.get(url, trust_env=False, timeout=120)
    except httpx.TransportError as error:
        return type(error).__name__


def test_six_hundred_at_once_with_1024_descriptors_are_answered_or_told_when_to_come_back(
    tmp_path: Path, sandbox_of_the_session: RunningSandbox
) -> None:
    with running_bridge(tmp_path, harvest_url=sandbox_of_the_session.url) as bridge:
        bridge.web.argv = ["/bin/sh", "-c", 'ulimit -n 1024; exec "$@"', "sh", *bridge.web.argv]
        bridge.restart()
        with ExitStack() as crowd, ThreadPoolExecutor(4) as others:
            asking = head(
                "GET", "/unified/mappings", f"Authorization: Bearer {bridge.host['api_key']}", "Connection: close"
            )
            connections = [crowd.enter_context(closing(connect(bridge))) for _ in range(600)]
            for connection in connections:
                connection.sendall(asking)
            health = others.map(ask, [f"{bridge.url}/health/ready", f"{bridge.url}/health/live"] * 2)
            answers = [heard(connection) for connection in connections]
            assert [getattr(answer, "status_code", answer) for answer in health] == [200] * 4
        statuses = [status_of(answer) for answer in answers]
        assert set(statuses) <= {200, 503}, {status: statuses.count(status) for status in set(statuses)}
        assert statuses.count(200) > 50
        assert all(b"\r\nretry-after: " in answer for answer in answers if status_of(answer) == 503)
        assert bridge.api.get("/unified/mappings").status_code == 200

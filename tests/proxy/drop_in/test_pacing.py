"""Through us a client stays within Harvest's allowance, and every answer says what is left of it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.bench.cores import cpu_seconds, wake_ups
from tests.bench.targets import CONNECTIONS
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import CONNECTION, RECORDED_TOKEN
from tests.proxy.drop_in.recorder import Recorder, recorder


@pytest.fixture(scope="module")
def paced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bridge, Recorder]]:
    budget = {
        "HARVEST_REQUESTS_PER_WINDOW": "25",
        "HARVEST_WINDOW_SECONDS": "2",
        "HARVEST_REPORT_REQUESTS_PER_WINDOW": "4",
        "HARVEST_REPORT_WINDOW_SECONDS": "60",
    }
    folder = tmp_path_factory.mktemp("paced")
    with recorder() as harvest, running_bridge(folder, harvest_url=harvest.url, **budget) as bridge:
        code = CONNECTION.format(host=bridge.host["host_app_id"], token=RECORDED_TOKEN)
        bridge.manage("shell", "--no-imports", "-c", code)
        bridge.api.headers["Harvest-Account-Id"] = "42"
        yield bridge, harvest


def test_every_answer_says_what_is_left(paced: tuple[Bridge, Recorder]) -> None:
    bridge, _ = paced
    answer = bridge.api.get("/v2/users/1")
    assert answer.headers["ratelimit-limit"] == "25;w=2"
    assert 0 <= int(answer.headers["ratelimit-remaining"]) < 25
    assert int(answer.headers["ratelimit-reset"]) in (1, 2)


def test_what_uses_no_budget_says_nothing_of_it(paced: tuple[Bridge, Recorder]) -> None:
    bridge, _ = paced
    assert "ratelimit-limit" not in bridge.api.get("/v2/users?access_token=x").headers


def test_a_client_that_hurries_waits_instead_of_failing(paced: tuple[Bridge, Recorder]) -> None:
    bridge, harvest = paced
    harvest.reset()
    began = time.monotonic()
    assert {bridge.api.get("/v2/users/1").status_code for _ in range(60)} == {200}
    assert time.monotonic() - began > 2
    assert len(harvest.requests) == 60


def test_one_that_will_not_wait_is_told_at_once_for_how_long_it_would_have(paced: tuple[Bridge, Recorder]) -> None:
    bridge, _ = paced
    answers = [
        bridge.api.get(f"/v2/reports/time/clients?from=2026010{n}", headers={"Prefer": "wait=0"}) for n in range(6)
    ]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "harvest_rate_limited")
    assert 10 <= int(refused.headers["retry-after"]) <= 61  # a window, and what a second was rounded up
    assert refused.headers["ratelimit-limit"] == "4;w=60"


def test_a_deadline_bounds_the_wait_and_stays_with_us(paced: tuple[Bridge, Recorder]) -> None:
    bridge, harvest = paced
    path = "/v2/reports/time/clients?from=20260101"
    answers = [bridge.api.get(path, headers={"Harvest-Bridge-Deadline": f"{time.time() + 1}"}) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 1
    harvest.reset()
    assert bridge.api.get("/v2/users/1", headers={"Harvest-Bridge-Deadline": "2099-01-01T00:00:00Z"}).status_code == 200
    assert harvest.requests[-1].header("harvest-bridge-deadline") is None
    wrong = bridge.api.get("/v2/users/1", headers={"Harvest-Bridge-Deadline": "soon"})
    assert (wrong.status_code, wrong.json()["message"].split(":")[0]) == (400, "Harvest-Bridge-Deadline")


@pytest.mark.parametrize("path", ["/api/v2/reports/uninvoiced", "/v2/%72eports/uninvoiced"])
def test_reports_have_a_budget_of_their_own_however_they_are_spelled(paced: tuple[Bridge, Recorder], path: str) -> None:
    bridge, _ = paced
    assert bridge.api.get(path, headers={"Prefer": "wait=0"}).headers["ratelimit-limit"] == "4;w=60"


def test_a_thousand_idle_connections_add_no_polling_and_no_processor_time(paced: tuple[Bridge, Recorder]) -> None:
    """Issue 5, item 12. What wakes is uvicorn's own clock, ten times a second, whatever is linked."""
    bridge, _ = paced
    bridge.manage("shell", "--no-imports", "-c", CONNECTIONS.format(host=bridge.host["host_app_id"], count=1000))
    for account in range(1000, 1060):
        assert bridge.api.get("/v2/users/1", headers={"Harvest-Account-Id": str(account)}).status_code == 200
    assert any(rests(bridge.web.pid, seconds=1) for _ in range(10))  # what it still had to do is done by then


def rests(pid: int, *, seconds: float) -> bool:
    cpu, woken = cpu_seconds(pid), wake_ups(pid)
    time.sleep(seconds)
    return cpu_seconds(pid) - cpu <= 0.02 * seconds and wake_ups(pid) - woken < 30 * seconds

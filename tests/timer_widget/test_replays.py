"""Clicks that meet trouble are carried out by the real worker, whoever is killed meanwhile: none lost, none doubled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import START_SECONDS, Bridge, running_bridge

from .fault_harness import KILLS, clickers_of, link, run
from .open_pages import OpenPage, OpenPages, open_pages
from .people import ITEM, click

NEAR = 40


@pytest.fixture(scope="module")
def with_worker(tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("replays")
    waits = {"HARVEST_TIMEOUT_SECONDS": "2", "HARVEST_QUIET_SECONDS": "4"}
    with running_bridge(folder, harvest_url=sandbox_of_the_session.url, with_worker=True, **waits) as bridge:
        yield bridge


@pytest.fixture(autouse=True)
def _both_live(with_worker: Bridge) -> Iterator[None]:
    yield
    for process in (with_worker.web, with_worker.worker):
        process.raise_if_dead()


@pytest.fixture
def widget(with_worker: Bridge, sandbox: RunningSandbox, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Carmen's, whose grant of before is dead since the sandbox was reset."""
    tenant = request.node.name[:200]
    link(with_worker, sandbox, tenant)
    token = with_worker.widget_token(sub="carmen", tenant_id=tenant)
    origin = {"token": token, "origin": with_worker.host_origin}
    session = httpx.post(f"{with_worker.url}/timer/session", json=origin, trust_env=False).json()["session"]
    headers = {"Authorization": f"Bearer {session}"}
    with httpx.Client(base_url=with_worker.url, headers=headers, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def pick(sandbox: RunningSandbox) -> dict[str, int]:
    project, task = sandbox.pick("carmen")
    return {"project_id": project.id, "task_id": task.id}


@pytest.fixture
def pages() -> Iterator[OpenPages]:
    with open_pages() as opened:
        yield opened


def soon(is_so: Callable[[], Any], *, seconds: float = 120, every: float = 0.3) -> Any:
    """A person may read 240 times a minute, so the bridge is not asked more often than it says."""
    deadline = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < deadline, "this did not come about"
        time.sleep(every)
    return found


def start(widget: httpx.Client, pick: dict[str, int], **asked: Any) -> httpx.Response:
    return widget.post("/timer/start", json=click(item=ITEM, **pick, **asked))


def is_settled(widget: httpx.Client, body: dict[str, Any], path: str) -> bool:
    """The same click again is told as done, once it is."""
    return widget.post(path, json=body).status_code in (200, 201)


def test_a_click_that_met_an_outage_is_done_after_it_by_the_worker(
    widget: httpx.Client, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    answer = start(widget, pick)
    assert (answer.status_code, answer.json()["click"]["status"]) == (202, "pending")
    behind = widget.post("/timer/stop", json=click(start_key=answer.json()["click"]["key"]))
    assert behind.status_code == 202
    sandbox.clear_faults()
    (entry,) = soon(lambda: sandbox.entries_on("T-1"))
    assert not entry.is_running


def test_what_the_worker_did_reaches_an_open_page_within_two_seconds_of_the_web_process(
    with_worker: Bridge, widget: httpx.Client, pick: dict[str, int], sandbox: RunningSandbox, pages: OpenPages
) -> None:
    """Without Redis. The web process cannot have found it out by itself: added time changes nothing of what runs."""
    page = pages.open(with_worker.url, widget.headers["Authorization"].removeprefix("Bearer "))
    soon(lambda: page.is_open)
    ticks = [ticks_until_told(with_worker, widget, page, pick, sandbox, f"Added {number}") for number in range(3)]
    assert min(ticks) <= 2 / TICK_SECONDS, ticks


TICK_SECONDS = 0.5


def ticks_until_told(
    bridge: Bridge, widget: httpx.Client, page: OpenPage, pick: dict[str, int], sandbox: RunningSandbox, notes: str
) -> int:
    """How often the web process answered something else, each half second, between the worker's write and its news."""
    sandbox.fault("status", method="POST", path="/v2/time_entries", status=503, times=1)
    body = click(item=ITEM, notes=notes, spent_date=sandbox.now().date().isoformat(), hours="0.5", **pick)
    before = len(page.states)
    assert widget.post("/timer/entry", json=body).status_code == 202
    soon(lambda: any(entry.notes == notes for entry in sandbox.entries("carmen")))
    ticks = 0
    while not any(state["clicks"] == [] for state in page.states[before:]):
        assert ticks < 120 / TICK_SECONDS, "nobody told the page"
        httpx.get(f"{bridge.url}/health/live", trust_env=False, timeout=60)
        time.sleep(TICK_SECONDS)
        ticks += 1
    assert widget.get("/timer/history").json()["events"][0]["carried_out_by"] == "worker"
    return ticks


def test_a_worker_that_is_killed_between_sending_and_noting_sends_nothing_twice(
    with_worker: Bridge, widget: httpx.Client, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    sandbox.fault("status", method="POST", path="/v2/time_entries", status=503, times=2)
    sandbox.fault("slow_body", method="POST", path="/v2/time_entries", seconds=1.5)
    body = click(item=ITEM, **pick)
    assert widget.post("/timer/start", json=body).status_code == 202
    soon(lambda: sandbox.entries_on("T-1"))
    with_worker.worker.kill()
    with_worker.worker.start()
    soon(lambda: is_settled(widget, body, "/timer/start"))
    assert len(sandbox.entries_on("T-1")) == 1


def test_the_workers_guard_asks_about_a_forgotten_timer_though_no_page_is_open(
    widget: httpx.Client, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    began = datetime.now(UTC) - timedelta(hours=11)  # the longest run is ten hours, where nobody has set another
    body = click(item=ITEM, **pick) | {"clicked_at": began.isoformat()}
    widget.post("/timer/start", json=body)
    entry_id = soon(lambda: widget.get("/timer/state").json().get("running"))["entry_id"]
    (found,) = soon(lambda: widget.get("/timer/state").json().get("forgotten"))
    assert (found["entry_id"], datetime.fromisoformat(found["began_at"])) == (entry_id, began)
    stop = click(forgotten_id=found["id"], answer="stop", stop_at=began.isoformat())
    soon(lambda: is_settled(widget, stop, "/timer/forgotten"))
    assert widget.get("/timer/state").json()["running"] is None
    assert float(sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()["hours"]) <= 0.02


def test_a_web_process_that_is_killed_in_the_middle_of_a_click_leaves_it_to_the_worker(
    with_worker: Bridge, widget: httpx.Client, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    began = datetime.now(UTC)
    sandbox.fault("latency", method="GET", path="/v2/time_entries", seconds=1.5)

    def kill_soon() -> None:
        soon(lambda: sandbox.requests("GET", "/v2/time_entries"), every=0.02)
        with_worker.web.kill()

    import threading

    killer = threading.Thread(target=kill_soon)
    sandbox.journal.clear()
    killer.start()
    with pytest.raises(httpx.HTTPError):
        start(widget, pick)
    killer.join()
    with_worker.web.start()
    with_worker.web.wait_until_ready(timeout=START_SECONDS)
    entry = soon(lambda: sandbox.running("carmen"))
    assert len(sandbox.entries_on("T-1")) == 1
    worked = float(sandbox.get(f"/v2/time_entries/{entry.id}", "carmen").json()["hours"]) * 3600
    assert abs(worked - (datetime.now(UTC) - began).total_seconds()) <= NEAR


def test_a_link_that_is_mended_carries_out_what_waited_for_it(
    with_worker: Bridge,
    widget: httpx.Client,
    pick: dict[str, int],
    sandbox: RunningSandbox,
    request: pytest.FixtureRequest,
) -> None:
    start(widget, pick)
    running = soon(lambda: widget.get("/timer/state").json().get("running"))
    sandbox.revoke_all("carmen")
    body = click(entry_id=running["entry_id"], timer_started_at=running["started_at"])
    answer = widget.post("/timer/stop", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "needs_reauth")
    assert sandbox.running("carmen") is not None
    link(with_worker, sandbox, request.node.name)
    soon(lambda: sandbox.running("carmen") is None)


@pytest.mark.parametrize("faults", ["done, answer lost", *KILLS])
def test_invariants_17_and_34_nothing_is_lost_doubled_or_wrong_under_faults(
    with_worker: Bridge, sandbox: RunningSandbox, faults: str
) -> None:
    """Eighteen clicks of each kind here; thousands in `make bench` (docs/benchmarks-timer-faults.md)."""
    tenant = f"faults {faults}"
    names = ["carmen", "dev", "elif"]
    with clickers_of(
        with_worker, sandbox, names, tenant, lambda who: link(with_worker, sandbox, tenant, who)
    ) as people:
        found = run(with_worker, sandbox, people, faults, pairs=3)
    assert (found.lost, found.doubled, found.wrong, found.right) == (0, 0, [], 9), found

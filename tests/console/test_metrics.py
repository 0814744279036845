"""/metrics: what Prometheus reads, who may read it, and what holds with several processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from harvest_bridge import metrics
from harvest_bridge.api.request_log.buffer import RequestLog
from harvest_bridge.console.metrics_page import MetricsPage
from harvest_bridge.env import ROOT
from tests.api.test_request_log import finished_request
from tests.processes import clean_environment

PAGE = (ROOT / "docs" / "request-log.md").read_text()
NAMES = sorted(
    found.describe()[0].name
    for found in vars(metrics).values()
    if isinstance(found, metrics.Counter | metrics.Histogram)
)


def ask(
    log: RequestLog,
    *,
    peer: tuple[str, int] | None = ("127.0.0.1", 5000),
    base_url: str = "http://localhost:8000",
    **headers: str,
) -> Callable[[], Awaitable[httpx.Response]]:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(MetricsPage(log), client=peer)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            named = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
            return await client.get("/metrics", headers=named)

    return call


def value(text: str, name: str, **labels: str) -> float:
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(one.value for one in samples if one.name == name and labels.items() <= one.labels.items())


@pytest.mark.django_db(transaction=True)
async def test_a_request_counts_at_the_next_reading(settings: Any) -> None:
    log = RequestLog(keeps_rows=False)
    before = (await ask(log)()).text
    for _ in range(3):
        log.note(finished_request(status=429, code="harvest_rate_limited"))
    after = (await ask(log)()).text
    name, labels = "harvest_bridge_requests_total", {"area": "drop-in", "status": "429"}
    assert value(after, name, **labels) - value(before, name, **labels) == 3
    spent = "harvest_bridge_request_harvest_seconds_sum"
    assert value(after, spent, area="drop-in") - value(before, spent, area="drop-in") == pytest.approx(0.06)
    assert value(after, "harvest_bridge_request_log_waiting") == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        (("127.0.0.1", 1), {}, 200),
        (("::1", 1), {}, 200),
        (("10.0.0.9", 1), {}, 403),
        (("127.0.0.1", 1), {"x_forwarded_for": "127.0.0.1"}, 403),
        (("127.0.0.1", 1), {"x_forwarded_proto": "https"}, 403),
        (("testclient", 1), {}, 403),
        (None, {}, 403),
    ],
)
async def test_without_a_token_only_this_machine_may_read(
    peer: tuple[str, int] | None, headers: dict[str, str], status: int
) -> None:
    answer = await ask(RequestLog(), peer=peer, **headers)()
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "metrics_refused"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("shown", "status"), [("Bearer right", 200), ("Bearer wrong", 403), ("right", 403), ("", 403), ("Bearer café", 403)]
)
async def test_with_a_token_it_alone_decides(settings: Any, shown: str, status: int) -> None:
    settings.METRICS_TOKEN = "right"
    answer = await ask(RequestLog(), authorization=shown)()
    assert answer.status_code == status


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_described(name: str) -> None:
    assert f"`{name}" in PAGE


def test_processes_that_share_a_folder_answer_for_all(tmp_path: Path) -> None:
    """The worker has no port of its own; through the folder the web process tells its renewals too."""
    count = "from harvest_bridge.metrics import REFRESHES; REFRESHES.labels('renewed').inc(2)"
    read = (
        "from prometheus_client import generate_latest;"
        "from harvest_bridge.console.metrics_page import _counted; print(generate_latest(_counted()).decode())"
    )
    set_up = "import django; django.setup();"
    folder = {"VAR_DIR": str(tmp_path), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    environment = clean_environment(DEBUG="1", DJANGO_SETTINGS_MODULE="harvest_bridge.settings", **folder)
    for code in (count, count):
        subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, check=True)
    told = subprocess.run(
        [sys.executable, "-c", set_up + read], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    assert value(told, "harvest_bridge_token_refreshes_total", outcome="renewed") == 4


@pytest.mark.parametrize("public_url", ["https://time.example.com", "http://10.0.0.9:8000", "http://bridge:8000"])
async def test_a_proxy_that_says_nothing_opens_nothing(settings: Any, public_url: str) -> None:
    """It asks from this machine, and under this machine's name: what tells is that others reach us elsewhere."""
    settings.PUBLIC_URL = public_url
    assert (await ask(RequestLog(keeps_rows=False))()).status_code == 403


async def test_neither_does_a_name_that_is_not_this_machines(settings: Any) -> None:
    asked = ask(RequestLog(keeps_rows=False), base_url="http://rebound.example.com")
    assert (await asked()).status_code == 403

"""The guides in docs/guides: every command in them runs as it stands, and answers what they say."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge

from .runner import run

GUIDES = [
    "link-a-customer.md",
    "reconnect.md",
    "sync-timesheets.md",
    "pay-contractors.md",
    "show-utilization.md",
    "provision-from-a-deal.md",
    "take-payments.md",
]
PLENTY = 1_000_000

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def harvest() -> Iterator[RunningSandbox]:
    """Its limits are wide, since the guides of one run are read by one person after another."""
    with running_sandbox(entries=300) as sandbox:
        sandbox.switch(requests_per_window=PLENTY, report_requests_per_window=PLENTY)
        yield sandbox


@pytest.fixture(scope="module")
def whole_bridge(tmp_path_factory: pytest.TempPathFactory, harvest: RunningSandbox) -> Iterator[Bridge]:
    settings = {"HARVEST_REQUESTS_PER_WINDOW": str(PLENTY), "WEBHOOK_ALLOW_LOOPBACK": "1"}
    folder = tmp_path_factory.mktemp("bridge")
    with running_bridge(folder, harvest_url=harvest.url, with_worker=True, **settings) as bridge:
        yield bridge


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_works_as_it_stands(guide: str, whole_bridge: Bridge, harvest: RunningSandbox, tmp_path: Path) -> None:
    harvest.reset()
    harvest.switch(requests_per_window=PLENTY, report_requests_per_window=PLENTY)
    given = {"BRIDGE": whole_bridge.url, "KEY": whole_bridge.host["api_key"], "SANDBOX": harvest.url}
    run(guide, tmp_path, {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_PROXY": "*", **given})

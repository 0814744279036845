"""E1 to E5 and E34: the build fails when the timer costs a page more than docs/benchmarks-widget.md says it may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest_bridge.env import ROOT
from tests.bench.widget import Bench, Visit, running_bench

KB = 1024
COLD = [
    "GET /assets/platform.js",
    "GET /platform/controller",
    "GET /static/timer_widget/frame.js",
    "POST /timer/session",
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("widget-bench")
    with running_bench(folder) as running:
        yield running


@pytest.mark.parametrize("count", [1, 100])
def test_e2_e4_e5_a_page_costs_the_same_with_one_timer_and_a_hundred(bench: Bench, count: int) -> None:
    with bench.page() as (_, page):
        cold, warm = bench.visit(page, count), bench.visit(page, count)
    assert sorted(without_stream(cold)) == sorted(COLD)
    assert len(without_stream(warm)) <= 2
    assert cold.bytes <= 20 * KB
    assert (cold.frames, cold.shift) == (1, 0)


def without_stream(visit: Visit) -> list[str]:
    assert visit.requests.count("GET /timer/stream") <= 1
    return [each for each in visit.requests if each != "GET /timer/stream"]


def test_the_published_numbers_are_within_their_bars() -> None:
    rows = re.findall(r"^\| (.*?) \| ([\d,.]+) \| (?:≤ )?([\d,.]+) \|$", page_text(), re.MULTILINE)
    assert len(rows) >= 10
    for name, measured, bar in rows:
        assert float(measured.replace(",", "")) <= float(bar.replace(",", "")), name


def page_text() -> str:
    return (ROOT / "docs" / "benchmarks-widget.md").read_text()

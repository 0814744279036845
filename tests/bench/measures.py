"""What is measured, and how: in rounds that take turns, because the machine is never quite still."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from harvest_bridge.env import ROOT
from tests.bench.cores import cpu_seconds
from tests.bench.targets import Target

SMALL, LARGE = "/v2/users/1", "/v2/clients"


@dataclass
class Measured:
    """Of one target, a value for each round.

    Units: `cpu` is milliseconds of processor per small request, `page_cpu` per 1 MB page; `p50` to `p99` are
    milliseconds until the whole answer at 200 requests a second; `pages` is pages of 1 MB a second on one connection.
    """

    cpu: list[float] = field(default_factory=list)
    page_cpu: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)


def load(target: Target, path: str, *, count: int, connections: int, per_second: float = 0) -> list[int]:
    """Latencies in microseconds. Errors: RuntimeError for any answer but a 200."""
    plan = {"requests": target.requests(path), "port": target.port, "count": count, "connections": connections}
    words = [sys.executable, "-m", "tests.bench.load"]
    given = json.dumps({**plan, "per_second": per_second})
    ran = subprocess.run(words, input=given, cwd=ROOT, capture_output=True, text=True)
    if ran.returncode != 0:
        raise RuntimeError(f"{target.name}: {ran.stderr[-2000:]}")
    latencies: list[int] = json.loads(ran.stdout)
    return latencies


def measure_cpu(target: Target, into: Measured, *, count: int = 1500) -> None:
    before = cpu_seconds(target.pid)
    load(target, SMALL, count=count, connections=8)
    into.cpu.append((cpu_seconds(target.pid) - before) / count * 1000)


def measure_pages(target: Target, into: Measured, *, count: int = 150) -> None:
    before = cpu_seconds(target.pid)
    spent = sum(load(target, LARGE, count=count, connections=1)) / 1e6
    into.page_cpu.append((cpu_seconds(target.pid) - before) / count * 1000)
    into.pages.append(count / spent)


def measure_latency(target: Target, into: Measured, *, seconds: float = 4) -> None:
    values = sorted(load(target, SMALL, count=int(200 * seconds), connections=32, per_second=200))
    into.p50.append(percentile(values, 0.5))
    into.p95.append(percentile(values, 0.95))
    into.p99.append(percentile(values, 0.99))


def percentile(values: Sequence[int], share: float) -> float:
    """In milliseconds."""
    return values[int(len(values) * share)] / 1000

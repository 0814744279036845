"""What a page of the directory costs, beside the least that anybody could do: decode Harvest's page, encode ours."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from harvest_bridge.env import ROOT
from tests.bench.cores import MEASURED, OTHERS, cpu_seconds, stay_on
from tests.bench.measures import load
from tests.bench.report import ratio, shown
from tests.bench.targets import CONNECTIONS, Target, started
from tests.bench.upstream import PEOPLE
from tests.processes import Bridge, running_bridge
from tests.services import free_port

DIRECTORY = "/unified/user-directory"
PAGE = f"{DIRECTORY}/users?limit=2000"
MAPPING = "/unified/mappings/users/title"
EXPRESSION = "$uppercase(remote_data.email)"


@dataclass
class DirectoryMeasured:
    """Milliseconds of processor time for one page of 2,000 people, or one `me`, a value for each round."""

    json_alone: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    mapped_page: list[float] = field(default_factory=list)
    me: list[float] = field(default_factory=list)


REPORT = """# What a page of the user directory costs

Written by `make bench` on {when}. One account of 2,000 people: {sent:.1f} MB from Harvest, {answered:.1f} MB to
the caller. Processor time in milliseconds, the median of {rounds} rounds, in brackets that of the best; load average
{load}. The comparison is orjson alone: Harvest's page decoded, our answer encoded. The bridge's numbers are those
of the whole process: HTTP both ways, Django, the API key, pacing, the mapping, the log.

| | ms | ratio | goal |
| --- | --- | --- | --- |
| JSON alone | {json_alone} | 1 | |
| the page | {page} | {page_ratio} × | ≤ 2.5 × |
| the page with one override for each person, run by the interpreter | {mapped_page} | {mapped_ratio} × | ≤ 10 × |
| `me`, within its minute: no Harvest request | {me} | | |

`tests/bench/test_directory_costs.py` holds our own work on the page, from Harvest's bytes to ours and without the
garbage collector, to the 2.5 × and fails the build beyond it. A ratio above that in the table is what HTTP, Django and
the collector add: as long as there is one, the goal is not met for the process as a whole.
"""


@dataclass
class Directory:
    """A bridge with one linked account of 2,000 people, and whose limits are out of the way."""

    bridge: Bridge
    target: Target
    query: str

    def measure(self, into: DirectoryMeasured, *, count: int = 20) -> None:
        into.json_alone.append(self.json_alone(count))
        into.page.append(self.cost_of(f"{PAGE}&{self.query}", count))
        into.me.append(self.cost_of(f"{DIRECTORY}/me?{self.query}", count * 10))
        self.bridge.api.put(MAPPING, json={"expression": EXPRESSION}).raise_for_status()
        into.mapped_page.append(self.cost_of(f"{PAGE}&{self.query}", count))
        self.bridge.api.delete(MAPPING).raise_for_status()

    def cost_of(self, path: str, count: int) -> float:
        """The child processes in which mappings run count too."""
        load(self.target, path, count=2, connections=1)
        before = _cpu_of_family(self.target.pid)
        load(self.target, path, count=count, connections=1)
        return (_cpu_of_family(self.target.pid) - before) / count * 1000

    def json_alone(self, count: int) -> float:
        answer = orjson.loads(self.bridge.api.get(f"{PAGE}&{self.query}").content)
        assert answer["result_count"] == 2000
        before = time.process_time()
        for _ in range(count):
            orjson.loads(PEOPLE)
            orjson.dumps(answer)
        return (time.process_time() - before) / count * 1000


@contextmanager
def directory() -> Iterator[Directory]:
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-bench-")))
        port = free_port()
        upstream = started(at_the_end, folder, "upstream", port, ["-m", "tests.bench.upstream", str(port)])
        stay_on(OTHERS, upstream.pid)
        url = f"http://127.0.0.1:{port}"
        bridge = at_the_end.enter_context(running_bridge(folder, harvest_url=url, HARVEST_REQUESTS_PER_WINDOW="100000"))
        code = CONNECTIONS.format(host=bridge.host["host_app_id"], count=1)
        bridge.manage("shell", "--no-imports", "-c", code)
        [connection] = bridge.api.get("/integrated-account").json()["result"]
        stay_on(MEASURED, bridge.web.pid)
        headers = [f"Authorization: Bearer {bridge.host['api_key']}\r\n"]
        target = Target("directory", int(bridge.url.rpartition(":")[2]), bridge.web.pid, headers)
        yield Directory(bridge, target, f"integrated_account_id={connection['id']}")


def _cpu_of_family(pid: int) -> float:
    """Of a process and its children, such as still live."""
    children = [int(child) for task in os.listdir(f"/proc/{pid}/task") for child in _children(pid, task)]
    return cpu_seconds(pid) + sum(map(cpu_seconds, children))


def _children(pid: int, task: str) -> list[str]:
    return Path(f"/proc/{pid}/task/{task}/children").read_text().split()


def report(measured: DirectoryMeasured, *, answered: int) -> str:
    return REPORT.format(
        sent=len(PEOPLE) / 1e6,
        answered=answered / 1e6,
        rounds=len(measured.page),
        when=datetime.now(UTC).strftime("%d %B %Y"),
        load=f"{os.getloadavg()[0]:.1f}",
        json_alone=shown(measured.json_alone),
        page=shown(measured.page),
        page_ratio=ratio(measured.page, measured.json_alone),
        mapped_page=shown(measured.mapped_page),
        mapped_ratio=ratio(measured.mapped_page, measured.json_alone),
        me=shown(measured.me),
    )


def main(rounds: int = 5) -> None:
    measured = DirectoryMeasured()
    with directory() as one:
        for _ in range(rounds):
            one.measure(measured)
        answered = len(one.bridge.api.get(f"{PAGE}&{one.query}").content)
    (ROOT / "docs" / "benchmarks-directory.md").write_text(report(measured, answered=answered))
    print("docs/benchmarks-directory.md is written")


if __name__ == "__main__":
    main()

"""What a page of the directory costs, beside the least that anybody could do: decode Harvest's page, encode ours."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from harvest_bridge.env import ROOT
from tests.bench.cores import MEASURED, OTHERS, cpu_seconds, stay_on
from tests.bench.measures import load
from tests.bench.report import format_values, ratio
from tests.bench.targets import CONNECTIONS, Target, served, started
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
    our_work: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    mapped_page: list[float] = field(default_factory=list)
    me: list[float] = field(default_factory=list)

    def without_http(self, whole: list[float]) -> list[float]:
        """Round by round, without what HTTP costs the bare server."""
        return [one - bare + alone for one, bare, alone in zip(whole, self.bare, self.json_alone, strict=True)]


REPORT = """# What a page of the user directory costs

Written by `make bench` on {when}. One account of 2,000 people: {sent:.1f} MB from Harvest, {answered:.1f} MB to
the caller. Processor time in milliseconds, the median of {rounds} rounds in which all take turns on the same core, in
brackets that of the best; load average {load}.

- **JSON alone**: orjson decodes Harvest's page and encodes our answer, in a process that does nothing else.
- **Our work**: the same, decoding, mapping and encoding, as we do it; in the same process.
- **A bare server**: Starlette and httpx on uvicorn, which asks Harvest for the page, does JSON alone, and answers; no
  keys, no pacing, no log, no mapping. What it takes beyond JSON alone is HTTP, to Harvest and to the caller.
- **The bridge**: the whole web process, HTTP both ways, Django, the API key, pacing, the mapping, the log; where
  mappings run, their process too.

| | ms | by the bare server | without HTTP, by JSON alone | goal |
| --- | --- | --- | --- | --- |
| JSON alone | {json_alone} | | 1 | |
| our work on the page | {our_work} | | {our_ratio} × | ≤ 2.5 × JSON alone |
| a bare server | {bare} | 1 | 1 | |
| the bridge: the page | {page} | {page_bare} × | {page_ratio} × | |
| the bridge: with an override, interpreted | {mapped_page} | {mapped_bare} × | {mapped_ratio} × | ≤ 10 × JSON alone |
| the bridge: `me`, within its minute, without a Harvest request | {me} | | | |

JSON alone moves no bytes, so what HTTP costs the bare server is taken from the bridge's time before it is compared.
`tests/bench/test_directory_costs.py` and `test_mapping_costs.py` fail the build beyond the two goals.
"""


@dataclass
class Directory:
    """A bridge with one linked account of 2,000 people, and whose limits are out of the way; a bare server beside it.

    Shape: `answer` is a file with the page as the bridge answers it.
    """

    bridge: Bridge
    target: Target
    bare: Target
    query: str
    answer: Path

    def measure(self, into: DirectoryMeasured, *, count: int = 40) -> None:
        json_alone, our_work = self.without_a_server(count)
        into.json_alone.append(json_alone)
        into.our_work.append(our_work)
        into.bare.append(cost_of(self.bare, "/directory", count))
        into.page.append(cost_of(self.target, f"{PAGE}&{self.query}", count))
        into.me.append(cost_of(self.target, f"{DIRECTORY}/me?{self.query}", count * 5))
        self.bridge.api.put(MAPPING, json={"expression": EXPRESSION}).raise_for_status()
        into.mapped_page.append(cost_of(self.target, f"{PAGE}&{self.query}", count))
        self.bridge.api.delete(MAPPING).raise_for_status()

    def without_a_server(self, count: int) -> tuple[float, float]:
        """JSON alone, and our work."""
        words = [sys.executable, "-m", "tests.bench.our_work", str(self.answer), str(count)]
        environment = self.bridge.environment
        ended = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        json_alone, our_work = map(float, ended.stdout.split())
        return json_alone, our_work


def cost_of(target: Target, path: str, count: int) -> float:
    """The child processes in which mappings run count too."""
    load(target, path, count=2, connections=1)
    before = _cpu_of_family(target.pid)
    load(target, path, count=count, connections=1)
    return (_cpu_of_family(target.pid) - before) / count * 1000


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
        query = f"integrated_account_id={connection['id']}"
        page = bridge.api.get(f"{PAGE}&{query}")
        assert page.json()["result_count"] == 2000
        (answer := folder / "answer.json").write_bytes(page.content)
        bare = served(at_the_end, folder, "bare", "tests.bench.bare:application", port, ANSWER=str(answer))
        stay_on(MEASURED, bridge.web.pid)
        headers = [f"Authorization: Bearer {bridge.host['api_key']}\r\n"]
        target = Target("directory", int(bridge.url.rpartition(":")[2]), bridge.web.pid, headers)
        yield Directory(bridge, target, bare, query, answer)


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
        json_alone=format_values(measured.json_alone),
        page=format_values(measured.page),
        our_work=format_values(measured.our_work),
        our_ratio=ratio(measured.our_work, measured.json_alone),
        bare=format_values(measured.bare),
        page_ratio=ratio(measured.without_http(measured.page), measured.json_alone),
        page_bare=ratio(measured.page, measured.bare),
        mapped_page=format_values(measured.mapped_page),
        mapped_ratio=ratio(measured.without_http(measured.mapped_page), measured.json_alone),
        mapped_bare=ratio(measured.mapped_page, measured.bare),
        me=format_values(measured.me),
    )


def main(rounds: int = 5) -> None:
    measured = DirectoryMeasured()
    with directory() as one:
        for _ in range(rounds):
            one.measure(measured)
        answered = one.answer.stat().st_size
    (ROOT / "docs" / "benchmarks-directory.md").write_text(report(measured, answered=answered))
    print("docs/benchmarks-directory.md is written")


if __name__ == "__main__":
    main()

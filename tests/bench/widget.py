"""What the timer costs a page, counted from outside: bytes and requests at our server, frames and time in Chromium.

`python -m tests.bench.widget` writes docs/benchmarks-widget.md alone. Bars: widget.md E1 to E9.
"""

from __future__ import annotations

import re
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import running_sandbox
from tests.browsers import running_chromium
from tests.processes import Bridge, running_bridge
from tests.services import free_port
from tests.timer_widget.browser.stub import Host

# Cold: 150 ms there and back, 1.6 Mbit/s, a processor four times slower (widget.md E).
SLOW_NET = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
SLOW_CPU = 4
WATCH = """(() => { watched = { shift: 0, tasks: [] };
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { watched.shift += e.value }))
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((e) => watched.tasks.push(Math.round(e.duration))))
    .observe({ type: "longtask", buffered: true });
  new MutationObserver(() => { const button = document.querySelector("harvest-timer");
    const kind = button?.dataset.harvestState;
    if (kind == "connecting") watched.began ??= performance.now();
    else if (kind) watched.ready ??= performance.now(); })
    .observe(document, { subtree: true, attributes: true, childList: true }) })()"""
ADD_100 = """html => { const box = document.createElement("div"); const began = performance.now();
  return new Promise((done) => { box.innerHTML = html; document.body.append(box);
    queueMicrotask(() => requestAnimationFrame(() => done(performance.now() - began))) }) }"""


@dataclass
class Visit:
    """One load of a page. Units: bytes on the wire, milliseconds."""

    requests: list[str]
    bytes: int
    frames: int
    shift: float
    tasks: list[int]
    ready: float


@dataclass
class Costs:
    cold: dict[int, Visit] = field(default_factory=dict)
    warm: dict[int, Visit] = field(default_factory=dict)
    none: list[str] = field(default_factory=list)
    slow_ready: list[float] = field(default_factory=list)
    warm_ready: list[float] = field(default_factory=list)
    panel_bytes: int = 0
    panel_again: list[str] = field(default_factory=list)
    frames_in_all: int = 0
    hundred: float = 0
    click: list[float] = field(default_factory=list)


class Bench:
    """A host page with timers, a bridge behind it, and a reader of what the bridge was asked."""

    def __init__(self, bridge: Bridge, host: Host, browser: Browser) -> None:
        self.bridge, self.host, self.browser = bridge, host, browser

    def show(self, count: int) -> str:
        timers = "".join(timer(number) for number in range(count))
        config = '<script>_harvestPlatformConfig = {token: async () => (await (await fetch("/jwt")).text())}</script>'
        script = f'<script src="{self.bridge.url}/assets/platform.js" async></script>'
        style = "<style>harvest-timer{display:inline-flex;vertical-align:middle;width:180px;height:30px}</style>"
        page = f"<!doctype html><title>x</title><meta charset=utf-8>{style}{config}{timers}{script}"
        return self.host.show(page, f"/{count}")

    @contextmanager
    def page(self) -> Iterator[tuple[BrowserContext, Page]]:
        context = self.browser.new_context()
        page = context.new_page()
        page.add_init_script(WATCH)
        yield context, page
        context.close()

    def visit(self, page: Page, count: int) -> Visit:
        """Load the page and wait until all is quiet."""
        self.host.show(self.bridge.widget_token(origin=self.host.origin), "/jwt")
        sizes: list[Response] = []
        keep = lambda response: sizes.append(response)  # noqa: E731 - a bound builtin takes no listener
        page.on("response", keep)
        before = len(self.asked())
        page.goto(self.show(count))
        if count:
            page.wait_for_function("watched.ready > 0", timeout=30_000)
        page.wait_for_timeout(400)
        page.remove_listener("response", keep)
        watched = page.evaluate("watched")
        return Visit(
            requests=self.asked()[before:],
            bytes=sum(wire_bytes(each) for each in sizes if each.url.startswith(self.bridge.url)),
            frames=len(page.frames) - 1,
            shift=watched["shift"],
            tasks=watched["tasks"],
            ready=(watched.get("ready") or 0) - (watched.get("began") or 0),
        )

    def asked(self) -> list[str]:
        """Method and path of everything that the bridge answered so far. A stream is there once it has begun."""
        text = (self.bridge.folder / "bridge.log").read_text()
        found = re.findall(r'logger=uvicorn.access .*?\\"(\w+ /[^ ?]*)', text)
        return [line for line in found if "/health/" not in line]


def timer(number: int) -> str:
    return f'<p><harvest-timer item-id="{number}" item-name="Ticket {number}"></harvest-timer>'


def wire_bytes(response: Response) -> int:
    """Of a stream only the head has come."""
    if response.url.endswith("/timer/stream"):
        return 0
    sizes = response.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def measure(bench: Bench, *, rounds: int) -> Costs:
    costs = Costs()
    for count in (1, 100):
        with bench.page() as (_, page):
            costs.cold[count] = bench.visit(page, count)
            costs.warm[count] = bench.visit(page, count)
    with bench.page() as (_, page):
        costs.none = bench.visit(page, 0).requests
    for _ in range(rounds):
        with bench.page() as (context, page):
            slow_down(context, page)
            costs.slow_ready.append(bench.visit(page, 1).ready)
        with bench.page() as (_, page):
            bench.visit(page, 1)
            costs.warm_ready.append(bench.visit(page, 1).ready)
    measure_clicks(bench, costs)
    return costs


def measure_clicks(bench: Bench, costs: Costs) -> None:
    with bench.page() as (_, page):
        bench.visit(page, 1)
        sizes: list[Response] = []
        page.on("response", lambda response: sizes.append(response))
        costs.click.append(page.evaluate(CLICK_PANEL))
        page.frame_locator("#harvest-iframe").get_by_role("button").first.wait_for()
        page.wait_for_timeout(500)
        costs.panel_bytes = sum(wire_bytes(each) for each in sizes if each.url.startswith(bench.bridge.url))
        page.keyboard.press("Escape")
        before = len(bench.asked())
        page.evaluate(CLICK_PANEL)
        page.wait_for_timeout(500)
        costs.panel_again = [each for each in bench.asked()[before:] if "/timer/" not in each]
        costs.frames_in_all = len(page.frames) - 1
        page.keyboard.press("Escape")
        costs.hundred = page.evaluate(ADD_100, "".join(timer(number) for number in range(100)))


CLICK_PANEL = """() => new Promise((done) => { const began = performance.now();
  const seen = () =>
    document.querySelector("dialog[open]") ? done(performance.now() - began) : requestAnimationFrame(seen);
  document.querySelector("harvest-timer").shadowRoot.firstChild.click(); seen() })"""


def slow_down(context: BrowserContext, page: Page) -> None:
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_NET)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})


@contextmanager
def running_bench(folder: Path) -> Iterator[Bench]:
    with running_sandbox(port=free_port()) as sandbox, running_bridge(folder, harvest_url=sandbox.url) as bridge:
        host = Host(int(bridge.host_origin.rpartition(":")[2]))
        with running_chromium() as browser:
            yield Bench(bridge, host, browser)
        host.close()


PAGE = """# What the timer costs a page

Written by `make bench`: a real bridge, a real Chromium; bytes and requests as they went over the wire, compressed, with
their headers. Cold means an empty cache; slow is 150 ms there and back, 1.6 Mbit/s and a processor four times slower.

| | measured | bar |
| --- | --- | --- |
{rows}
"""


def third_quarter(values: list[float]) -> float:
    return statistics.quantiles(values, n=4)[2] if len(values) > 1 else values[0]


def write(costs: Costs) -> None:
    one, hundred = costs.cold[1], costs.cold[100]
    stream = "GET /timer/stream"
    no_stream: Callable[[Visit], int] = lambda visit: len([each for each in visit.requests if each != stream])  # noqa: E731
    rows: list[tuple[str, Any, str]] = [
        ("bytes before any click, 1 timer", f"{one.bytes:,}", "≤ 14,336"),
        ("bytes before any click, 100 timers", f"{hundred.bytes:,}", "≤ 14,336"),
        ("requests cold, 1 and 100 timers", f"{no_stream(one)} and {no_stream(hundred)}, and a stream", "≤ 4 + 1"),
        ("requests warm, 1 and 100 timers", f"{no_stream(costs.warm[1])} and {no_stream(costs.warm[100])}", "≤ 2 + 1"),
        ("requests of a page without timers", len(costs.none), "1"),
        ("frames before a click, and after", f"{one.frames} and {costs.frames_in_all}", "1 and ≤ 2"),
        ("bytes of the first panel, API included", f"{costs.panel_bytes:,}", "≤ 46,080"),
        ("files of the second panel", len(costs.panel_again), "0"),
        ("layout shift, 100 timers in reserved places", f"{hundred.shift:.3f}", "0"),
        ("tasks over 50 ms, 100 timers", len(hundred.tasks), "0"),
        ("ms until 100 timers added later are drawn", f"{costs.hundred:.0f}", "≤ 50"),
        ("ms from script to state, slow and cold, p75", f"{third_quarter(costs.slow_ready):.0f}", "≤ 1,500"),
        ("ms from script to state, warm, p75", f"{third_quarter(costs.warm_ready):.0f}", "≤ 500"),
        ("ms from click to visible change", f"{max(costs.click):.0f}", "≤ 100"),
    ]
    table = "\n".join(f"| {name} | {value} | {bar} |" for name, value, bar in rows)
    (ROOT / "docs" / "benchmarks-widget.md").write_text(PAGE.format(rows=table))


def main(rounds: int = 5) -> None:
    with tempfile.TemporaryDirectory() as folder, running_bench(Path(folder)) as bench:
        write(measure(bench, rounds=rounds))
    print("docs/benchmarks-widget.md is written")


if __name__ == "__main__":
    main()

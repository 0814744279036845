"""The page and the picture: docs/benchmarks.md and docs/benchmarks.svg."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from harvest_bridge.env import ROOT
from tests.bench.measures import Measured

PAGE = """# What a request through the bridge costs

Written by `make bench` on {when}: {machine}. Each number is the median of {rounds} rounds in
which the programs take turns, each pinned to one processor core with load and upstream on another; in brackets that
of the best rounds. Load average while it ran: {load}. The upstream is a canned Harvest on the loopback.

- **Bare**: Starlette with httpx on `httpx-aiohttp`, nothing else: no keys, no pacing, no log, no links.
- **Plain Django**: an async view with `httpx.AsyncClient`, as a user would write it; just as unguarded.
- **Bridge**: `/v2` as it runs in production on SQLite: API key, revocation check, pacing of 400 accounts within
  Harvest's own limits, access log, links pointed at us.

| | bare | plain Django | bridge | ratio | goal |
| --- | --- | --- | --- | --- | --- |
| processor time of a small GET, ms | {cpu_bare} | {cpu_plain} | {cpu_bridge} | {ratio_bare} × bare | ≤ 2 × |
| | | | | {ratio_plain} × Django | ≤ 0.33 × |
| processor time of a 1 MB list, ms | {page_cpu_bare} | | {page_cpu_bridge} | {page_cpu_ratio} × bare | |
| 1 MB lists a second, one connection | {pages_bare} | | {pages_bridge} | {pages_ratio} × bare | ≥ 0.8 × |

![Processor time of a small GET](benchmarks.svg)

At 200 requests a second, milliseconds until the whole answer is there:

| | p50 | p95 | p99 |
| --- | --- | --- | --- |
| upstream, asked directly | {p50_upstream} | {p95_upstream} | {p99_upstream} |
| through the bare pass-through | {p50_bare} | {p95_bare} | {p99_bare} |
| through the bridge | {p50_bridge} | {p95_bridge} | {p99_bridge} |
| **added by the bridge** | {p50_added} | {p95_added} | {p99_added} |
| goal | ≤ 1 | | ≤ 5 |

Processor time is what to compare between machines; latency suffers from whatever else runs there, which the first
line of the second table shows: it is the upstream itself, with nothing between. `tests/bench/test_costs.py` fails the
build when one of the two ratios of the first row is missed. What other parts cost is on pages of their own, such as
[benchmarks-insights.md](benchmarks-insights.md); [README.md](README.md) lists them.
"""


def format_values(values: Sequence[float], *, best: Callable[[Sequence[float]], float] = min) -> str:
    return f"{statistics.median(values):.2f} [{best(values):.2f}]"


def ratio(these: Sequence[float], those: Sequence[float], *, best: Callable[[Sequence[float]], float] = min) -> str:
    return f"{statistics.median(these) / statistics.median(those):.2f} [{best(these) / best(those):.2f}]"


def added(through: Sequence[float], direct: Sequence[float]) -> str:
    return f"{statistics.median(through) - statistics.median(direct):.2f} [{min(through) - min(direct):.2f}]"


def write(measured: Mapping[str, Measured]) -> None:
    upstream, bare, plain, bridge = (measured[name] for name in ("upstream", "bare", "plain_django", "bridge"))
    values = {
        "when": datetime.now(UTC).strftime("%d %B %Y"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "rounds": len(bridge.cpu),
        "load": " ".join(f"{value:.1f}" for value in os.getloadavg()),
        "ratio_bare": ratio(bridge.cpu, bare.cpu),
        "ratio_plain": ratio(bridge.cpu, plain.cpu),
        "page_cpu_ratio": ratio(bridge.page_cpu, bare.page_cpu),
        "pages_ratio": ratio(bridge.pages, bare.pages, best=max),
        "cpu_plain": format_values(plain.cpu),
    }
    for name, one in (("bare", bare), ("bridge", bridge)):
        values |= {f"cpu_{name}": format_values(one.cpu), f"page_cpu_{name}": format_values(one.page_cpu)}
        values[f"pages_{name}"] = format_values(one.pages, best=max)
    for share in ("p50", "p95", "p99"):
        for name, one in (("upstream", upstream), ("bare", bare), ("bridge", bridge)):
            values[f"{share}_{name}"] = format_values(getattr(one, share))
        values[f"{share}_added"] = added(getattr(bridge, share), getattr(upstream, share))
    (ROOT / "docs" / "benchmarks.md").write_text(PAGE.format(**values))
    bars = {"bare": bare.cpu, "bridge": bridge.cpu, "plain Django": plain.cpu}
    (ROOT / "docs" / "benchmarks.svg").write_text(chart({name: statistics.median(cpu) for name, cpu in bars.items()}))


def chart(bars: Mapping[str, float]) -> str:
    """Horizontal bars, in colours that read on light and dark pages."""
    scale, rows = 420 / max(bars.values()), []
    for number, (name, value) in enumerate(bars.items()):
        y, colour = 10 + 34 * number, "#fa5d00" if name == "bridge" else "#8a8f98"
        rows.append(
            f'<text x="100" y="{y + 16}" text-anchor="end">{name}</text>'
            f'<rect x="110" y="{y}" width="{value * scale:.0f}" height="24" rx="3" fill="{colour}"/>'
            f'<text x="{116 + value * scale:.0f}" y="{y + 16}">{value:.2f} ms</text>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 112" role="img" '
        'aria-label="Processor time of a small GET"><g font-family="sans-serif" font-size="13" fill="#8a8f98">'
        + "".join(rows)
        + "</g></svg>\n"
    )

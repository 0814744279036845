"""`make bench`: what a request through the bridge costs, side by side with what we compare ourselves to, in one run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from tests.bench import (
    directory,
    insights,
    mirror,
    provisioning,
    rest,
    saturation,
    timer_faults,
    timer_load,
    webhooks,
    widget,
)
from tests.bench.measures import SMALL, Measured, load, measure_cpu, measure_latency, measure_pages
from tests.bench.report import write
from tests.bench.targets import Target, targets

ROUNDS = 7


def in_turns(measure: Callable[..., None], compared: Sequence[Target], measured: dict[str, Measured]) -> None:
    for number in range(ROUNDS):
        for target in compared:
            measure(target, measured[target.name])
        print(f"{measure.__name__}: round {number + 1} of {ROUNDS}", flush=True)


def main() -> None:
    measured: dict[str, Any] = defaultdict(Measured)
    with targets() as (upstream, bare, plain, bridge):
        for target in (bare, plain, bridge):
            load(target, SMALL, count=800, connections=8)
        in_turns(measure_cpu, (bare, plain, bridge), measured)
        in_turns(measure_latency, (upstream, bare, bridge), measured)
        in_turns(measure_pages, (bare, bridge), measured)
    write(measured)
    saturation.main()
    widget.main()
    directory.main()
    rest.main()
    webhooks.main()
    mirror.main()
    insights.main()
    provisioning.main()
    timer_faults.main()
    timer_load.main()
    print("docs/benchmarks.md is written")


if __name__ == "__main__":
    main()

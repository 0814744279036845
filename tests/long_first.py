"""The modules that take longest begin first, one by one on each worker, so that none is still running at the end alone.

xdist's worksteal gives every worker an equal, unbroken part of the list; here each part begins with some of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby, islice

import pytest

from harvest_bridge.env import ROOT

# Files and folders of tests with a test or a fixture of ten seconds and more.
LONG = (
    *("tests/bench/", "tests/clients/", "tests/guides/", "tests/outages/", "tests/fuzz/", "tests/test_fresh_clone.py"),
    *("tests/api/limits/test_connections.py", "tests/api/test_locks.py", "tests/api/test_admissions.py"),
    *("tests/connections/browser/test_accessible.py", "tests/connections/test_refresh_storm.py"),
    *("tests/console/test_backups.py", "tests/console/test_migrate.py", "tests/console/test_policies.py"),
    *("tests/console/test_rundemo.py", "tests/insights/payouts/", "tests/invoices/test_payment_faults.py"),
    *("tests/provisioning/test_faults.py", "tests/provisioning/test_killed_workers.py"),
    *("tests/proxy/test_invariant_22_flood.py", "tests/proxy/drop_in/test_invariant_19_streams.py"),
    *("tests/sandbox/test_console_browser.py", "tests/test_pattern_costs.py", "tests/timer_widget/test_replays.py"),
    *("tests/unified/overrides/test_editor_in_a_browser.py", "tests/webhooks/test_kills.py"),
)


@pytest.hookimpl(trylast=True)  # after the shuffle
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = in_parts(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def in_parts(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """As many parts as workers, of the same length to one; the long modules stand in turn at their beginnings."""
    parts: list[list[pytest.Item]] = [[] for _ in range(workers)]
    modules = groupby((item for item in items if is_long(item)), key=path_of)
    for number, (_, tests) in enumerate(modules):
        parts[number % workers].extend(tests)
    others = iter([item for item in items if not is_long(item)])
    given = 0
    for number, part in enumerate(parts):
        size = (len(items) - given) // (workers - number)
        part.extend(islice(others, max(0, size - len(part))))
        given += len(part)
    return [item for part in parts for item in part] + list(others)


def is_long(item: pytest.Item) -> bool:
    return path_of(item).startswith(LONG)


def path_of(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).as_posix()

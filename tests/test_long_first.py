"""However many workers there are, no test is left out and each worker begins with a long module."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harvest_bridge.env import ROOT
from tests.long_first import LONG, in_parts, is_long


def some_of(path: str, count: int) -> list[Any]:
    return [SimpleNamespace(path=ROOT / path) for _ in range(count)]


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_each_part_begins_with_long_modules_and_nothing_is_lost(workers: int) -> None:
    items = some_of("tests/test_a.py", 28)
    for path in ("tests/bench/test_b.py", "tests/outages/test_c.py", "tests/fuzz/test_d.py", "tests/guides/test_e.py"):
        items += some_of(path, 2)
    ordered = in_parts(items, workers)
    assert sorted(map(id, ordered)) == sorted(map(id, items))
    assert all(is_long(ordered[number * len(items) // workers]) for number in range(workers))


def test_what_is_called_long_is_there() -> None:
    assert [one for one in LONG if not Path(ROOT, one).exists()] == []

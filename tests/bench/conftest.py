"""What is measured in this process is measured as in the web process."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture
def _no_collector() -> Iterator[None]:
    """The tests' own heap is not what is measured; `console.collector` spares the web process the same walk."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()

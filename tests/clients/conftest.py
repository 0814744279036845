"""The description as a running bridge serves it, and an account linked to that bridge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account


@pytest.fixture
def schema(bridge: Bridge, tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    path.write_bytes(bridge.api.get("/schema/").content)
    return path


@pytest.fixture
def account(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[str]:
    connection_id = link_account(bridge, sandbox, "alice")
    yield connection_id
    bridge.api.delete(f"/integrated-account/{connection_id}")

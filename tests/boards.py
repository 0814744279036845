"""The example host app as a process."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from harvest_bridge.console.demo import TICKET_BOARD
from harvest_bridge.console.supervisor import ManagedProcess
from tests.processes import clean_environment


@contextmanager
def running_board(
    origin: str, *, bridge_url: str, keys: Mapping[str, str], folder: Path, tenant: str = "fennel-finch"
) -> Iterator[None]:
    """Serve the ticket board at `origin` with the keys that createhost printed; its log goes into `folder`."""
    environment = clean_environment(
        PORT=origin.rpartition(":")[2],
        BRIDGE_URL=bridge_url,
        TENANT=tenant,
        HOST_APP_ID=keys["host_app_id"],
        WIDGET_KEY_ID=keys["widget_key_id"],
        WIDGET_SECRET=keys["widget_secret"],
        API_KEY=keys.get("api_key", ""),
    )
    argv = [sys.executable, "server.py"]
    board = ManagedProcess("board", argv, environment, folder / "board.log", ready_url=origin, directory=TICKET_BOARD)
    board.start()
    try:
        board.wait_until_ready()
        yield
    finally:
        board.stop()

"""A program for test_refresh_storm: many operating-system processes that want the same connection's token at once.

    python -m tests.connections.storm <connection id> <processes> [die_at]

Prints one line per process: the generation it got, or the code of its error. `die_at` lets one process kill itself at a
step of the renewal: `before` Harvest is asked, or `after` its answer came and before it is stored.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from multiprocessing.synchronize import Barrier
from typing import Any

import django


def ask(connection_id: str, together: Barrier, die_at: str, lines: Any) -> None:
    from harvest_bridge.connections import renewal, renewal_steps
    from harvest_bridge.connections.models import Connection
    from harvest_bridge.errors import BridgeError
    from harvest_bridge.harvest import sync_client

    def die(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if die_at == "before":
        renewal.refresh_access_token = die
    if die_at == "after":
        renewal_steps.seal_grant = die
    row = Connection.objects.get(pk=connection_id)
    together.wait(120)
    try:
        lines.put(str(renewal.credentials_now(row).generation))
    except BridgeError as error:
        lines.put(error.code)
    sync_client.close()  # as at the end of every process that is not killed


def main(connection_id: str, processes: str = "1", die_at: str = "") -> None:
    django.setup()
    fork = multiprocessing.get_context("fork")
    together, lines = fork.Barrier(int(processes)), fork.Queue()
    workers = [
        fork.Process(target=ask, args=(connection_id, together, die_at if n == 0 else "", lines))
        for n in range(int(processes))
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while not lines.empty():
        print(lines.get(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The three programs that are compared, each a real uvicorn, in front of the same Harvest."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harvest_bridge.console.supervisor import ManagedProcess, stop_all
from harvest_bridge.env import ROOT
from tests.bench.cores import MEASURED, OTHERS, stay_on
from tests.processes import running_bridge
from tests.services import free_port

ACCOUNTS = 400  # each with Harvest's own allowance of 100 requests in 15 s

CONNECTIONS = """
from django.utils import timezone
from harvest_bridge.connections import token_rows
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.records import TokenGrant
rows = []
for number in range({count}):
    row = Connection(host_app_id='{host}', tenant_id=f't-{{number}}', kind='account', status='active',
                     harvest_account_id=1000 + number, harvest_account_name='Bench',
                     harvest_user_id=7, linked_by='Alice')
    grant = TokenGrant(access_token=f'1.at.bench-token-{{number}}', refresh_token='refresh')
    for name, value in token_rows.seal_grant(row, grant, now=timezone.now()).items():
        setattr(row, name, value)
    rows.append(row)
Connection.objects.bulk_create(rows)
"""


@dataclass(frozen=True)
class Target:
    name: str
    port: int
    pid: int
    headers: list[str]  # what a request must carry, one set after the other

    def requests(self, path: str) -> list[str]:
        return [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n" for headers in self.headers]


@contextmanager
def targets() -> Iterator[tuple[Target, Target, Target, Target]]:
    """Harvest itself, the bare pass-through, the plain Django view and the bridge."""
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-bench-")))
        port = free_port()
        upstream = started(at_the_end, folder, "upstream", port, ["-m", "tests.bench.upstream", str(port)])
        stay_on(OTHERS, upstream.pid)
        bare = served(at_the_end, folder, "bare", "tests.bench.bare:application", port)
        plain = served(at_the_end, folder, "plain_django", "tests.bench.plain_django:application", port)
        (folder / "bridge").mkdir()
        url = f"http://127.0.0.1:{port}"
        bridge = at_the_end.enter_context(running_bridge(folder / "bridge", harvest_url=url))
        code = CONNECTIONS.format(host=bridge.host["host_app_id"], count=ACCOUNTS)
        bridge.manage("shell", "--no-imports", "-c", code)
        stay_on(MEASURED, bridge.web.pid)
        key = bridge.host["api_key"]
        headers = [f"Authorization: Bearer {key}\r\nHarvest-Account-Id: {1000 + n}\r\n" for n in range(ACCOUNTS)]
        bridge_port = int(bridge.url.rpartition(":")[2])
        yield upstream, bare, plain, Target("bridge", bridge_port, bridge.web.pid, headers)


def served(at_the_end: ExitStack, folder: Path, name: str, application: str, upstream: int, **env: str) -> Target:
    """An ASGI application in a real uvicorn, on the core that is measured."""
    port = free_port()
    words = ["-m", "uvicorn", application, "--port", str(port), "--no-access-log", "--lifespan", "off"]
    target = started(at_the_end, folder, name, port, words, UPSTREAM=f"http://127.0.0.1:{upstream}", **env)
    stay_on(MEASURED, target.pid)
    return target


def started(at_the_end: ExitStack, folder: Path, name: str, port: int, words: list[str], **env: str) -> Target:
    """A program that answers on `port` by now, and ends with `at_the_end`."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env}
    ready = f"http://127.0.0.1:{port}/v2/users/me"
    process = ManagedProcess(name, [sys.executable, *words], environment, folder / f"{name}.log", ready, ROOT)
    at_the_end.callback(stop_all, [process])
    process.start()
    process.wait_until_ready()
    return Target(name, port, process.pid, [""])

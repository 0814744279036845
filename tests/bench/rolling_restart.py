"""A rolling restart under mixed load, counted from outside; writes docs/benchmarks-restarts.md.

`REQUESTS=100000 python -m tests.bench.rolling_restart` is the whole; without it, a tenth of that. Four web processes
on one socket, two workers, PostgreSQL and Redis; each process gets SIGTERM in turn and is replaced while others answer.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from harvest_bridge.console.supervisor import ManagedProcess, stop_all
from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge
from tests.services import postgres_cluster, redis_server
from tests.timer_widget.fault_harness import link

PAGE = ROOT / "docs" / "benchmarks-restarts.md"
PLENTY = 1_000_000
WEB, WORKERS, CALLERS = 4, 2, 24


@dataclass
class Count:
    """Of one run. Shape: `failed` counts by what went wrong."""

    answered: int = 0
    restarted: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0


def main() -> None:
    requests = int(os.environ.get("REQUESTS", "10000"))
    with (
        running_sandbox() as sandbox,
        tempfile.TemporaryDirectory(prefix="hb-rolling-") as folder,
        postgres_cluster() as server,
        redis_server() as redis_url,
    ):
        sandbox.switch(requests_per_window=PLENTY)
        settings = {"REDIS_URL": redis_url, "HARVEST_REQUESTS_PER_WINDOW": str(PLENTY)}
        with running_bridge(Path(folder), harvest_url=sandbox.url, database_url=server, **settings) as bridge:
            link(bridge, sandbox, "acme", "alice", is_account=True)
            bridge.web.stop()
            started = time.monotonic()
            with _processes(bridge) as processes:
                count = asyncio.run(_run(bridge, sandbox, processes, requests))
            seconds = time.monotonic() - started
    PAGE.write_text(_page(count, seconds))
    print(PAGE.read_text())
    sys.exit(bool(count.failed))


@contextmanager
def _processes(bridge: Bridge) -> Iterator[list[ManagedProcess]]:
    """Four that listen on one socket, as systemd's `Sockets=` gives it to them, and two workers."""
    with socket.create_server(("127.0.0.1", int(bridge.url.rpartition(":")[2])), backlog=2048) as shared:
        uvicorn = ["-m", "uvicorn", "harvest_bridge.asgi:application", "--fd", str(shared.fileno())]
        argv = [sys.executable, *uvicorn, "--timeout-graceful-shutdown", "30"]
        web = [_process(bridge, f"web-{n}", argv, (shared.fileno(),)) for n in range(WEB)]
        worker = [_process(bridge, f"worker-{n}", bridge.worker.argv, ()) for n in range(WORKERS)]
        for process in (*web, *worker):
            process.start()
        try:
            _until_ready(bridge)
            yield [*web, *worker]
        finally:
            stop_all([*web, *worker], timeout=40)


def _process(bridge: Bridge, name: str, argv: object, inherited: tuple[int, ...]) -> ManagedProcess:
    log = bridge.folder / f"{name}.log"
    return ManagedProcess(name, list(argv), bridge.environment, log, None, ROOT, inherited)  # type: ignore[call-overload]


def _until_ready(bridge: Bridge) -> None:
    while True:
        try:
            if httpx.get(f"{bridge.url}/health/ready", timeout=30, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)


async def _run(bridge: Bridge, sandbox: RunningSandbox, processes: list[ManagedProcess], requests: int) -> Count:
    """Each process is replaced once, evenly spread over the middle half of the requests."""
    count, plan = Count(), iter(_mix(bridge, sandbox, requests))
    turns = [requests // 4 + n * (requests // 2) // len(processes) for n in range(len(processes))]

    async def restart() -> None:
        for turn, process in zip(turns, processes, strict=True):
            while count.answered < turn:
                await asyncio.sleep(0.05)
            await asyncio.to_thread(_replace, process)
            count.restarted += 1

    # A connection for each request, as from a proxy without keep-alive (deploy/nginx.conf).
    limits = httpx.Limits(max_keepalive_connections=0)
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}", "Harvest-Account-Id": str(sandbox.account.id)}
    async with httpx.AsyncClient(
        base_url=bridge.url, headers=headers, limits=limits, timeout=60, trust_env=False
    ) as client:
        await asyncio.gather(restart(), *(_call(client, plan, count) for _ in range(CALLERS)))
    return count


def _replace(process: ManagedProcess) -> None:
    process.stop(timeout=40)
    process.start()


async def _call(client: httpx.AsyncClient, plan: Iterator[httpx.Request], count: Count) -> None:
    for request in plan:
        request.headers.update(client.headers)
        began = time.monotonic()
        try:
            answer = await client.send(request)
            if answer.status_code >= 400:
                count.failed[f"{request.method} {request.url.path}: {answer.status_code} {answer.text[:80]}"] += 1
        except httpx.HTTPError as error:
            count.failed[f"{request.method} {request.url.path}: {type(error).__name__} {error}"] += 1
        count.slowest = max(count.slowest, time.monotonic() - began)
        count.answered += 1


def _mix(bridge: Bridge, sandbox: RunningSandbox, requests: int) -> Iterator[httpx.Request]:
    [account] = bridge.api.get("/integrated-account", params={"tenant_id": "acme"}).json()["result"]
    named = f"integrated_account_id={account['id']}"
    project, task = sandbox.pick("alice")
    entry = {"project_id": project.id, "task_id": task.id, "spent_date": sandbox.now().date().isoformat(), "hours": 0.1}
    reads = [
        "/v2/users/me",
        f"/unified/user-directory/users?limit=5&{named}",
        f"/proxy/clients?limit=5&{named}",
        "/integrated-account?limit=5",
        "/health/ready",
    ]
    for n in range(requests):
        if n % 20 == 0:
            key = {"Idempotency-Key": uuid.uuid4().hex}
            yield httpx.Request("POST", f"{bridge.url}/proxy/time_entries?{named}", json=entry, headers=key)
        else:
            yield httpx.Request("GET", f"{bridge.url}{reads[n % len(reads)]}")


def _page(count: Count, seconds: float) -> str:
    failures = "\n".join(f"- {n} × {what}" for what, n in count.failed.most_common(20)) or "None failed."
    row = f"{count.answered:,} | {count.restarted} | {sum(count.failed.values())} | {count.slowest:.1f} s"
    return f"""# A rolling restart under load

`REQUESTS={count.answered} python -m tests.bench.rolling_restart`: {WEB} web processes on one socket
([systemd units](deploying.md#with-systemd)), {WORKERS} workers, PostgreSQL and Redis; {CALLERS} callers, a new
connection for each request, as through [nginx](../deploy/nginx.conf). One in twenty writes a time entry with an
`Idempotency-Key`; the others read `/v2`, `/unified`, `/proxy`, `/integrated-account` and `/health/ready`. Each process
gets SIGTERM and is replaced in turn. A time-out, a lost connection, a 4xx or a 5xx fails.

| requests | processes restarted | failed | slowest | requests a second |
| --- | --- | --- | --- | --- |
| {row} | {count.answered / seconds:.0f} |

{failures}
"""


if __name__ == "__main__":
    main()

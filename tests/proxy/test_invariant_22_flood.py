"""Invariant 22: one tenant's flood leaves the others' latency unchanged. Real HTTP, real processes, real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.harvest.judge import Judge, serve
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import CONNECTION, RECORDED_TOKEN

pytestmark = pytest.mark.django_db  # on PostgreSQL too, whose few connections a flood could take

FLOODING, QUIET = "42", "43"
PATIENT, HASTY, CALLS = 30, 3, 20
PATHS = ("/v2/users/1", "/proxy/users/1")


@asynccontextmanager
async def two_tenants(folder: Path) -> AsyncIterator[tuple[Bridge, dict[str, str]]]:
    """A bridge, and the connection ids of an account that floods and one that does not."""
    judge = Judge(limit=100_000, window=15, latency=0.02)
    async with await serve(judge) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        starting = await asyncio.to_thread(lambda: _Running(folder, url))
        try:
            yield starting.bridge, starting.ids
        finally:
            await asyncio.to_thread(starting.stop)


class _Running:
    """`running_bridge`, entered and left in threads, as this test's loop serves the upstream meanwhile."""

    def __init__(self, folder: Path, url: str) -> None:
        self._context = running_bridge(folder, harvest_url=url)
        self.bridge = self._context.__enter__()
        code = "".join(map(self._linking, (FLOODING, QUIET)))
        self.ids = dict(zip((FLOODING, QUIET), self.bridge.manage("shell", "-c", code).split()[-2:], strict=True))

    def _linking(self, account: str) -> str:
        code = CONNECTION.format(host=self.bridge.host["host_app_id"], token=f"{RECORDED_TOKEN}-{account}")
        return code.replace("harvest_account_id=42", f"harvest_account_id={account}").replace("acme", f"t-{account}")

    def stop(self) -> None:
        self._context.__exit__(None, None, None)


async def test_invariant_22_one_tenants_flood_leaves_another_alone(tmp_path: Path) -> None:
    async with two_tenants(tmp_path) as (bridge, ids), _client(bridge) as client:
        seen: set[int] = set()

        async def ask(account: str, path: str, **headers: str) -> int:
            params = {"integrated_account_id": ids[account]} if path.startswith("/proxy") else {}
            answer = await client.get(path, params=params, headers={"Harvest-Account-Id": account, **headers})
            return answer.status_code

        async def keep_asking(path: str, **headers: str) -> None:
            while True:
                seen.add(await ask(FLOODING, path, **headers))
                await asyncio.sleep(0.02)  # this process measures as well, and must not be what is slow

        async def p90(path: str) -> float:
            times = []
            for _ in range(CALLS):
                began = time.monotonic()
                assert await ask(QUIET, path) == 200
                times.append(time.monotonic() - began)
            return sorted(times)[int(CALLS * 0.9)]

        flood = [asyncio.create_task(keep_asking(path)) for path in PATHS for _ in range(PATIENT)]
        flood += [asyncio.create_task(keep_asking(path, Prefer="wait=0")) for path in PATHS for _ in range(HASTY)]
        while 429 not in seen:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        slow = {path: round(await p90(path), 3) for path in PATHS}
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)
        bridge.web.kill()  # or it would wait for the calls of those who went away
    assert max(slow.values()) < 0.4, slow  # where a flooding caller waits for seconds


def _client(bridge: Bridge) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}"}
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=bridge.url, headers=headers, trust_env=False, timeout=60, limits=limits)

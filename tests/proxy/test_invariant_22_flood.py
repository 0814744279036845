"""Invariant 22: one tenant's flood leaves the others' latency unchanged. Real HTTP, real processes, real sockets."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.harvest.judge import Judge, serve
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import CONNECTION, RECORDED_TOKEN

pytestmark = pytest.mark.django_db  # on PostgreSQL too, whose few connections a flood could take

FLOODING, QUIET = "42", "43"
PATIENT, HASTY, CALLS = 30, 3, 20
PATHS = ("/v2/users/1", "/proxy/users/1")
EXPIRE = (
    "from harvest_bridge.connections.models import Connection; "
    "Connection.objects.filter(pk='{}').update(access_token_expires_at='2020-01-01T00:00:00Z')"
)


@asynccontextmanager
async def two_tenants(
    folder: Path, *, wait_seconds: float = 20, **slow: float
) -> AsyncIterator[tuple[Bridge, dict[str, str]]]:
    """A bridge, and the connection ids of an account that floods and one that does not.

    `slow` is what Harvest answers late: for which words in the head of a request, and after how many seconds.
    """
    judge = Judge(limit=100_000, window=15, latency=0.02, slow={part.encode(): wait for part, wait in slow.items()})
    async with await serve(judge) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        starting = await asyncio.to_thread(lambda: _Running(folder, url, wait_seconds))
        try:
            yield starting.bridge, starting.ids
        finally:
            await asyncio.to_thread(starting.stop)


class _Running:
    """`running_bridge`, entered and left in threads, as this test's loop serves the upstream meanwhile."""

    def __init__(self, folder: Path, url: str, wait_seconds: float) -> None:
        timeout = str(wait_seconds)
        self._context = running_bridge(folder, harvest_url=url, HARVEST_TIMEOUT_SECONDS=timeout)
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
        begun: dict[int, float] = {}  # when each patient caller began the call that it waits for

        async def ask(account: str, path: str, **headers: str) -> int:
            params = {"integrated_account_id": ids[account]} if path.startswith("/proxy") else {}
            answer = await client.get(path, params=params, headers={"Harvest-Account-Id": account, **headers})
            return answer.status_code

        async def keep_asking(path: str, number: int = -1, **headers: str) -> None:
            while True:
                if number >= 0:
                    begun[number] = time.monotonic()
                seen.add(await ask(FLOODING, path, **headers))
                await asyncio.sleep(0.02)  # this process measures as well, and must not be what is slow

        async def p90(path: str) -> float:
            times = []
            for _ in range(CALLS):
                began = time.monotonic()
                assert await ask(QUIET, path) == 200
                times.append(time.monotonic() - began)
            return sorted(times)[int(CALLS * 0.9)]

        patient = [path for path in PATHS for _ in range(PATIENT)]
        flood = [asyncio.create_task(keep_asking(path, number)) for number, path in enumerate(patient)]
        flood += [asyncio.create_task(keep_asking(path, Prefer="wait=0")) for path in PATHS for _ in range(HASTY)]
        while 429 not in seen:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.5)
        slow = {path: round(await p90(path), 3) for path in PATHS}
        waited = sorted(time.monotonic() - began for began in begun.values())[int(len(patient) * 0.9)]
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)
        bridge.web.kill()  # or it would wait for the calls of those who went away
    assert max(slow.values()) < waited / 4, (slow, waited)  # what a flooding caller has waited meanwhile


SLOW_SECONDS = 8.0
KEYED = ("the same", "different")


@pytest.mark.parametrize("keys", KEYED)
async def test_invariant_22_one_tokens_keyed_writes_leave_others_reads_and_writes_alone(
    tmp_path: Path, keys: str
) -> None:
    """Harvest is slow for the one who floods, with a token good for one connection, and as quick as ever for others."""
    token_of_flood = f"Bearer {RECORDED_TOKEN}-{FLOODING}"
    async with two_tenants(tmp_path, **{token_of_flood: SLOW_SECONDS}) as (bridge, ids), _client(bridge) as client:
        minted = await client.post("/integrated-account/token", json={"integrated_account_id": ids[FLOODING]})
        token = minted.json()["integrated_account_token"]

        async def keep_writing(number: int) -> None:
            for again in count():
                key = "k" if keys == "the same" else f"k-{number}-{again}"
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
                await client.post("/proxy/clients", json={"name": "x"}, headers=headers)
                await asyncio.sleep(1)  # it is waiting that must cost others nothing; processors are theirs to share

        async with _flood(keep_writing, callers=40):
            await asyncio.sleep(1)
            waits = await _waits(client, ids[QUIET])
        bridge.web.kill()
    assert max(waits.values()) < SLOW_SECONDS / 3, waits  # each call of the flood takes longer than that


async def test_invariant_22_one_tenants_slow_renewal_is_nobody_elses(tmp_path: Path) -> None:
    """Its callers are told in time what they wait for; others, and probes of our health, notice nothing."""
    async with (
        two_tenants(tmp_path, wait_seconds=8, **{"/api/v2/oauth2/token": 60.0}) as (bridge, ids),
        _client(bridge) as client,
    ):
        await asyncio.to_thread(bridge.manage, "shell", "-c", EXPIRE.format(ids[FLOODING]))
        told: set[tuple[int, str]] = set()
        waited: list[float] = []

        async def keep_asking(number: int) -> None:
            path = PATHS[number % 2]
            while True:
                headers = {"Harvest-Account-Id": FLOODING}
                params = {"integrated_account_id": ids[FLOODING]} if path.startswith("/proxy") else {}
                began = time.monotonic()
                answer = await client.get(path, params=params, headers=headers)
                waited.append(time.monotonic() - began)
                told.add((answer.status_code, answer.json()["code"]))
                assert int(answer.headers["Retry-After"]) >= 1
                await asyncio.sleep(1)

        async with _flood(keep_asking, callers=60):
            await asyncio.sleep(1)
            waits = await _waits(client, ids[QUIET])
            while not told:
                await asyncio.sleep(0.05)
        bridge.web.kill()
    assert max(waits.values()) < min(waited) / 3, (waits, min(waited))
    assert told == {(503, "token_refresh_in_progress")}


@asynccontextmanager
async def _flood(caller: Callable[[int], Coroutine[Any, Any, None]], *, callers: int) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(caller(number)) for number in range(callers)]
    yield
    for task in tasks:
        task.cancel()
    failures = [one for one in await asyncio.gather(*tasks, return_exceptions=True) if isinstance(one, AssertionError)]
    assert not failures


async def _waits(client: httpx.AsyncClient, connection_id: str) -> dict[str, float]:
    """How long the quiet tenant's calls take, of each kind the longest but for a quarter; the first is among them.

    A flood's callers come all at once, each time they are answered: then processors are shared, which is no waiting.
    """
    found: dict[str, float] = {}
    params, account = {"integrated_account_id": connection_id}, {"Harvest-Account-Id": QUIET}
    calls: dict[str, Callable[[], Coroutine[Any, Any, httpx.Response]]] = {
        "/v2": lambda: client.get("/v2/users/1", headers=account),
        "/proxy": lambda: client.get("/proxy/users/1", params=params),
        "keyed write": lambda: client.post(
            "/proxy/clients", params=params, json={"name": "y"}, headers={"Idempotency-Key": uuid.uuid4().hex}
        ),
        "/health/ready": lambda: client.get("/health/ready"),
    }
    for name, call in calls.items():
        times = []
        for _ in range(CALLS):
            began = time.monotonic()
            answer = await call()
            assert answer.is_success, (name, answer.text)
            times.append(time.monotonic() - began)
        found[name] = round(sorted(times)[CALLS * 3 // 4], 3)
    return found


def _client(bridge: Bridge) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {bridge.host['api_key']}"}
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=bridge.url, headers=headers, trust_env=False, timeout=60, limits=limits)

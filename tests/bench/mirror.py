"""The mirror beside bare paging, a published tap and a connector of 50-row pages, before one Harvest.

`python -m tests.bench.mirror` writes that part of docs/benchmarks-mirror.md alone; `… 0.05` does with fewer rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec

from harvest_bridge.env import ROOT
from tests.bench.cores import MEASURED, OTHERS, stay_on
from tests.bench.mirror_report import write_speed
from tests.bench.targets import CONNECTIONS, started
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.published_clients import python_packages
from tests.services import free_port, postgres_server

ENTRIES, MANY, FLEET, FLEET_SECONDS = 200_000, 1_000_000, 500, 60
PACE = 0.15  # seconds between the pages of bare paging: 100 in 15 s


@dataclass
class Upstream:
    url: str

    def journal(self) -> dict[str, Any]:
        found: dict[str, Any] = httpx.get(f"{self.url}/journal", trust_env=False).json()
        return found

    def forget(self) -> None:
        httpx.get(f"{self.url}/reset", trust_env=False)


@contextmanager
def upstream(entries: int, *mode: str) -> Iterator[Upstream]:
    with ExitStack() as at_the_end:
        folder, port = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-bench-"))), free_port()
        words = ["-m", "tests.bench.mirror_upstream", str(port), str(entries), *mode]
        process = started(at_the_end, folder, "upstream", port, words)
        stay_on(OTHERS, process.pid)
        yield Upstream(f"http://127.0.0.1:{port}")


@contextmanager
def bridge(harvest: Upstream, database_url: str = "", connections: int = 1) -> Iterator[tuple[Bridge, str]]:
    """A bridge and the id of its first connection."""
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-bench-")))
        given = {"harvest_url": harvest.url, "database_url": database_url, "LOG_LEVEL": "ERROR"}
        one = at_the_end.enter_context(running_bridge(folder, **given))
        stay_on(OTHERS, one.web.pid)
        code = CONNECTIONS.format(host=one.host["host_app_id"], count=connections)
        code = code.replace("linked_by='Alice'", "linked_by='Alice', access_roles=['administrator']")
        yield one, one.manage("shell", "--no-imports", "-c", f"{code}\nprint(rows[0].pk)").split()[-1]


def work(one: Bridge, *words: str) -> dict[str, Any]:
    """What `mirror_work` tells, on a core of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.mirror_work", *words],
        cwd=ROOT,
        env={**one.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        preexec_fn=lambda: stay_on(MEASURED),
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    print(f"mirror: {' '.join(words[:1])}: {found}", flush=True)
    return found


def mirrored(entries: int, database_url: str = "") -> dict[str, Any]:
    """From empty, and once more with nothing changed."""
    with upstream(entries) as harvest, bridge(harvest, database_url) as (one, connection):
        harvest.forget()
        first = work(one, "first", connection)
        first["journal"] = harvest.journal()
        time.sleep(15)  # a window of Harvest's
        harvest.forget()
        again = work(one, "again", connection)
        again["journal"] = harvest.journal()
        feed = read_feed(one, connection)
    return {"first": first, "again": again, "feed": feed}


class FeedPage(msgspec.Struct):
    """What a reader that stores rows as they are looks at."""

    result: list[msgspec.Raw]
    next_cursor: str
    has_more: bool


def read_feed(one: Bridge, connection: str) -> dict[str, Any]:
    """All changes from the beginning, through the API, in pages of 2,000."""
    began, rows, page = time.monotonic(), 0, FeedPage([], "", has_more=True)
    while page.has_more:
        query = {"integrated_account_id": connection, "limit": 2000, "after": page.next_cursor}
        answer = one.api.get("/mirror/changes", params=query, timeout=120)
        answer.raise_for_status()
        page = msgspec.json.decode(answer.content, type=FeedPage)
        rows += len(page.result)
    return {"seconds": time.monotonic() - began, "rows": rows}


def bare_paging(entries: int, per_page: int = 2000, *, pace: float = PACE) -> dict[str, Any]:
    """Nothing but the pages, decoded: one request each `pace` seconds, the next after the answer before it."""
    with (
        upstream(entries, *(["hold"] if pace == 0 else [])) as harvest,
        httpx.Client(trust_env=False, timeout=60) as http,
    ):
        began, calls, page = time.monotonic(), 0, 1
        while page:
            answer = http.get(
                f"{harvest.url}/v2/time_entries",
                params={"per_page": per_page, "page": page},
                headers={"Harvest-Account-Id": "1"} if pace else {},
            ).json()
            calls += 1
            page = answer["next_page"]
            if page and pace:
                time.sleep(max(0.0, began + calls * pace - time.monotonic()))
        return {"seconds": time.monotonic() - began, "calls": calls}


TAP = """
import json, sys
from datetime import datetime, timedelta
from singer import metadata
from tap_harvest.client import Client
from tap_harvest.discover import discover
from tap_harvest.sync import sync
url = sys.argv[1]
config = {"start_date": "2010-01-01T00:00:00Z", "user_agent": "bench (them@example.com)"}
client = Client(config)
client.base_url, client._access_token, client._account_id = f"{url}/v2", "key", "1"
client._expires_at = datetime.now() + timedelta(hours=5)
catalog = discover()
for stream in catalog.streams:
    is_wanted = stream.tap_stream_id == "time_entries"
    stream.metadata = metadata.to_list(metadata.write(metadata.to_map(stream.metadata), (), "selected", is_wanted))
sync(client=client, config=config, catalog=catalog, state={})
"""


def tap(entries: int) -> dict[str, Any]:
    """tap-harvest as published, its time entries alone. Harvest holds it back where others would get a 429, at which it
    would give up after five tries: that is to its favour.
    """
    with upstream(entries, "hold") as harvest:
        began = time.monotonic()
        ran = subprocess.run(
            [sys.executable, "-c", TAP, harvest.url],
            env={"PYTHONPATH": str(python_packages()), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            preexec_fn=lambda: stay_on(MEASURED),
        )
        rows = sum('"type": "RECORD"' in line and '"time_entries"' in line for line in ran.stdout.splitlines())
        told = harvest.journal()
        calls = sum(told["asked"].values())
        print(f"tap-harvest: {rows} rows, {calls} calls, {ran.stderr[-300:]}", flush=True)
        return {"seconds": time.monotonic() - began, "rows": rows, "calls": calls}


def fleet() -> dict[str, Any]:
    with upstream(0) as harvest, bridge(harvest, connections=FLEET) as (one, _):
        return work(one, "fleet", str(FLEET_SECONDS))


def main(share: float = 1.0) -> None:
    entries, many = round(ENTRIES * share), round(MANY * share)
    found: dict[str, Any] = {"entries": entries, "many": many}
    found["bare"] = bare_paging(entries)
    found["sqlite"] = mirrored(entries)
    found["connector"] = bare_paging(entries, 50, pace=0)
    found["tap"] = tap(entries)
    found["sqlite_many"] = mirrored(many)
    found["fleet"] = fleet()
    with postgres_server() as server:
        found["postgresql"] = mirrored(entries, server.url)
    with postgres_server() as server:
        found["postgresql_many"] = mirrored(many, server.url)
    write_speed(found)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))

"""What REST and the timer cost beside a bare pass-through of the same Harvest answer, on either database.

`python -m tests.bench.rest` writes docs/benchmarks-rest.md alone.
"""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from harvest_bridge.env import ROOT
from tests.bench.cores import MEASURED, OTHERS, cpu_seconds, stay_on
from tests.bench.measures import load
from tests.bench.report import format_values, ratio
from tests.bench.targets import CONNECTIONS, Target, served, started
from tests.processes import running_bridge
from tests.services import free_port, postgres_server

ROUNDS = 3
PEOPLE = 200  # each with a timer session, so that none meets the timer's own limit
SESSIONS = """
import json
from datetime import timedelta
from django.utils import timezone
from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.tokens import new_token, token_hash
from timer_widget.models import Person, TimerSession
texts = []
for number, row in enumerate(Connection.objects.order_by('harvest_account_id')[:{count}]):
    Connection.objects.filter(pk=row.pk).update(kind='personal', user_id=f'u-{{number}}')
    person = Person.objects.create(host_app_id=row.host_app_id, tenant_id=row.tenant_id, user_id=f'u-{{number}}')
    text = new_token('hb_ts_')
    TimerSession.objects.create(token_hash=token_hash(text), person=person, origin='{origin}',
                                expires_at=timezone.now() + timedelta(hours=1))
    texts.append(text)
print(json.dumps(texts))
"""
RUNNING = "/v2/time_entries?user_id=7&is_running=true&per_page=1"


@dataclass(frozen=True, eq=False)
class Row:
    """A path of ours, what a bare pass-through is asked beside it, and the goal: how many times its processor time."""

    name: str
    target: Target
    path: str
    bare: str
    goal: float


@contextmanager
def rows(database_url: str = "") -> Iterator[tuple[Target, list[Row]]]:
    """The bare pass-through, and what is compared with it."""
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-bench-")))
        port = free_port()
        upstream = started(at_the_end, folder, "upstream", port, ["-m", "tests.bench.upstream", str(port)])
        stay_on(OTHERS, upstream.pid)
        bare = served(at_the_end, folder, "bare", "tests.bench.bare:application", port)
        url, limits = f"http://127.0.0.1:{port}", {"HARVEST_REQUESTS_PER_WINDOW": "100000"}
        running = running_bridge(folder, harvest_url=url, database_url=database_url, **limits)
        bridge = at_the_end.enter_context(running)
        code = CONNECTIONS.format(host=bridge.host["host_app_id"], count=PEOPLE)
        bridge.manage("shell", "--no-imports", "-c", code)
        code = SESSIONS.format(count=PEOPLE, origin=bridge.host_origin)
        sessions = json.loads(bridge.manage("shell", "--no-imports", "-c", code))
        [connection] = bridge.api.get("/integrated-account?limit=1").json()["result"]
        stay_on(MEASURED, bridge.web.pid)
        port = int(bridge.url.rpartition(":")[2])
        rest = Target("rest", port, bridge.web.pid, [f"Authorization: Bearer {bridge.host['api_key']}\r\n"])
        timer = Target("timer", port, bridge.web.pid, [f"Authorization: Bearer {text}\r\n" for text in sessions])
        named = f"integrated_account_id={connection['id']}"
        yield (
            bare,
            [
                Row("`/proxy`, a list of 20", rest, f"/proxy/users?limit=20&{named}", "/v2/users?per_page=20", 3),
                Row(
                    "unified users, a page of 100",
                    rest,
                    f"/unified/user-directory/users?limit=100&{named}",
                    "/v2/users?per_page=100",
                    4,
                ),
                Row("`/timer/state`", timer, "/timer/state", RUNNING, 3),
            ],
        )


def cost_of(target: Target, path: str, *, count: int, connections: int) -> float:
    """Milliseconds of processor time for one request."""
    before = cpu_seconds(target.pid)
    load(target, path, count=count, connections=connections)
    return (cpu_seconds(target.pid) - before) / count * 1000


Costs = Mapping[tuple[Row, int], tuple[list[float], list[float]]]


def measure(database_url: str = "", *, rounds: int = ROUNDS, count: int = 300) -> Costs:
    """Bare and ours, round by round, for each row and number of connections."""
    found: dict[tuple[Row, int], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    with rows(database_url) as (bare, compared):
        for row in compared:
            load(row.target, row.path, count=300, connections=16)
            load(bare, row.bare, count=300, connections=16)
        for _ in range(rounds):
            for row in compared:
                for connections in (1, 16):
                    theirs, ours = found[row, connections]
                    theirs.append(cost_of(bare, row.bare, count=count, connections=connections))
                    ours.append(cost_of(row.target, row.path, count=count, connections=connections))
    return found


PAGE = """# What REST and the timer cost

Written by `make bench` on {when}: {machine}, load average {load}. Milliseconds of processor time for one request, the
median of {rounds} rounds in which the bridge and a bare pass-through of the same Harvest answer (Starlette with httpx
on `httpx-aiohttp`: no keys, no pacing, no envelope, no log) take turns on the same core; in brackets that of the best
rounds. `/timer/state` is asked by {people} people in turn.

| | connections | database | bare | bridge | ratio | goal |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

{reached} of {all} goals are reached. Of the time of `/proxy` and of a page of people two thirds or more are the event
loop's: the server itself with its access log, two transactions in the pacing file, aiohttp, and the hand-over to the
thread that answers and back, twice. In that thread it is Django, DRF, and the mapping of people; for `/timer/state`
also what is known of the person, two statements with each request.
"""


def row_of(row: Row, connections: int, database: str, bare: list[float], ours: list[float]) -> str:
    cells = (
        row.name,
        connections,
        database,
        format_values(bare),
        format_values(ours),
        f"{ratio(ours, bare)} ×",
        f"≤ {row.goal:g} ×",
    )
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    with postgres_server() as server:
        measured = {"SQLite": measure(), "PostgreSQL": measure(server.url)}
    rows = [
        row_of(row, connections, database, bare, ours)
        for database, found in measured.items()
        for (row, connections), (bare, ours) in found.items()
    ]
    found = [(row, bare, ours) for costs in measured.values() for (row, _), (bare, ours) in costs.items()]
    is_reached = [median(ours) / median(bare) <= row.goal for row, bare, ours in found]
    page = PAGE.format(
        when=datetime.now(UTC).strftime("%d %B %Y"),
        machine=f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        load=f"{os.getloadavg()[0]:.1f}",
        rounds=ROUNDS,
        people=PEOPLE,
        rows="\n".join(rows),
        reached=sum(is_reached),
        all=len(is_reached),
    )
    (ROOT / "docs" / "benchmarks-rest.md").write_text(page)
    print("docs/benchmarks-rest.md is written")


if __name__ == "__main__":
    main()

"""An outage of Harvest of 24 hours, and the clicks of 1,000 people that wait for its end.

`PEOPLE=1000 python -m tests.bench.timer_outage` writes docs/benchmarks-timer-outage.md.

Everybody has started and stopped a timer within it, and every tenth a second one that still runs. Whoever clicks waits
for nothing; when Harvest is back, the worker has to be through with all of them before Harvest's own limits forbid it.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.people import identify
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge

GOAL_SECONDS = 360.0
OUTAGE = timedelta(hours=24)
TENANT = "outage"
PAGE = ROOT / "docs" / "benchmarks-timer-outage.md"
# Rows as linking and matching leave them, without a thousand consent pages.
_LINKS = """
import json
from django.utils import timezone
from harvest_bridge.connections import token_rows
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.records import TokenGrant
from harvest_bridge.unified.identities.models import Identity
from timer_widget.models import Person
given = json.load(open('{file}'))
rows = []
for each in given['links']:
    row = Connection(host_app_id='{host}', tenant_id='{tenant}', status='active', **each['row'])
    grant = TokenGrant(access_token=each['token'], refresh_token=each['refresh_token'], expires_in=1209600)
    for name, value in token_rows.seal_grant(row, grant, now=timezone.now()).items():
        setattr(row, name, value)
    rows.append(row)
Connection.objects.bulk_create(rows)
Identity.objects.bulk_create(
    Identity(connection=rows[0], external_id=one['id'], state='matched', basis='email', harvest_user_id=one['user'])
    for one in given['matched']
)
"""


@dataclass
class Replay:
    """A row of the table. Units: seconds since Harvest was back; calls are those that Harvest received by then."""

    way: str
    people: int
    clicks: int
    seconds: float
    calls: int
    writes: int
    refused: int
    right: int
    wrong: list[str]


@dataclass(frozen=True)
class Clicked:
    """What one person clicked within the outage: an entry from start to stop, and perhaps one that still runs."""

    user: User
    item_id: str
    seconds: float
    runs_since: datetime | None


def measure(way: str, *, people: int, database_url: str = "", workers: int = 1, **settings: str) -> Replay:
    """`way` is `one account` for an administrator's connection that acts for everybody, or `own links`."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-outage-") as folder,
        running_sandbox(entries=900) as sandbox,
        running_bridge(Path(folder), harvest_url=sandbox.url, with_worker=True, **settings) as bridge,
    ):
        users = _hire(sandbox, people)
        _link(bridge, sandbox, users, way, Path(folder))
        sandbox.fault("status", path="/v2/*", status=503, times=None)
        clicked = _click(bridge, sandbox, users)
        return _replay(bridge, sandbox, clicked, way)


def _hire(sandbox: RunningSandbox, count: int) -> list[User]:
    """People of the agency, each of whom may track to what Carmen may."""
    account, carmen = sandbox.account, sandbox.user("carmen")
    project, _ = sandbox.pick("carmen")
    pair = next(each for each in account.user_assignments if each.user is carmen and each.project is project)
    found = []
    with sandbox.world.lock:
        for number in range(count):
            stamp = sandbox.world.clock.stamp()
            names: dict[str, Any] = {
                "first_name": f"P{number}",
                "last_name": "Outage",
                "email": f"p{number}@outage.example",
            }
            base: dict[str, Any] = {"created_at": stamp, "updated_at": stamp}
            user = account.users.add(User(id=account.ids.next("users"), timezone=carmen.timezone, **base, **names))
            identify(sandbox.world, account, user)
            fields = {name: getattr(pair, name) for name in ("is_active", "is_project_manager") if hasattr(pair, name)}
            account.user_assignments.add(
                type(pair)(id=account.ids.next("user_assignments"), project=project, user=user, **base, **fields)
            )
            found.append(user)
    return found


def _link(bridge: Bridge, sandbox: RunningSandbox, users: list[User], way: str, folder: Path) -> None:
    account = {"harvest_account_id": sandbox.account.id, "harvest_account_name": "Agency"}
    if way == "one account":
        alice = sandbox.user("alice").id
        shared = {"kind": "account", "harvest_user_id": alice, "access_roles": ["administrator"], "linked_by": "Alice"}
        links = [_grant(sandbox, "alice", **account, **shared)]
        matched = [{"id": user.email, "user": user.id} for user in users]
    else:
        own = account | {"kind": "personal", "access_roles": ["member"]}
        links = [
            _grant(sandbox, user.email, user_id=user.email, harvest_user_id=user.id, linked_by=user.email, **own)
            for user in users
        ]
        matched = []
    (file := folder / "links.json").write_text(json.dumps({"links": links, "matched": matched}))
    code = _LINKS.format(file=file, host=bridge.host["host_app_id"], tenant=TENANT)
    bridge.manage("shell", "--no-imports", "-c", code)


def _grant(sandbox: RunningSandbox, who: str, **row: Any) -> dict[str, Any]:
    given = sandbox.tokens_for(who, sandbox.account)
    return {"row": row, "token": given["access_token"], "refresh_token": given["refresh_token"]}


def _click(bridge: Bridge, sandbox: RunningSandbox, users: list[User]) -> list[Clicked]:
    project, task = sandbox.pick("carmen")
    pick, back_since = {"project_id": project.id, "task_id": task.id}, datetime.now(UTC) - OUTAGE

    def work(number: int) -> Clicked:
        user = users[number]
        began = back_since + OUTAGE * (number / len(users)) * 0.8
        length = timedelta(minutes=20 + number % 60)
        item = {"id": f"out-{number}", "group_id": "outage"}
        with httpx.Client(base_url=bridge.url, trust_env=False, timeout=60) as http:
            given = {"token": bridge.widget_token(sub=user.email, tenant_id=TENANT), "origin": bridge.host_origin}
            http.headers["Authorization"] = f"Bearer {http.post('/timer/session', json=given).json()['session']}"

            def press(path: str, nth: int, at: datetime, **asked: Any) -> str:
                key = f"outage-client-{number}.{nth}"
                body = {"idempotency_key": key, "clicked_at": at.isoformat(), **asked}
                answer = http.post(path, json=body)
                assert answer.status_code == 202, answer.text
                return key

            key = press("/timer/start", 1, began, item=item, notes="", **pick)
            press("/timer/stop", 2, began + length, item=item, start_key=key)
            runs = number % 10 == 0
            if runs:
                again = item | {"id": f"on-{number}"}
                press("/timer/start", 3, began + length * 1.5, item=again, notes="", **pick)
        return Clicked(user, item["id"], length.total_seconds(), began + length * 1.5 if runs else None)

    with ThreadPoolExecutor(48) as pool:
        return list(pool.map(work, range(len(users))))


def _replay(bridge: Bridge, sandbox: RunningSandbox, clicked: list[Clicked], way: str) -> Replay:
    time.sleep(20)  # the worker has given up on what it last sent, as after a day
    sandbox.journal.clear()
    sandbox.clear_faults()
    back = time.monotonic()
    while (waiting := _waiting(bridge)) and time.monotonic() - back < 6 * GOAL_SECONDS:
        print(f"{way}: {waiting} clicks wait after {time.monotonic() - back:.0f} s", flush=True)
        time.sleep(5)
    seconds = time.monotonic() - back
    calls = [each for each in sandbox.requests() if each.path.startswith("/v2/")]
    wrong = [problem for each in clicked if (problem := _problem(sandbox, each))]
    return Replay(
        way=way,
        people=len(clicked),
        clicks=sum(2 + (each.runs_since is not None) for each in clicked),
        seconds=seconds,
        calls=len(calls),
        writes=sum(each.method != "GET" for each in calls),
        refused=sum(each.status == 429 for each in calls),
        right=len(clicked) - len(wrong),
        wrong=wrong,
    )


def _waiting(bridge: Bridge) -> int:
    code = "from timer_widget.models import Intent; print(Intent.objects.exclude(status='done').count())"
    return int(bridge.manage("shell", "--no-imports", "-c", code).split()[-1])


def _problem(sandbox: RunningSandbox, each: Clicked) -> str:
    entries = sandbox.entries_on(each.item_id)
    if len(entries) != 1 or entries[0].is_running:
        return f"{each.item_id}: {len(entries)} entries"
    off = float(entries[0].hours) * 3600 - each.seconds
    if abs(off) > 40:
        return f"{each.item_id}: {off:+.0f} s"
    if each.runs_since is None:
        return ""
    with sandbox.world.lock:
        runs = sandbox.account.time_entries.running_of(each.user.id)
        if runs is None or runs.timer_started_at is None:
            return f"{each.item_id}: the second does not run"
        since = runs.timer_started_at - timedelta(hours=float(runs.hours))
    off = (since - each.runs_since).total_seconds()
    return "" if abs(off) <= 60 else f"{each.item_id}: the second began {off:+.0f} s off"


def main() -> None:
    people, load, found = int(os.environ.get("PEOPLE", "1000")), os.getloadavg()[0], []
    for way in os.environ.get("WAYS", "one account,own links").split(","):
        found.append(measure(way, people=people))
        print(found[-1], flush=True)
    rows = "\n".join(_row(each) for each in found)
    PAGE.write_text(_TEXT.format(rows=rows, people=people, load=load, day=datetime.now(UTC).date()))


def _row(each: Replay) -> str:
    numbers = (each.clicks, each.calls, each.writes, each.refused, each.right, len(each.wrong))
    return f"| {each.way} | {each.seconds:.0f} | " + " | ".join(f"{number:,}" for number in numbers) + " |"


_TEXT = """# The timer after an outage of a day

Written by `python -m tests.bench.timer_outage` on {day}, load average {load:.0f} when it began: one web process, one
worker, SQLite, in front of the sandbox with Harvest's own limits. Harvest answers nothing but 503 while
{people:,} people start and stop a timer at moments of the last 24 hours, and every tenth starts one more, which runs
on. Then it is back.

| connections | seconds until all is done | clicks | calls | writes | 429 | people whose entries are right | wrong |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

The goal is 360 seconds and no 429. A start and its stop are one finished entry, in one write. An entry is right if it
is one, and as long as its clicks are apart, to 40 seconds. Through one account all share one allowance.
Code: [timer_outage.py](../tests/bench/timer_outage.py).
"""


if __name__ == "__main__":
    main()

"""The mirror at work in a process of its own; told what to do, prints what that took as JSON.

`python -m tests.bench.mirror_work first|again CONNECTION` or `fleet SECONDS`, in a bridge's environment.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection as database  # noqa: E402
from django.utils import timezone  # noqa: E402

from harvest_bridge.connections.models import Connection  # noqa: E402
from harvest_bridge.mirror import claims, services  # noqa: E402
from harvest_bridge.mirror.models import Kind, Mirror, Record, Run, Stream, StreamState  # noqa: E402
from harvest_bridge.mirror.resources import RESOURCES  # noqa: E402
from harvest_bridge.mirror.worker import MirrorThreads, work_on  # noqa: E402

WRITES = ("INSERT", "UPDATE", "DELETE")


def megabytes() -> float:
    """The most that this process has had. Not `ru_maxrss`, which begins with what its parent had."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def first(connection_id: str) -> dict[str, Any]:
    """Everything from empty. The pages that go round meanwhile are those of the time entries but for a few."""
    connection = Connection.objects.get(pk=connection_id)
    idle = megabytes()
    services.begin(connection, resources=["company", "time_entries"])
    told = _worked(connection, timezone.now)
    return told | {"idle_mb": idle, "rows": Record.objects.filter(mirror=connection.mirror).count()}


def again(connection_id: str) -> dict[str, Any]:
    """What changed since, where nothing did."""
    connection = Connection.objects.get(pk=connection_id)
    before = connection.mirror.last_position
    Stream.objects.filter(mirror=connection.mirror).update(as_of=timezone.now() - timedelta(minutes=3))
    Mirror.objects.filter(connection=connection).update(due_at=timezone.now())
    written: Counter[str] = Counter()

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        verb, table = sql.split(None, 1)[0], sql.replace('"', "")
        if verb in WRITES and any(name in table for name in ("mirror_record", "mirror_timeentry")):
            written[verb] += 1
        return execute(sql, params, many, context)

    with database.execute_wrapper(count):
        told = _worked(connection, timezone.now)
    connection.mirror.refresh_from_db()
    streams = connection.mirror.streams.count()
    return told | {
        "writes": sum(written.values()),
        "positions": connection.mirror.last_position - before,
        "streams": streams,
    }


def _worked(connection: Connection, clock: Callable[[], Any]) -> dict[str, Any]:
    calls = sum(Run.objects.values_list("calls", flat=True))
    mirror = claims.claim("bench", now=clock())
    if mirror is None:
        raise SystemExit("nothing is due")
    began, cpu = time.monotonic(), time.process_time()
    work_on(mirror, clock=clock)
    told = {"seconds": time.monotonic() - began, "cpu": time.process_time() - cpu, "peak_mb": megabytes()}
    return told | {"calls": sum(Run.objects.values_list("calls", flat=True)) - calls}


def fleet(seconds: str) -> dict[str, Any]:
    """All connections that there are, each read whole before: what their changes, of which there are none, cost."""
    now = timezone.now()
    rows = Mirror.objects.bulk_create([Mirror(connection=each) for each in Connection.objects.all()])
    streams = []
    for number, mirror in enumerate(rows):
        # Spread over the two minutes between passes, as they are after a while.
        at = now - timedelta(seconds=120 * number / len(rows))
        mirror.due_at = at + timedelta(seconds=120)
        streams += [
            Stream(
                mirror=mirror,
                resource=row.name,
                state=StreamState.COMPLETE,
                reason="",
                as_of=at,
                swept_at=now,
                windowed_at=now,
                since=at,
            )
            for row in RESOURCES
        ]
    Stream.objects.bulk_create(streams, batch_size=1000)
    Mirror.objects.bulk_update(rows, ["due_at"], batch_size=500)
    threads = MirrorThreads()
    began, cpu = time.monotonic(), time.process_time()
    threads.start()
    threading.Event().wait(float(seconds))
    took, used = time.monotonic() - began, time.process_time() - cpu
    passes = Run.objects.filter(kind=Kind.HOT, status=Run.Status.DONE).count()
    calls = sum(Run.objects.values_list("calls", flat=True))
    late = Mirror.objects.filter(due_at__lt=timezone.now() - timedelta(seconds=30)).count()
    threads.stop()
    return {
        "core": used / took,
        "passes": passes,
        "calls": calls,
        "late": late,
        "mirrors": len(rows),
        "peak_mb": megabytes(),
    }


if __name__ == "__main__":
    print(json.dumps({"first": first, "again": again, "fleet": fleet}[sys.argv[1]](*sys.argv[2:])))

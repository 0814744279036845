"""How long a backup of a million mirrored entries takes, and putting it back: `python -m tests.bench.backups`.

ENTRIES sets how many. The restored database is another one; `restore` ends only once every row was counted and a sealed
secret of each key was opened.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.processes import running_bridge
from tests.programs import run_program
from tests.services import postgres_cluster

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
FILL = """
from django.db import connection
from django.utils import timezone
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.mirror import services
from harvest_bridge.mirror.models import Mirror, Record, Stream
linked = Connection.objects.create(host_app=HostApp.objects.get(), tenant_id="acme", harvest_account_id=1,
    harvest_user_id=1)
services.begin(linked, is_paused=True)
mirror, now = Mirror.objects.get(), timezone.now()
stream = Stream.objects.filter(mirror=mirror, resource="time_entries").first() or Stream.objects.create(
    mirror=mirror, resource="time_entries")
Record.objects.create(mirror=mirror, stream=stream, harvest_id=0, position=0, digest=b"-" * 16, first_seen_at=now,
    changed_at=now, read_at=now, raw='{{"id": 2600000001, "notes": "%s"}}' % ("work " * 180))
names = [f'"{{field.column}}"' for field in Record._meta.concrete_fields if field.column != "id"]
taken = ["numbers.n" if name in ('"harvest_id"', '"position"') else f"mirror_record.{{name}}" for name in names]
series = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {entries}) "
with connection.cursor() as cursor:
    cursor.execute(f"INSERT INTO mirror_record ({{', '.join(names)}}) {{series}} SELECT {{', '.join(taken)}} "
        "FROM mirror_record, numbers WHERE mirror_record.harvest_id = 0")
print(Record.objects.count())
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hb-backups-") as name:
        print(f"SQLite: {measured(Path(name), '')}", flush=True)
    with tempfile.TemporaryDirectory(prefix="hb-backups-") as name, postgres_cluster() as server:
        print(f"PostgreSQL: {measured(Path(name), server)}", flush=True)


def measured(folder: Path, server: str) -> str:
    """Seconds of each, and the size of the file. Errors: RuntimeError, where a command fails."""
    with running_bridge(folder, harvest_url="http://127.0.0.1:9", database_url=server) as bridge:
        bridge.manage("shell", "--no-imports", "-c", FILL.format(entries=ENTRIES))
        file, elsewhere = folder / "backup.tar.gz", folder / "elsewhere"
        backup = timed(lambda: bridge.manage("backup", str(file)))
        elsewhere.mkdir()
        environment = {**bridge.environment, "DATABASE_URL": other(elsewhere, server), "VAR_DIR": str(elsewhere)}
        restore = timed(lambda: run_program("manage", "restore", str(file), environment=environment))
        return f"backup {backup:.0f} s, restore {restore:.0f} s, {file.stat().st_size / 2**20:.0f} MB"


def other(folder: Path, server: str) -> str:
    """The URL of an empty database."""
    if not server:
        return f"sqlite:///{folder / 'bridge.sqlite3'}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    return f"{server.rpartition('/')[0]}/elsewhere"


def timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


if __name__ == "__main__":
    main()

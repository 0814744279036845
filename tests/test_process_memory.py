"""What a process loads, and so keeps for good: a library takes up to 10 MB in each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from harvest_bridge.env import ROOT
from tests.processes import clean_environment

WORKER = (
    "import django; django.setup(); from django.utils.module_loading import autodiscover_modules as load; load('tasks')"
)
WEB = "import harvest_bridge.asgi, harvest_bridge.urls"
SERVERS = {"psycopg", "redis"}
SELDOM = {"holidays", "openpyxl", "opentelemetry", "rapidfuzz", "sepaxml", "stripe", "xlsxwriter", "yaml"}
PAGES = {"harvest_bridge.urls", "drf_spectacular.openapi", "requests", "unfold.admin", "harvest_bridge.console.admin"}


def loaded(start: str, folder: Path, **settings: str) -> set[str]:
    environment = clean_environment(
        VAR_DIR=str(folder), DEBUG="1", DJANGO_SETTINGS_MODULE="harvest_bridge.settings", **settings
    )
    script = f"{start}; import sys, json; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_a_worker_loads_no_page_and_no_driver_of_a_server_that_it_has_not(tmp_path: Path) -> None:
    assert loaded(WORKER, tmp_path) & (SERVERS | SELDOM | PAGES) == set()


def test_a_web_process_loads_what_is_seldom_used_when_it_is_used(tmp_path: Path) -> None:
    assert loaded(WEB, tmp_path) & (SERVERS | SELDOM) == set()


def test_drivers_are_there_where_settings_name_their_servers(tmp_path: Path) -> None:
    servers = {"DATABASE_URL": "postgresql://bridge@localhost/bridge", "REDIS_URL": "redis://localhost:1/0"}
    assert loaded(WORKER, tmp_path, **servers) >= SERVERS


FREED = """
import asyncio, os
from harvest_bridge import process_memory as memory
def resident(): return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
async def freed():
    memory.bound_heaps()
    held = [bytes(4096) for _ in range(20_000)]
    full, kept = resident(), held[::100]
    held.clear()
    async with memory.giving_back(every_seconds=0.01):
        while resident() > full - 40_000_000:
            await asyncio.sleep(0.01)
    return len(kept)
print(asyncio.run(freed()))
"""


def test_what_a_large_answer_took_goes_back_though_pieces_of_it_stay(tmp_path: Path) -> None:
    """Its last piece would hold all before it."""
    done = subprocess.run([sys.executable, "-c", FREED], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "200\n"), done.stderr

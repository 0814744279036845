"""Python programs of ours, each in a fork of a process that has imported the libraries: most of what a start costs."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harvest_bridge.env import ROOT

# What takes long to import and asks for no settings: those are read in the fork, from the environment that it is given.
LIBRARIES = [
    *("django.core.management.commands.shell", "django.core.management.commands.migrate", "rest_framework.compat"),
    *("django.contrib.admin.options", "django.db.backends.postgresql.base", "django.db.backends.sqlite3.base"),
    *("aiohttp", "cryptography.fernet", "httpx", "huey.api", "huey.storage", "jwt"),
    *("msgspec", "orjson", "prometheus_client", "psycopg_pool", "rapidfuzz", "redis.asyncio", "structlog"),
]
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(LIBRARIES)


def run_program(module: str, *argv: str, environment: Mapping[str, str]) -> str:
    """What `python -m module argv…` prints in an environment of these variables alone. Errors: RuntimeError."""
    with tempfile.TemporaryDirectory(prefix="hb-program-") as folder:
        process = _forks.Process(target=_run, args=(Path(folder), dict(environment), module, *argv))
        process.start()
        process.join(300)
        status = process.exitcode
        process.kill()
        process.join()
        process.close()
        printed, complained = ((Path(folder) / name).read_text() for name in ("stdout", "stderr"))
    if status != 0:
        raise RuntimeError(f"{module} {' '.join(argv)} ended with {status}:\n{printed}{complained}")
    return printed


def _run(folder: Path, environment: Mapping[str, str], module: str, *argv: str) -> None:
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = [module, *argv]
    runpy.run_module(module, run_name="__main__", alter_sys=True)

"""Databases of the kind that this run is on (`TEST_DATABASE`), for the processes that a test starts."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.services import postgres_tool


def end_sessions(database: str) -> None:
    """On PostgreSQL no database can be dropped while a thread somewhere keeps a session to it."""
    if server := os.environ.get("TEST_DATABASE_URL"):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


def run_folder() -> Path:
    """A folder of this test run's own; the first process makes it, and xdist's workers inherit its name."""
    if "TEST_RUN_FOLDER" not in os.environ:
        os.environ["TEST_RUN_FOLDER"] = tempfile.mkdtemp(prefix="hb-run-")
        atexit.register(shutil.rmtree, os.environ["TEST_RUN_FOLDER"], ignore_errors=True)
    return Path(os.environ["TEST_RUN_FOLDER"])


def on_a_server() -> bool:
    return "TEST_DATABASE_URL" in os.environ


def create_database(name: str, *, like: str = "") -> str:
    """Empty, or a copy of the one at the URL `like`, where nobody may be; its URL. On SQLite `name` is the file's.

    Whatever had the name before, as in a server that outlives the run, is gone.
    """
    server = os.environ.get("TEST_DATABASE_URL")
    if server is None:
        if like:
            shutil.copyfile(like.removeprefix("sqlite:///"), name)
        return f"sqlite:///{name}"
    template = like.rpartition("/")[2] or "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return f"{server.rpartition('/')[0]}/{name}"


def copy_database(source: str, target: str) -> bool:
    """Fill the empty database `target` with what is in `source`; False where they are of two kinds."""
    if source.partition(":")[0] != target.partition(":")[0]:
        return False
    if target.startswith("sqlite"):
        shutil.copyfile(source.removeprefix("sqlite:///"), target.removeprefix("sqlite:///"))
        return True
    dumped = subprocess.run([postgres_tool("pg_dump"), "--dbname", source], check=True, capture_output=True)
    options = ["--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1"]
    subprocess.run([postgres_tool("psql"), *options, "--dbname", target], check=True, input=dumped.stdout)
    return True


@contextmanager
def own_database(folder: Path, *, like: str = "") -> Iterator[str]:
    """A database of one's own, empty or a copy of the one at the URL `like`, where nobody may be; yields its URL."""
    if not on_a_server():
        yield create_database(str(folder / "bridge.sqlite3"), like=like)
        return
    name = f"bridge_{uuid.uuid4().hex[:8]}"
    yield create_database(name, like=like)
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

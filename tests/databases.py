"""Databases of the kind that this run is on (`TEST_DATABASE`), for the processes that a test starts."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def end_sessions(database: str) -> None:
    """On PostgreSQL no database can be dropped while a thread somewhere keeps a session to it."""
    if server := os.environ.get("TEST_DATABASE_URL"):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


@contextmanager
def own_database(folder: Path, *, like: str = "") -> Iterator[str]:
    """A database of one's own, empty or a copy of the one at the URL `like`, where nobody may be; yields its URL."""
    server = os.environ.get("TEST_DATABASE_URL")
    if server is None:
        file = folder / "bridge.sqlite3"
        if like:
            shutil.copyfile(like.removeprefix("sqlite:///"), file)
        yield f"sqlite:///{file}"
        return
    name, template = f"bridge_{uuid.uuid4().hex[:8]}", like.rpartition("/")[2] or "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        yield f"{server.rpartition('/')[0]}/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

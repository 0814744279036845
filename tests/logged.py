"""The request log of a running bridge, read from its database as nobody else would."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.processes import Bridge

_MAX_WAIT_SECONDS = 60


def logged(bridge: Bridge, request_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Request id -> row, once all are there. Errors: AssertionError naming those that never came."""
    wanted = set(request_ids)
    deadline = time.monotonic() + _MAX_WAIT_SECONDS
    while True:
        rows = {row["request_id"]: row for row in _rows(bridge) if row["request_id"] in wanted}
        if rows.keys() == wanted:
            return rows
        assert time.monotonic() < deadline, f"never logged: {wanted - rows.keys()}"
        time.sleep(0.1)


def _rows(bridge: Bridge) -> list[dict[str, Any]]:
    url, query = bridge.environment["DATABASE_URL"], "SELECT * FROM api_requestrecord ORDER BY id DESC LIMIT 1000"
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]
        finally:
            connection.close()
    with psycopg.connect(url, row_factory=dict_row) as reader:
        return reader.execute(query).fetchall()

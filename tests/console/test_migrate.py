"""A migration that cannot have a table gives way, instead of holding up everybody who wants it."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from tests.databases import own_database
from tests.processes import Bridge, first_bridge
from tests.programs import run_program


@pytest.mark.skipif("TEST_DATABASE_URL" not in os.environ, reason="on SQLite one writes at a time")
def test_it_gives_up_after_a_while_and_can_be_run_again(bridge: Bridge, tmp_path: Path) -> None:
    first = first_bridge()
    with own_database(tmp_path, like=first.environment["DATABASE_URL"]) as url:
        environment = dict(bridge.environment) | {"DATABASE_URL": url}
        run_program("manage", "migrate", "connections", "0001", "--verbosity", "0", environment=environment)
        with psycopg.connect(url) as user:
            user.execute("LOCK TABLE connections_connection IN ACCESS SHARE MODE")
            with pytest.raises(RuntimeError, match="Run migrate again"):
                run_program("manage", "migrate", "--verbosity", "0", environment=environment)
        run_program("manage", "migrate", "--verbosity", "0", environment=environment)

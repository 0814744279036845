"""The feed and exports of a running bridge: long polls, OpenActive's validator, files in parts."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.mirror.reading.filling import entry
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account

VALIDATOR = Path(__file__).parents[2] / "clients" / "rpde"
SHELL = """
from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Mirror
from tests.mirror.reading.filling import *
connection = Connection.objects.get(pk='{account}')
mirror = Mirror.objects.filter(connection=connection).first() or mirrored(connection)
"""
COUNT = 1300


class Account:
    """A mirrored account of a running bridge."""

    def __init__(self, bridge: Bridge, connection_id: str) -> None:
        self.bridge, self.id = bridge, connection_id

    def write(self, code: str) -> None:
        self.bridge.manage("shell", "--no-imports", "-c", SHELL.format(account=self.id) + code)

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.bridge.api.get(f"/mirror/{path}", params={"integrated_account_id": self.id, **query})


@pytest.fixture
def account(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[Account]:
    connection_id = link_account(bridge, sandbox, "alice")
    made = Account(bridge, connection_id)
    made.write(f"fill_many(mirror, {COUNT})\nbury(mirror, 'time_entries', 1, 2)")
    yield made
    bridge.api.delete(f"/integrated-account/{connection_id}")


def test_a_poll_that_waits_is_answered_as_soon_as_something_changes(account: Account) -> None:
    page = account.get("changes", limit=2000).json()
    assert (page["result_count"], page["has_more"]) == (COUNT, False)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(
            account.get, "changes", after=page["next_cursor"], wait=25, resources="time_entries,tasks"
        )
        account.write("fill(mirror, 'time_entries', entry(5000, notes='new'))")
        [change] = waiting.result().json()["result"]
    assert (change["id"], change["change"], change["record"]["notes"]) == (5000, "created", "new")
    nothing = account.get("changes", after=page["next_cursor"], resources="tasks").json()
    assert (nothing["result"], nothing["result_count"]) == ([], 0)
    expired = account.get("changes", after="999999")
    assert (expired.status_code, expired.json()["code"]) == (410, "position_expired")
    assert account.get(expired.json()["snapshot"].partition("?")[0].removeprefix("/mirror/")).status_code == 200
    assert account.get("changes", after="x").status_code == 400
    assert account.bridge.api.post("/mirror/changes").status_code == 405


WRITER = """
import itertools, pathlib
end = pathlib.Path('{end}')
for turn in itertools.count():
    edited = [entry(3 + (turn * 7 + n) % 1200, notes=str(turn)) for n in range(5)]
    fill(mirror, 'time_entries', *edited, changed='notes')
    bury(mirror, 'time_entries', 3 + turn % 1200)
    fill(mirror, 'time_entries', entry(100000 + turn))
    with open('{turns}', 'a') as turns:
        turns.write('.')
    if end.exists() or turn > 3000:
        break
"""


def test_openactives_validator_reports_no_error_while_others_write(account: Account, tmp_path: Path) -> None:
    account.write(
        "fill(mirror, 'teammates', {'id': 5}, {'id': 6}, parent_id=3)\nbury(mirror, 'teammates', (3 << 31) + 6)"
    )
    end, turns = tmp_path / "end", tmp_path / "turns"
    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(account.write, WRITER.format(end=end, turns=turns))
        try:
            while not turns.exists() and not writer.done():
                threading.Event().wait(0.05)
            before = turns.stat().st_size
            of_all = validated(account, f"{account.bridge.url}/mirror/rpde/{account.id}?limit=100")
            of_one = validated(account, f"{account.bridge.url}/mirror/rpde/{account.id}/time_entries?limit=500")
            assert turns.stat().st_size > before, "nobody wrote"
        finally:
            end.write_text("")
            writer.result()
    for remarks in (of_all, of_one):
        assert [one for one in remarks if one.get("severity") == "failure"] == []
        assert remarks[-1]["pages"] >= 5
    types = {one.get("type") for one in of_one}
    assert "no_deleted_items" not in types


def validated(account: Account, url: str) -> list[dict[str, Any]]:
    """What OpenActive's validator says of the feed, and how many pages it walked."""
    given = {"URL": url, "TOKEN": str(account.bridge.host["api_key"]), "PAGES": "40", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["node", "validate.js"], cwd=VALIDATOR, env=given, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_exports_are_whole_in_each_format_and_say_where_to_go_on(account: Account) -> None:
    live = COUNT - 2
    lines = account.get("export/time_entries")
    assert lines.headers["content-type"] == "application/x-ndjson"
    read = [json.loads(line) for line in lines.text.splitlines()]
    assert [one["id"] for one in read] == list(range(3, COUNT + 1))
    assert read[0] == entry(3)
    position = lines.headers["harvest-bridge-position"]
    assert account.get("changes", after=position).json()["result"] == []
    assert lines.headers["harvest-bridge-stream-state"] == "complete"
    table = list(csv.DictReader(io.StringIO(account.get("export/time_entries", format="csv").text)))
    assert (len(table), table[0]["id"], table[0]["client_name"]) == (live, "3", "Acme")
    sheet = account.get("export/time_entries", format="xlsx")
    assert sheet.content.startswith(b"PK")
    assert sheet.headers["content-disposition"].endswith('.xlsx"')
    refused = account.get("export/time_entries", format="pdf")
    assert (refused.status_code, "format" in refused.json()["message"]) == (400, True)
    assert account.bridge.api.get("/mirror/export/time_entries").json()["code"] == "missing_integrated_account_id"

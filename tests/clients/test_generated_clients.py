"""Clients generated from /schema/ compile and work against a running bridge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge

pytestmark = pytest.mark.any_database

HERE = Path(__file__).parent
NODE = HERE / "typescript"


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python_client(schema: Path, folder: Path, arguments: list[str]) -> str:
    generator = Path(sys.executable).with_name("openapi-python-client")
    run(
        generator, "generate", "--path", schema, "--output-path", folder / "bridge_client", "--meta", "none", cwd=folder
    )
    (folder / "mypy.ini").write_text("[mypy]\nstrict = true\n[mypy-bridge_client.*]\ndisallow_any_generics = false\n")
    run(sys.executable, "-m", "mypy", HERE / "python_client.py", cwd=folder, MYPYPATH=str(folder))
    return run(sys.executable, HERE / "python_client.py", *arguments, cwd=folder, PYTHONPATH=str(folder))


def typescript_client(schema: Path, folder: Path, arguments: list[str]) -> str:
    tools = NODE / "node_modules" / ".bin"
    for name in ("client.ts", "process.d.ts", "tsconfig.json", "package.json"):
        (folder / name).write_text((NODE / name).read_text())
    (folder / "node_modules").symlink_to(NODE / "node_modules")
    run(tools / "openapi-typescript", schema, "-o", "bridge.d.ts", cwd=folder)
    run(tools / "tsc", "--project", ".", cwd=folder)
    return run("node", "client.js", *arguments, cwd=folder)


@pytest.mark.parametrize("client", [python_client, typescript_client], ids=["python", "typescript"])
def test_a_generated_client_is_typed_and_works(
    client: Any, schema: Path, account: str, bridge: Bridge, sandbox: RunningSandbox, tmp_path: Path
) -> None:
    answers = json.loads(client(schema, tmp_path, [bridge.url, bridge.host["api_key"], account]))
    assert {"id": account, "status": "active"} in answers["linked"]
    assert len(answers["emails"]) == 2
    assert all("@" in email for email in answers["emails"])
    assert set(answers["by_id"].values()) == {"Alice", "Bruno"}
    assert answers["by_id"][str(sandbox.user("bruno").id)] == "Bruno"
    assert answers["made"]["name"] == "Generated Ltd"
    assert answers["tracked"]["hours"] == 1.5
    assert answers["tracked"]["runs"] is False
    assert answers["read"]["hours"] > 100
    assert answers["read"]["clients"] > 1
    assert answers["read"]["notes"] > 1
    assert answers["read"]["lines"] > 0
    assert sum(answers["team"]) >= 1.5
    assert answers["refused"] == "invalid_request"

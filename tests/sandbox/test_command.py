"""`manage.py sandbox` stands alone: no database, no keys, nothing in the environment."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), "sandbox", *arguments]


def environment(var_dir: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "VAR_DIR": str(var_dir), "PYTHONUNBUFFERED": "1"}


def test_it_serves_and_prints_what_is_needed_to_call_it(tmp_path: Path) -> None:
    options = ("--port", "0", "--client-id", "mine", "--client-secret", "hush", "--switch", "delete_body=empty")
    with subprocess.Popen(
        command(*options), env=environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            greeting = "".join(process.stdout.readline() for _ in range(4))
            url = re.search(r"http://127\.0\.0\.1:\d+", greeting)
            token = re.search(r"\d+\.pt\.alice", greeting)
            assert url
            assert token
            assert "client id mine, secret hush" in greeting
            headers = {"Authorization": f"Bearer {token[0]}", "Harvest-Account-Id": "1408215", "User-Agent": "t"}
            assert httpx.get(f"{url[0]}/v2/users/me", headers=headers).json()["first_name"] == "Alice"
            assert httpx.get(f"{url[0]}/sandbox/api/switches").json()["delete_body"] == "empty"
        finally:
            process.terminate()
    assert not (tmp_path / "bridge.sqlite3").exists()


@pytest.mark.parametrize(("option", "complaint"), [("delete_body=maybe", "delete_body"), ("delete_body", "name=value")])
def test_a_wrong_switch_is_named(tmp_path: Path, option: str, complaint: str) -> None:
    done = subprocess.run(
        command("--port", "0", "--switch", option),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert complaint in done.stderr


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            command("--port", port), env=environment(tmp_path), capture_output=True, text=True, check=False
        )
    assert done.returncode != 0
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert "--port" in done.stderr

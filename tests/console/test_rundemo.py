"""The demo's processes start together and end together, whichever way it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from harvest_bridge.env import ROOT
from tests.demos import RunningDemo, free_ports, running_demo

ARGV = [sys.executable, "manage.py", "rundemo"]


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], RunningDemo]]:
    """The demo that runs; whoever ended it has the next one started at the same set-up and ports, which is quicker."""
    home = free_ports() | {"VAR_DIR": str(tmp_path_factory.mktemp("demo"))}
    with ExitStack() as started:
        demos: list[RunningDemo] = []

        def demo() -> RunningDemo:
            if not demos or not demos[-1].running():
                one = running_demo(ARGV, directory=ROOT, folder=tmp_path_factory.mktemp("mark"), **home)
                demos.append(started.enter_context(one))
            return demos[-1]

        yield demo


@pytest.fixture
def demo(demos: Callable[[], RunningDemo]) -> RunningDemo:
    return demos()


def is_gone(demo: RunningDemo, *, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while demo.running() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not demo.running()


def test_it_runs_four_processes_and_says_where(demo: RunningDemo) -> None:
    commands = " ".join(demo.running().values())
    assert all(word in commands for word in ("uvicorn", "run_huey", "sandbox", "server.py"))
    assert all(url in demo.printed for url in (demo.bridge_url, demo.sandbox_url, demo.board_url))
    assert httpx.get(demo.board_url).status_code == httpx.get(f"{demo.bridge_url}/health/ready").status_code == 200


def test_the_printed_sign_in_opens_the_admin(demo: RunningDemo) -> None:
    found = re.search(r"sign in as (\S+) with (\S+)", demo.printed)
    assert found is not None
    with httpx.Client(base_url=demo.bridge_url, follow_redirects=True) as browser:
        browser.get("/accounts/login/")
        form = {"login": found[1], "password": found[2], "csrfmiddlewaretoken": browser.cookies["hb_csrf"]}
        answer = browser.post("/accounts/login/?next=/admin/", data=form, headers={"Referer": demo.bridge_url})
    assert answer.url.path == "/admin/"


def test_the_readme_finds_the_address_and_the_key_on_any_ports(demo: RunningDemo) -> None:
    folder = re.search(r"Output is in (\S+)/logs", demo.printed)
    lines = re.findall(r"^(?:BRIDGE|KEY)=.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert folder is not None
    steps = [line.replace("var/demo", folder[1]) for line in lines] + ['echo "$BRIDGE $KEY"']
    printed = subprocess.run(["sh", "-c", "\n".join(steps)], cwd=ROOT, check=True, capture_output=True, text=True)
    address, key = printed.stdout.split()
    assert address == demo.bridge_url
    answer = httpx.get(f"{address}/integrated-account", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


def test_a_polite_request_ends_all_of_it(demo: RunningDemo) -> None:
    assert demo.end(signal.SIGTERM) == 0
    assert demo.running() == {}


def test_a_closed_terminal_ends_all_of_it(demo: RunningDemo) -> None:
    assert demo.process.stdout is not None
    demo.process.stdout.close()
    demo.process.send_signal(signal.SIGHUP)
    assert is_gone(demo)


def test_nothing_outlives_a_kill(demo: RunningDemo) -> None:
    demo.end(signal.SIGKILL)
    assert is_gone(demo)


def test_a_process_that_dies_takes_the_others_along_and_is_named(demo: RunningDemo) -> None:
    board = next(pid for pid, command in demo.running().items() if "server.py" in command)
    os.kill(board, signal.SIGKILL)
    demo.read_until("\0")
    assert demo.process.wait(20) == 1
    assert re.search(r"board ended by itself .*-9", demo.printed)
    assert demo.running() == {}

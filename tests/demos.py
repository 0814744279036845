"""The demo as whoever starts it meets it: its banner, its processes, its end."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.processes import clean_environment
from tests.services import free_port

PORTS = ("BRIDGE_PORT", "SANDBOX_PORT", "HOST_PORT")
LAST_LINE = "Ctrl-C stops all of it"


@dataclass
class RunningDemo:
    """Shape: `printed` is all output so far; `mark` is an environment variable that each of its processes has."""

    process: subprocess.Popen[str]
    mark: str
    bridge_url: str
    sandbox_url: str
    board_url: str
    printed: str = ""

    def read_until(self, text: str) -> None:
        """Reads on until a line has `text`, or to the end."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            if text in line:
                return

    def running(self) -> dict[int, str]:
        """Process id -> command line of whatever of it runs."""
        return {pid: command for pid, command in _with_variable(self.mark).items() if command}

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal as a terminal does, to the whole foreground group, and return the exit status."""
        os.killpg(self.process.pid, number)
        self.printed += self.process.communicate(timeout=120)[0]
        return self.process.returncode


def free_ports() -> dict[str, str]:
    """A setting for each of the demo's ports."""
    return {name: str(free_port()) for name in PORTS}


@contextmanager
def running_demo(argv: Sequence[str], *, directory: Path, folder: Path, **environment: str) -> Iterator[RunningDemo]:
    """Start a demo and wait for its banner; `folder` marks its processes. Whatever is left at the end is killed."""
    settings = clean_environment(TMPDIR=str(folder), **environment)
    with subprocess.Popen(
        argv,
        cwd=directory,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        demo = RunningDemo(
            process,
            f"TMPDIR={folder}",
            f"http://localhost:{settings['BRIDGE_PORT']}",
            f"http://127.0.0.1:{settings['SANDBOX_PORT']}",
            f"http://127.0.0.1:{settings['HOST_PORT']}",
        )
        try:
            demo.read_until(LAST_LINE)
            yield demo
        finally:
            for pid in demo.running():
                os.kill(pid, signal.SIGKILL)


def _with_variable(variable: str) -> dict[int, str]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if variable.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended while we looked, or is another user's
    return found

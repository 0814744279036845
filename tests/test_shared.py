"""What dies under one test, or did not start for it, is there again for the next."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.shared import Shared

Process = subprocess.Popen[bytes]


@contextmanager
def sleeper() -> Iterator[Process]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def lives(process: Process) -> bool:
    return process.poll() is None


def test_what_lives_is_shared_and_ends_with_the_scope() -> None:
    with Shared(sleeper, lives) as shared:
        one = shared.get()
        assert shared.get() is one
    assert one.returncode == -signal.SIGKILL


def test_what_has_died_is_started_anew() -> None:
    with Shared(sleeper, lives) as shared:
        one = shared.get()
        one.kill()
        one.wait()
        assert lives(shared.get())


def test_what_did_not_start_fails_for_the_test_that_asked_and_not_for_the_next() -> None:
    starts: list[str] = []

    @contextmanager
    def second_time() -> Iterator[str]:
        starts.append("start")
        if len(starts) == 1:
            raise TimeoutError("not ready")
        yield "ready"

    with Shared(second_time, bool) as shared:
        with pytest.raises(TimeoutError):
            shared.get()
        assert shared.get() == "ready"

"""The measured process has a core to itself; load and upstream share another. All go before whatever else runs here."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_ALL = sorted(os.sched_getaffinity(0))
MEASURED = {_ALL[0]}
OTHERS = {_ALL[-1]}


def stay_on(cores: set[int], pid: int = 0) -> None:
    """For every thread there is by now. Going first takes the right to; without it others disturb."""
    for thread in map(int, os.listdir(f"/proc/{pid or os.getpid()}/task")):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # it has ended meanwhile, or we are not root
            os.sched_setaffinity(thread, cores)
            os.setpriority(os.PRIO_PROCESS, thread, -15)


def wake_ups(pid: int) -> int:
    """How often the threads of a process went to sleep so far; each wake-up is followed by one."""
    tasks = Path(f"/proc/{pid}/task").glob("*/status")
    lines = [line for task in tasks for line in task.read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))


def waited_seconds(pid: int) -> float:
    """How long the threads of a process were ready to run so far, and had no core."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[1]) for task in tasks) / 1e9


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

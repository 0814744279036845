"""The child: takes pages of records and expressions, and gives back values. It can do nothing else."""

from __future__ import annotations

import resource
import socket
from typing import Any

from harvest_bridge.unified.overrides.failures import Failure
from harvest_bridge.unified.overrides.limits import FIELD_CPU_SECONDS, FIELD_WALL_SECONDS, MAX_MEMORY_BYTES

from .expressions import FAILURES, compiled, failure_of
from .fields import Field, OutOfTime, within
from .reach import fields_read
from .wire import receive, send

_TOO_HARD = Failure("mapping_timeout", "The expression takes too long to compile.")


def main() -> None:
    """Serve whoever started us over file descriptor 0, until they hang up."""
    give_up_rights()
    with socket.socket(fileno=0) as link:
        try:
            while serve(link, receive(link)):
                pass
        except (EOFError, ConnectionError):
            return


def give_up_rights() -> None:
    """No more memory than this; no file, no connection and no process is ever opened from here on."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, 0))


def serve(link: socket.socket, request: dict[str, Any]) -> bool:
    """Answer one request; False if this process should end."""
    if "compile" in request:
        send(link, compilation(request["owner"], request["compile"]))
        return True
    for text in request["expressions"]:
        allow_cpu(request["seconds"] + FIELD_WALL_SECONDS)
        field = Field()
        field.fill(request["owner"], text, request["records"], seconds=request["seconds"])
        send(link, {"values": field.values, "failures": field.failures, "is_spent": field.is_spent})
        if field.is_spent:
            return False
    return True


def compilation(owner: str, text: str) -> dict[str, Any]:
    """Shape: `{"failure": null | [code, message, position], "reads": as in `reach`}`."""
    allow_cpu(FIELD_CPU_SECONDS + FIELD_WALL_SECONDS)
    try:
        with within(FIELD_CPU_SECONDS):
            expression = compiled(owner, text)
    except OutOfTime:
        return {"failure": _TOO_HARD, "reads": None}
    except FAILURES as error:
        return {"failure": failure_of(error), "reads": None}
    return {"failure": None, "reads": fields_read(expression.ast)}


def allow_cpu(seconds: float) -> None:
    """The kernel ends us after so many more seconds of CPU, whatever we do and whether or not anybody watches."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime + seconds) + 1, hard))

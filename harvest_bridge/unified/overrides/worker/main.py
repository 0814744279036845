"""The main loop of a worker process: takes records and expressions, returns values, can do nothing else."""

from __future__ import annotations

import resource
import socket
from typing import Any

import orjson

from harvest_bridge.unified.overrides.limits import FIELD_CPU_SECONDS, FIELD_WALL_SECONDS, MAX_MEMORY_BYTES

from . import memory
from .expressions import compiled, failure_of, fields_read
from .fields import Field
from .integers import may_have_large
from .wire import receive_bytes, send


def main() -> None:
    """Serve whoever started us over file descriptor 0, until they hang up."""
    give_up_rights()
    with socket.socket(fileno=0) as link:
        try:
            while serve(link, receive_bytes(link)):
                pass
        except (EOFError, ConnectionError):
            return


def give_up_rights() -> None:
    """No more memory than this; no file, no connection and no process is ever opened from here on.

    The engine runs once before: it reads from a file how large its stack is, or makes a new one for each record.
    """
    compiled("1").evaluate()
    memory.limit()
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, 0))


def serve(link: socket.socket, message: bytes | bytearray) -> bool:
    """Answer one request; False if this process should end."""
    request = orjson.loads(message)
    if "compile" in request:
        send(link, compilation(request["compile"]))
        return True
    has_large_integers = may_have_large(message)
    for text in request["expressions"]:
        allow_cpu(request["seconds"] + FIELD_WALL_SECONDS)
        field = Field(seconds=request["seconds"], has_large_integers=has_large_integers)
        field.fill(text, request["records"])
        is_spent = memory.left() < MAX_MEMORY_BYTES // 2
        send(link, {"values": field.values, "failures": field.failures, "is_spent": is_spent})
        if is_spent:
            return False
    return True


def compilation(text: str) -> dict[str, Any]:
    """Shape: `{"failure": null | [code, message, position], "reads": as in `fields_read`}`."""
    allow_cpu(FIELD_CPU_SECONDS + FIELD_WALL_SECONDS)
    try:
        return {"failure": None, "reads": fields_read(compiled(text))}
    except Exception as error:  # noqa: BLE001 (whatever it is, it is the expression's)
        return {"failure": failure_of(error), "reads": None}


def allow_cpu(seconds: float) -> None:
    """The kernel ends us after so many more seconds of CPU, whatever we do and whether or not anybody watches."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime + seconds) + 1, hard))

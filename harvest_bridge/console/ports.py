"""TCP ports: whether one is taken, and the next free one."""

from __future__ import annotations

import errno
import socket

LOOPBACK = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def is_taken(port: int) -> bool:
    """On either loopback address: browsers try ::1 for localhost first, so a stranger there would answer for us."""
    return any(_is_refused(family, host, port) for family, host in LOOPBACK)


def free_port_near(port: int, unwanted: list[int]) -> int:
    """The first free one from ten above `port` on."""
    return next(one for one in range(max(port, 1024) + 10, 65536) if one not in unwanted and not is_taken(one))


def _is_refused(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error.errno in (errno.EADDRINUSE, errno.EACCES)  # anything else: this machine has no such address
    return False

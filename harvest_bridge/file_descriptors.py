"""The budget of file descriptors: how many this process may open, and how they are shared out."""

from __future__ import annotations

import resource
from dataclasses import dataclass

# More than this is more than one process of Python can serve.
_ENOUGH = 16_384
_BASE = 64  # listeners, logs, the event loop, pacing, the queue, Redis, children, and a few threads for health
_FILES_OF_SQLITE = 3  # the database, its log and the log's index
_MOST_THREADS = 500
_MOST_TO_HARVEST = 300
_MOST_CONNECTIONS = 10_000


@dataclass(frozen=True, slots=True)
class Shares:
    """Units: `threads` answer requests of Django; `to_harvest` and `connections` are sockets, out and in."""

    threads: int
    to_harvest: int
    connections: int


def raise_limit() -> None:
    """Take what the system grants beyond the soft limit, which is often 1,024 for the sake of old programs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def shares() -> Shares:
    """Of the limit as it is now."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return shares_of(_ENOUGH if soft == resource.RLIM_INFINITY else min(soft, 2 * _ENOUGH))


def shares_of(descriptors: int) -> Shares:
    """Together with the base they never exceed `descriptors`, of which there are 256 at least."""
    free = descriptors - _BASE
    threads = min(_MOST_THREADS, max(8, free // 14))
    to_harvest = min(_MOST_TO_HARVEST, max(16, free // 7))
    return Shares(threads, to_harvest, min(_MOST_CONNECTIONS, free - threads * _FILES_OF_SQLITE - to_harvest))

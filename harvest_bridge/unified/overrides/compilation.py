"""What an expression is, without running it: whether it is JSONata at all, and what it reads of a record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from .failures import BUSY, CRASHED, LATE, Failure, Owner
from .limits import FIELD_WALL_SECONDS, PAGE_WALL_SECONDS
from .worker_pool import NoWorkerFree, pool
from .worker_process import WorkerLost

# By field, the names that can be read within it; None is all of it.
Reach = Mapping[str, Collection[str] | None]


class NotCompiled(Exception):
    """`failure` tells why, and where in the text."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@lru_cache(maxsize=4096)
def fields_read(owner: Owner, text: str) -> Reach | None:
    """What the expression can read of a record; None is all of it. Errors: NotCompiled."""
    answer = _answer(owner, text, attempts=2)  # a child may have died of something else while it was idle
    if answer["failure"]:
        raise NotCompiled(Failure(*answer["failure"]))
    reads: Reach | None = answer["reads"]
    return reads


def _answer(owner: Owner, text: str, *, attempts: int) -> Any:
    try:
        with pool().worker(owner.host_app, max_wait=PAGE_WALL_SECONDS) as worker:
            worker.ask({"compile": text}, seconds=FIELD_WALL_SECONDS)
            return worker.answer(seconds=FIELD_WALL_SECONDS)
    except NoWorkerFree as error:
        raise NotCompiled(BUSY) from error
    except WorkerLost as lost:
        if attempts > 1 and not lost.was_late:
            return _answer(owner, text, attempts=attempts - 1)
        raise NotCompiled(LATE if lost.was_late else CRASHED) from lost

"""Faults to order: what should go wrong, for which requests, and how often."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import count
from typing import Annotated, Literal

import msgspec

Whole = Annotated[int, msgspec.Meta(ge=0)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=3600)]
Kind = Literal[
    "status",
    "html_error",
    "reset",
    "lost_answer",
    "late_arrival",
    "slow_body",
    "truncated_json",
    "cut_body",
    "latency",
    "short_page",
    "early_end",
]


class Fault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong.

    Shape: `kind` is
      `status`         answer `status` with `body` (and Retry-After if given); nothing is applied
      `html_error`     the same with an HTML page of the edge (default status 502)
      `reset`          close the connection with a TCP reset; nothing is applied
      `lost_answer`    apply the request, then reset the connection without an answer
      `late_arrival`   reset the connection, and apply the request `seconds` later by the sandbox's clock
      `slow_body`      answer, its body dripping over `seconds`
      `truncated_json` a well-formed HTTP answer whose JSON stops half way
      `cut_body`       half of the promised bytes, then a reset
      `short_page`     a list that lacks the later half of its rows; everything around them as usual
      `early_end`      a list that says it is the last page, whatever else there is
      `latency`        answer as usual, `seconds` later
    `method` and `path` are patterns (`*`, `/v2/time_entries*`); `times` None means until removed; the first
    `after` matching requests pass unharmed. `status` 0 is the usual one of the kind. `id` is given when it is added.
    Units: `seconds`, `retry_after` in seconds.
    """

    id: Whole = 0
    kind: Kind
    method: str = "*"
    path: str = "*"
    times: Annotated[int, msgspec.Meta(ge=1)] | None = 1
    after: Whole = 0
    status: Annotated[int, msgspec.Meta(ge=0, le=599)] = 0
    body: str = ""
    content_type: str = "application/json; charset=utf-8"
    retry_after: Whole | None = None
    seconds: Seconds = 0.0

    def matches(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method.upper()) and fnmatchcase(path, self.path)


class Faults:
    def __init__(self) -> None:
        self._pending: list[Fault] = []
        self._ids = count(1)

    def add(self, fault: Fault) -> Fault:
        fault.id = next(self._ids)
        self._pending.append(fault)
        return fault

    def remove(self, fault_id: int) -> bool:
        """False if there is none with this id (any more)."""
        kept = [fault for fault in self._pending if fault.id != fault_id]
        found = len(kept) < len(self._pending)
        self._pending = kept
        return found

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that is due for this request; using it up counts."""
        for fault in self._pending:
            if not fault.matches(method, path):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
            return fault
        return None

    def pending(self) -> list[Fault]:
        return list(self._pending)

    def clear(self) -> None:
        self._pending.clear()

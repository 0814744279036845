"""How far a run is, and how long it will take. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from .models import Kind, Run
from .resources import BY_NAME


@dataclass(frozen=True)
class Progress:
    """Shape: `rows` of `total` were read, of what Harvest has counted so far; `total` is None before its first count.

    `resource` is what is read now, `lists_left` how many come after it. `time_left` covers the rows that are counted.
    """

    resource: str
    rows: int
    total: int | None
    lists_done: int
    lists_left: int
    time_left: timedelta | None

    @property
    def share(self) -> float:
        """From 0 to 1: by rows where they are counted, else by lists."""
        if self.total:
            return min(1.0, self.rows / self.total)
        lists = self.lists_done + self.lists_left + 1
        return self.lists_done / lists


def progress_of(run: Run, known_totals: Mapping[str, int | None], *, now: datetime) -> Progress:
    """`known_totals` are Harvest's counts by resource, of the last complete listing."""
    left = _rows_left(run, known_totals)
    return Progress(
        resource=run.resources[0] if run.resources else "",
        rows=run.rows,
        total=None if left is None else run.rows + left,
        lists_done=sum(name in BY_NAME for name in run.results),
        lists_left=max(0, len(run.resources) - 1),
        time_left=_time_left(run, left, now),
    )


def _rows_left(run: Run, known_totals: Mapping[str, int | None]) -> int | None:
    if not run.resources:
        return 0
    totals = run.walk.get("totals") or []
    current: int | None = totals[-1] if totals else None
    if current is None and run.kind == Kind.SWEEP:
        current = known_totals.get(run.resources[0])
    if current is None:
        return None
    later = run.resources[1:] if run.kind == Kind.SWEEP else []
    rows: int = run.walk.get("rows", 0)
    return max(0, current - rows) + sum(known_totals.get(name) or 0 for name in later)


def _time_left(run: Run, left: int | None, now: datetime) -> timedelta | None:
    if left is None or run.started_at is None or not run.rows:
        return None
    return (now - run.started_at) * (left / run.rows)

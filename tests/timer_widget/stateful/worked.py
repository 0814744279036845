"""What a person worked, as clicks alone say it: no Harvest, no bridge. Moments in, seconds out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Run:
    """One start, and the stops that mean it, in whatever order they become known."""

    item_id: str
    began: datetime
    stops: list[datetime] = field(default_factory=list)
    is_undone: bool = False

    def ended(self, runs: Iterable[Run]) -> datetime | None:
        """At its first stop, or where the next one began; None while it goes on."""
        next_ones = [each.began for each in runs if each.began > self.began and not each.is_undone]
        return min([*(max(stop, self.began) for stop in self.stops), *next_ones], default=None)


@dataclass
class Worked:
    """Everything that was clicked. Shape: `fixed` are the seconds of items whose time was entered or changed by hand;
    `gone` are items whose entry was deleted."""

    runs: dict[str, Run] = field(default_factory=dict)
    fixed: dict[str, float] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    @property
    def items(self) -> list[str]:
        return sorted({*(run.item_id for run in self.runs.values()), *self.fixed})

    def seconds(self, item_id: str, now: datetime) -> float | None:
        """None where there is to be no entry."""
        if item_id in self.gone:
            return None
        if item_id in self.fixed:
            return self.fixed[item_id]
        run = self.run_on(item_id)
        if run.is_undone:
            return None
        return ((run.ended(self.runs.values()) or now) - run.began).total_seconds()

    def run_on(self, item_id: str) -> Run:
        return next(run for run in self.runs.values() if run.item_id == item_id)

    def running(self) -> Run | None:
        going = [run for run in self.runs.values() if not run.is_undone and run.ended(self.runs.values()) is None]
        return max(going, key=lambda run: run.began, default=None)

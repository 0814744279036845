"""What a comparison found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Scope:
    """Which days are compared; None is open. A bounded scope leaves out the lists that have no dates."""

    first: date | None = None
    last: date | None = None

    @property
    def is_bounded(self) -> bool:
        return self.first is not None or self.last is not None


@dataclass(frozen=True)
class Difference:
    """One record. `kind`: missing (Harvest has it), extra (Harvest has it no more), differs (`fields` name what)."""

    kind: str
    resource: str
    harvest_id: int
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class SumDifference:
    """One month of one figure, as decimal text: `hours`, `billable_hours`, or an amount of expenses by currency."""

    month: str
    figure: str
    here: str
    harvest: str


@dataclass
class Findings:
    """Of one mirror. `compared` counts records by resource, `skipped` says why one was left out.

    `caught_up` are records that the mirror had read by the end: changes that were under way are no differences.
    """

    connection: str
    account: str
    compared: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    caught_up: list[Difference] = field(default_factory=list)
    months: int = 0
    sums: list[SumDifference] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        return not self.differences and not self.sums

    def serialize(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "connection": self.connection,
            "account": self.account,
            "is_same": self.is_same,
            "compared": self.compared,
            "skipped": self.skipped,
            "failed": self.failed,
            "differences": [vars(one) | {"fields": list(one.fields)} for one in self.differences],
            "caught_up": [vars(one) | {"fields": list(one.fields)} for one in self.caught_up],
            "months": self.months,
            "sums": [vars(one) for one in self.sums],
        }

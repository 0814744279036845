"""One row of the answer while it is added up: sums in each currency, and what is unknown of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

FIGURES = ("revenue", "labour_cost", "expenses", "invoiced", "uninvoiced", "write_offs")


@dataclass
class Line:
    """Shape: `sums[currency][figure]` is exact; `unknown[currency]` names figures that lack something. `own_cost` is
    labour cost in the account's currency. Units: hours in millionths."""

    id: str
    name: str | None = None
    more: dict[str, object] = field(default_factory=dict)
    hours: int = 0
    billable_hours: int = 0
    hours_by_currency: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    own_cost: Fraction = Fraction(0)
    is_own_cost_unknown: bool = False
    sums: dict[str, dict[str, Fraction]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Fraction)))
    unknown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, figure: str, amount: Fraction | None, currency: str) -> None:
        """None makes the figure unknown, whatever else is added to it."""
        if amount is None:
            self.unknown[currency].add(figure)
            self.sums[currency].setdefault(figure, Fraction(0))
        else:
            self.sums[currency][figure] += amount

    def currencies(self) -> Iterator[str]:
        """Those with anything in them."""
        for currency in sorted(self.sums):
            if any(self.sums[currency].values()) or self.unknown[currency]:
                yield currency

    def figure(self, name: str, currency: str) -> Fraction | None:
        return None if name in self.unknown[currency] else self.sums[currency][name]

    def margin(self, currency: str) -> Fraction | None:
        revenue, cost, expenses = (self.figure(name, currency) for name in ("revenue", "labour_cost", "expenses"))
        if revenue is None or cost is None or expenses is None:
            return None
        return revenue - cost - expenses
